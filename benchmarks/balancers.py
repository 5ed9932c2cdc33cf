"""The sides of the traffic benchmark, all standing at once, and a load balancer to change."""

import contextlib
import time
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.envoys import PROXY, TARGET, Side, envoy
from benchmarks.wire import PATIENCE
from sandbox.errors import SandboxError
from tests.support import dataplane, emulator
from tests.support.dataplane import DataPlane, fetch
from tests.support.emulator import until
from tests.support.entrance import Entrance
from tests.support.firewall import shipped_web_acl

SPEED = 20.0  # health checks are then as quick as they get
ENDLESS = 2_000_000_000  # requests: the most that AWS takes as the limit of a rate rule
_POLL = 0.002  # seconds


@contextlib.contextmanager
def standing(folder: Path) -> Iterator[tuple[dict[str, Side], Entrance]]:
    """`target`, `plain`, `balancer` and `webAcl`; and an entrance that nobody asks."""
    with (
        envoy(folder, "target", TARGET) as target,
        envoy(folder, "plain", PROXY, target.port) as plain,
        emulator.running(folder, speed=SPEED) as aws,
        dataplane.running(aws.url, folder / "dataplane", SPEED) as plane,
    ):
        free, guarded, idle = (Entrance(plane) for _ in range(3))
        _guard(guarded)
        balancers = {
            name: Side(_child(plane), _forwarding(entrance, target.port))
            for name, entrance in (("balancer", free), ("webAcl", guarded))
        }
        yield {"target": target, "plain": plain, **balancers}, idle


def changes(entrance: Entrance, count: int) -> list[float]:
    """Seconds from each change of a target, registered and deregistered by turns, until it is live.

    From the call's end: the data plane then says that Envoy has taken it over.
    """
    group = entrance.group()
    entrance.rule(group, "/*")
    calls = (entrance.elbv2.register_targets, entrance.elbv2.deregister_targets)
    found = []
    for number in range(count):
        entrance.plane.until_live()
        calls[number % 2](TargetGroupArn=group, Targets=[{"Id": "127.0.0.1", "Port": 9}])
        began = time.perf_counter()
        wanted = fetch(f"{entrance.plane.emulator_url}/_evenkeel/changes")["number"]
        while fetch(f"{entrance.plane.url}/configuration")["number"] < wanted:
            if time.perf_counter() > began + PATIENCE:
                raise SandboxError(f"a changed target is not live after {PATIENCE:.0f} s")
            time.sleep(_POLL)
        found.append(time.perf_counter() - began)
    return found


def _guard(entrance: Entrance) -> None:
    """Puts a load balancer behind production's web ACL."""
    web_acl = {**deepcopy(shipped_web_acl("production")), "Name": "benchmark"}
    del web_acl["ARN"]
    for rule in web_acl["Rules"]:
        if "RateBasedStatement" in rule["Statement"]:
            rule["Statement"]["RateBasedStatement"]["Limit"] = ENDLESS
    made = entrance.account.wafv2.create_web_acl(**web_acl)["Summary"]
    entrance.account.wafv2.associate_web_acl(WebACLArn=made["ARN"], ResourceArn=entrance.arn)


def _forwarding(entrance: Entrance, target: int) -> int:
    """The local port of a listener that forwards everything to a healthy target's port."""
    group = entrance.group(
        attributes={"load_balancing.algorithm.type": "least_outstanding_requests"}
    )
    entrance.elbv2.register_targets(
        TargetGroupArn=group, Targets=[{"Id": "127.0.0.1", "Port": target}]
    )
    entrance.rule(group, "/*")

    def healthy() -> bool | None:
        return entrance.health(group)["127.0.0.1"]["State"] == "healthy" or None

    until(healthy, "the target is healthy", seconds=PATIENCE)
    port = urlsplit(entrance.url()).port
    assert port is not None
    return port


def _child(plane: DataPlane) -> int:
    """The Envoy of a data plane."""
    pid = plane.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    if len(children) != 1:
        raise SandboxError(f"the data plane has {len(children)} processes; expected is its Envoy")
    return int(children[0])
