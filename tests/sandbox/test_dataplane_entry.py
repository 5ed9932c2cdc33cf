"""What a request brings to a target: TLS, forwarded headers, names that are dropped, the log."""

import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.support.dataplane import DataPlane
from tests.support.emulator import until
from tests.support.entrance import NOT_FOUND, Entrance, get, trusting
from tests.support.plane import plane
from tests.support.targets import Target, targets

__all__ = ["plane"]
pytestmark = pytest.mark.sandbox


@pytest.fixture
def target() -> Iterator[Target]:
    with targets(1) as found:
        yield found[0]


@pytest.fixture
def entrance(plane: DataPlane, target: Target) -> Entrance:
    """A load balancer whose listeners on 80 and 443 forward everything to the target."""
    entrance = Entrance(plane)
    group = entrance.group(target)
    entrance.rule(group, "/*")
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    certificate = [{"CertificateArn": entrance.certificate()}]
    policy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
    entrance.listener(443, forward, Protocol="HTTPS", Certificates=certificate, SslPolicy=policy)
    entrance.until_state(group, "healthy", target)
    return entrance


def test_target_learns_who_asked_and_how(entrance: Entrance, target: Target) -> None:
    """X-Forwarded-For is appended to; -Proto and -Port say how the client came, on AWS's port."""
    given = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "gopher"}
    get(entrance.url(), "/a?b=%41", **given)
    get(entrance.url(443), "/secure")
    (path, first), (_, second) = target.requests
    assert path == "/a?b=%41"
    assert first["X-Forwarded-For"] == "203.0.113.7,127.0.0.1"
    assert (first["X-Forwarded-Proto"], first["X-Forwarded-Port"]) == ("http", "80")
    assert second["X-Forwarded-For"] == "127.0.0.1"
    assert (second["X-Forwarded-Proto"], second["X-Forwarded-Port"]) == ("https", "443")
    assert first["Host"] == urlsplit(entrance.url()).netloc
    assert not [name for name in first if name.lower().startswith("x-envoy")]


@pytest.mark.parametrize(
    ("mode", "seen"), [("preserve", "203.0.113.7"), ("remove", None)], ids=["preserve", "remove"]
)
def test_forwarded_for_follows_its_mode(
    entrance: Entrance, target: Target, mode: str, seen: str | None
) -> None:
    """routing.http.xff_header_processing.mode: left alone, or taken away."""
    entrance.set(routing__http__xff_header_processing__mode=mode)
    get(entrance.url(), "/", **{"X-Forwarded-For": "203.0.113.7"})
    assert target.requests[-1][1].get("X-Forwarded-For") == seen


def test_invalid_header_names_are_dropped_when_told(entrance: Entrance, target: Target) -> None:
    """Names with anything but letters, digits and hyphens go; without the attribute they pass."""
    headers = {"x_user": "1", "x.y": "2", "X-Good-1": "3"}

    def arrived() -> set[str]:
        get(entrance.url(), "/", **headers)
        return {name.lower() for name in target.requests[-1][1]} & {n.lower() for n in headers}

    assert arrived() == {"x_user", "x.y", "x-good-1"}
    entrance.set(routing__http__drop_invalid_header_fields__enabled="true")
    assert arrived() == {"x-good-1"}


def test_tls_is_as_new_as_the_policy_demands(entrance: Entrance) -> None:
    """The program's policy takes TLS 1.2 and 1.3 and refuses 1.1."""
    place = urlsplit(entrance.url(443))

    def version(only: ssl.TLSVersion) -> str | None:
        context = trusting()
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = only
        with (
            socket.create_connection((str(place.hostname), place.port or 0), timeout=60) as plain,
            context.wrap_socket(plain) as secure,
        ):
            return secure.version()

    assert version(ssl.TLSVersion.TLSv1_3) == "TLSv1.3"
    assert version(ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
    with pytest.warns(DeprecationWarning, match="TLSv1_1"), pytest.raises(ssl.SSLError):
        version(ssl.TLSVersion.TLSv1_1)


def test_each_request_is_logged_under_aws_s_names(entrance: Entrance, target: Target) -> None:
    """Type, target, statuses, rule and action stand in a JSON line; a refused one has no target."""
    entrance.rule(NOT_FOUND, "/none")
    get(entrance.url(443), "/none?x=1", **{"User-Agent": "a test"})
    get(entrance.url(), "/some?x=1", **{"User-Agent": "a test"})
    balancer = entrance.arn.partition(":loadbalancer/")[2]

    def entries() -> list[dict] | None:
        found = [e for e in entrance.plane.access_log() if e["elb"] == balancer]
        return found if len(found) == 2 else None

    secure, plain = until(entries, "both are logged")
    assert (secure["type"], plain["type"]) == ("https", "http")
    assert plain["request"] == "GET /some?x=1 HTTP/1.1"
    assert plain["target:port"] == f"{target.address}:{target.port}"
    assert (plain["elb_status_code"], plain["target_status_code"]) == (200, "200")
    assert (plain["matched_rule_priority"], plain["actions_executed"]) == ("1", "forward")
    assert plain["target_group_arn"].startswith("arn:aws:elasticloadbalancing:")
    assert plain["user_agent"] == "a test"
    assert secure["ssl_protocol"].startswith("TLSv1.")


def test_plain_listener_speaks_no_tls(entrance: Entrance) -> None:
    """TLS on the HTTP listener's port is a broken handshake, not an answer."""
    url = entrance.url().replace("http://", "https://")
    with pytest.raises(ssl.SSLError):
        get(url, "/")
