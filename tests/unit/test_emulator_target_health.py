"""The emulator's target health by hand: which state at which second of the sandbox clock."""

import itertools
from collections.abc import Iterator

import pytest
from ministack.core.responses import request_scope

from sandbox.emulator import elbv2_attributes, elbv2_targets
from sandbox.emulator.elbv2_records import groups, rules

GROUP = "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/web/1"
ADDRESS, PORT = "127.77.0.1", 3000
_accounts = itertools.count(200000000000)


class Processes(elbv2_targets.Processes):
    """One process that answers since `since`, with `open_connections` to it."""

    def __init__(self) -> None:
        self.since: float | None = None
        self.open_connections = 0

    def answering_since(self, _address: str, _port: int) -> float | None:
        return self.since

    def connections(self, _address: str, _port: int) -> int:
        return self.open_connections


class Scene:
    """A target group with an interval of 10 s and thresholds of 2, at second 0."""

    def __init__(self) -> None:
        self.now = 0.0
        self.processes = Processes()
        attributes = elbv2_attributes.defaults(elbv2_attributes.TARGET_GROUP)
        attributes["deregistration_delay.timeout_seconds"] = "60"
        groups[GROUP] = {
            "TargetGroupArn": GROUP,
            "Port": PORT,
            "HealthCheckIntervalSeconds": 10,
            "HealthyThresholdCount": 2,
            "UnhealthyThresholdCount": 2,
            "_attributes": attributes,
        }
        targets = {"TargetGroups": [{"TargetGroupArn": GROUP}]}
        rules["rule"] = {"Actions": [{"Type": "forward", "ForwardConfig": targets}]}

    def state(self, second: float) -> str:
        """The target's state at a second."""
        self.now = second
        return elbv2_targets.state(GROUP, ADDRESS, PORT)

    def register(self) -> None:
        """Register the target now."""
        elbv2_targets.register({"TargetGroupArn": GROUP, "Targets": [{"Id": ADDRESS}]})

    def deregister(self) -> None:
        """Deregister the target now."""
        elbv2_targets.deregister({"TargetGroupArn": GROUP, "Targets": [{"Id": ADDRESS}]})


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with request_scope(str(next(_accounts)), "eu-west-1"):
        scene = Scene()
        monkeypatch.setattr(elbv2_targets, "processes", scene.processes)
        monkeypatch.setattr("time.time", lambda: scene.now)
        yield scene


def test_healthy_after_warm_up_and_two_checks(scene: Scene) -> None:
    """Answering from second 5 on, 2 checks of 10 s: initial before 25, healthy from 25 on."""
    scene.register()
    scene.processes.since = 5.0
    assert [scene.state(s) for s in (0, 19.9, 25, 1000)] == [
        "initial", "initial", "healthy", "healthy",
    ]  # fmt: skip


def test_long_warm_up_is_unhealthy_meanwhile(scene: Scene) -> None:
    """Answering from second 60 on: two failed checks make it unhealthy at 20, healthy at 80."""
    scene.register()
    scene.processes.since = 60.0
    assert [scene.state(s) for s in (19.9, 20, 79.9, 80)] == [
        "initial", "unhealthy", "unhealthy", "healthy",
    ]  # fmt: skip


def test_nothing_behind_the_address_is_never_healthy(scene: Scene) -> None:
    """An address that nothing serves is unhealthy for good."""
    scene.register()
    assert [scene.state(s) for s in (0, 20, 1e6)] == ["initial", "unhealthy", "unhealthy"]


def test_drain_without_connections_is_short(scene: Scene) -> None:
    """No open connection: draining for IDLE_DRAIN seconds, then gone, not for the full delay."""
    scene.register()
    scene.now = 100.0
    scene.deregister()
    end = 100 + elbv2_targets.IDLE_DRAIN
    assert [scene.state(s) for s in (100, end - 0.1, end)] == ["draining", "draining", "unused"]


def test_drain_with_a_connection_takes_the_delay(scene: Scene) -> None:
    """With a connection open the target drains for the deregistration delay of 60 s."""
    scene.register()
    scene.processes.open_connections = 1
    scene.now = 100.0
    scene.deregister()
    assert [scene.state(s) for s in (159.9, 160)] == ["draining", "unused"]


def test_registering_again_ends_a_drain(scene: Scene) -> None:
    """A draining target that is registered again starts over as initial."""
    scene.register()
    scene.processes.open_connections = 1
    scene.now = 100.0
    scene.deregister()
    scene.now = 110.0
    scene.register()
    assert scene.state(115) == "initial"
