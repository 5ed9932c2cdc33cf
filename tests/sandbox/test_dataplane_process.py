"""The data plane as a process: what it says of itself, what outlives it, what ends with it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import dataplane, emulator
from tests.support.dataplane import DataPlane, fetch
from tests.support.emulator import Emulator, until
from tests.support.entrance import NOT_FOUND, Entrance, get

pytestmark = pytest.mark.sandbox


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[Emulator]:
    with emulator.running(tmp_path, speed=20) as found:
        yield found


@pytest.fixture
def plane(aws: Emulator, tmp_path: Path) -> Iterator[DataPlane]:
    with dataplane.running(aws.url, tmp_path / "plane", 20) as found:
        yield found


def envoy(plane: DataPlane) -> int:
    """The number of the Envoy process of a data plane."""
    children = Path(f"/proc/{plane.process.pid}/task/{plane.process.pid}/children").read_text()
    return int(children.split()[0])


def gone(pid: int) -> bool | None:
    """True once no such process runs."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        return True if stat.read_text().rpartition(")")[2].split()[0] == "Z" else None
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_it_says_which_addresses_stand_for_what(plane: DataPlane) -> None:
    """Every load balancer with its name, account, region and the local URL of each listener."""
    assert fetch(f"{plane.url}/load-balancers") == []
    entrance = Entrance(plane)
    url = entrance.url()
    record = entrance.elbv2.describe_load_balancers()["LoadBalancers"][0]
    assert fetch(f"{plane.url}/load-balancers") == [
        {
            "arn": entrance.arn,
            "dnsName": record["DNSName"],
            "account": entrance.account.name,
            "region": emulator.REGION,
            "listeners": {"80": url},
        }
    ]
    entrance.elbv2.delete_load_balancer(LoadBalancerArn=entrance.arn)
    plane.until_live()
    assert fetch(f"{plane.url}/load-balancers") == []


def test_accounts_share_one_data_plane(plane: DataPlane) -> None:
    """Two accounts' load balancers of one name have ports of their own."""
    one, two = Entrance(plane), Entrance(plane)
    assert one.url() != two.url()
    assert [e.get("/").status for e in (one, two)] == [404, 404]


def test_restart_keeps_the_addresses(plane: DataPlane) -> None:
    """S0-20: killed without warning, it takes Envoy along, and serves the same URLs again."""
    entrance = Entrance(plane)
    url, child = entrance.url(), envoy(plane)
    plane.stop(signal.SIGKILL)
    until(lambda: gone(child), "Envoy has ended with it")
    plane.start()
    assert entrance.url() == url
    assert get(url, "/").body == "no route"


def test_sigterm_ends_both(plane: DataPlane) -> None:
    """SIGTERM: exit code 0, and no Envoy is left."""
    child = envoy(plane)
    assert plane.stop() == 0
    assert gone(child)


def test_dead_envoy_ends_it(plane: DataPlane) -> None:
    """Without Envoy the process ends with 2 and says so."""
    os.kill(envoy(plane), signal.SIGKILL)
    assert plane.process.wait(60) == 2
    assert "Envoy ended with -9" in plane.log()


def test_restarted_emulator_is_followed_again(aws: Emulator, plane: DataPlane) -> None:
    """While the emulator is away everything is served as before; then changes are taken over."""
    entrance = Entrance(plane)
    url = entrance.url()
    aws.stop(signal.SIGKILL)
    assert get(url, "/").body == "no route"
    aws.start()
    entrance.rule({**NOT_FOUND, "FixedResponseConfig": {"StatusCode": "410"}}, "/gone")
    assert entrance.get("/gone").status == 410


def test_taken_port_is_said(plane: DataPlane, tmp_path: Path) -> None:
    """A --port that something else serves: exit code 2 and what to do, without a trace."""
    command = [sys.executable, "-m", "sandbox.dataplane", "--emulator", plane.emulator_url]
    command += ["--folder", str(tmp_path / "other"), "--port", str(plane.port)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 2
    assert f"--port is {plane.port}" in ended.stderr
    assert "give another" in ended.stderr
    assert "Traceback" not in ended.stderr
