"""What the data plane keeps on this machine: Envoy's files, ports, certificates."""

import json
import socket
from pathlib import Path

import pytest
from cryptography import x509

from sandbox.dataplane import listeners
from sandbox.dataplane.certificates import certificate
from sandbox.dataplane.ports import RANGE, Ports
from sandbox.dataplane.resources import Files, seconds


@pytest.mark.parametrize(
    ("policy", "oldest"),
    [
        ("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "TLSv1_2"),
        ("ELBSecurityPolicy-TLS13-1-3-2021-06", "TLSv1_3"),
        ("ELBSecurityPolicy-TLS13-1-0-2021-06", "TLSv1_0"),
        ("ELBSecurityPolicy-TLS-1-1-2017-01", "TLSv1_1"),
        ("ELBSecurityPolicy-FS-1-2-Res-2020-10", "TLSv1_2"),
        ("ELBSecurityPolicy-2016-08", "TLSv1_0"),
    ],
)
def test_oldest_tls_of_a_policy(policy: str, oldest: str) -> None:
    """AWS's list of security policies, by their names."""
    assert listeners.tls_version(policy) == oldest


@pytest.mark.parametrize(
    ("value", "text"), [(60, "60s"), (0.25, "0.25s"), (1 / 3, "0.333333333s"), (0, "0s")]
)
def test_durations(value: float, text: str) -> None:
    """As protobuf writes them in JSON: no exponent, nine decimals at most."""
    assert seconds(value) == text


def test_file_is_replaced_when_it_says_something_else(tmp_path: Path) -> None:
    """The version follows from the content; what Envoy refused is written again."""
    files = Files(tmp_path)
    first = files.write("a", [{"x": 1}])
    node = (tmp_path / "a.json").stat().st_ino
    assert files.write("a", [{"x": 1}]) == first
    assert (tmp_path / "a.json").stat().st_ino == node
    assert files.write("a", [{"x": 2}]) != first
    read = json.loads((tmp_path / "a.json").read_text())
    assert read["resources"] == [{"x": 2}]
    node = (tmp_path / "a.json").stat().st_ino
    files.write_again()
    files.write("a", [{"x": 2}])
    assert (tmp_path / "a.json").stat().st_ino != node
    files.keep_only(set())
    assert list(tmp_path.iterdir()) == []


def test_ports_are_kept(tmp_path: Path) -> None:
    """A listener's port is the same after a restart, unless somebody took it meanwhile."""
    file = tmp_path / "ports.json"
    ports = Ports(file)
    web, secure = ports.of("arn:web", 80), ports.of("arn:web", 443)
    assert web != secure
    assert all(RANGE[0] <= port < RANGE[1] for port in (web, secure))
    with socket.socket() as other:
        other.bind(("127.0.0.1", secure))
        other.listen()
        again = Ports(file)
        assert again.of("arn:web", 80) == web
        assert again.of("arn:web", 443) != secure
    again.keep_only([])
    assert json.loads(file.read_text()) == {}


def test_taken_port_is_dropped(tmp_path: Path) -> None:
    """Its listener gets another one, also after a restart; looking a port up picks none."""
    file = tmp_path / "ports.json"
    ports = Ports(file)
    assert ports.known("arn:web", 80) is None
    web, secure = ports.of("arn:web", 80), ports.of("arn:web", 443)
    assert ports.drop(web) == "arn:web:80"
    assert ports.drop(web) is None
    assert json.loads(file.read_text()) == {"arn:web:443": secure}
    assert (ports.known("arn:web", 80), ports.known("arn:web", 443)) == (None, secure)


def test_certificate_is_made_once(tmp_path: Path) -> None:
    """One for each ARN, for localhost; its key is for its owner alone."""
    arn = "arn:aws:acm:eu-west-1:111122223333:certificate/00000000-0000-0000-0000-000000000001"
    files = certificate(tmp_path, arn)
    made = files.certificate.read_bytes()
    assert certificate(tmp_path, arn) == files
    assert files.certificate.read_bytes() == made
    assert certificate(tmp_path, arn + "2") != files
    assert files.key.stat().st_mode & 0o777 == 0o600
    names = x509.load_pem_x509_certificate(made).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert names.value.get_values_for_type(x509.DNSName) == ["localhost"]
