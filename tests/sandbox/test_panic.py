"""Panic and resume against the emulator, whose RegisterScalableTarget clamps as AWS's does."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import botocore.session
import pytest

from ops.panic import in_force, panic, resume
from ops.reach import Connected, Reached
from tests.support import stepped
from tests.support.emulated_service import IMAGES, LOG_GROUP, Network, define
from tests.support.emulator import REGION, Account
from tests.support.fake_scaled import at_once
from tests.support.stages import changed, shipped

__all__ = ["at_once"]
pytestmark = pytest.mark.sandbox
NAME = "evenkeel-staging"
TARGET = {
    "ServiceNamespace": "ecs",
    "ResourceId": f"service/{NAME}/{NAME}",
    "ScalableDimension": "ecs:service:DesiredCount",
}
DAILY = {"name": "daily", "timezone": "UTC", "min": 6, "max": 8}
STAGE = {
    "capacity.min": 2,
    "capacity.max": 8,
    "capacity.fargateVcpuQuota": 20,
    "database.connectionsPerTask": 2,
}


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[stepped.Stepped]:
    with stepped.running(tmp_path_factory.mktemp("emulator"), IMAGES) as emulator:
        yield emulator


class Live:
    """The stage's service with its scalable target, 2 to 8 tasks, in an account of its own."""

    def __init__(self, url: str, desired: int = 3) -> None:
        self.account = Account(url)
        self.account.logs.create_log_group(logGroupName=LOG_GROUP)
        self.account.ecs.create_cluster(clusterName=NAME)
        self.account.ecs.create_service(
            cluster=NAME,
            serviceName=NAME,
            taskDefinition=define(self.account, "web:1"),
            desiredCount=desired,
            launchType="FARGATE",
            networkConfiguration=Network(self.account).configuration(),
        )
        self.scaling = self.account.application_autoscaling
        self.scaling.register_scalable_target(**TARGET, MinCapacity=2, MaxCapacity=8)

    def reached(self, **changes: Any) -> Reached:
        """The way to it, for the staging stage with bounds of 2 to 8 and `changes`."""
        session = botocore.session.Session()
        session.set_credentials(self.account.name, "sandbox")
        connected = Connected(session, REGION, endpoint_url=self.account.url)
        stage = changed(shipped("staging"), STAGE | changes)
        return Reached(stage, "an emulator", True, connected, self.account.url)

    def state(self) -> tuple[Any, ...]:
        """Desired count, bounds and suspensions."""
        ecs = self.account.ecs
        found = ecs.describe_services(cluster=NAME, services=[NAME])["services"][0]
        target = self.scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
        members = ("MinCapacity", "MaxCapacity", "SuspendedState")
        return found["desiredCount"], *(target[0][member] for member in members)

    def panic(self, count: int, *, force: bool = False) -> str:
        said: list[str] = []
        panic(self.reached(), count, force=force, say=said.append)
        return "\n".join(said)

    def resume(self, **changes: Any) -> str:
        said: list[str] = []
        resume(self.reached(**changes), say=said.append)
        return "\n".join(said)


def test_a_count_below_the_minimum_holds_and_goes_back(clock: stepped.Stepped) -> None:
    """S0-22: 3 tasks become 1 of at least 2, twice, stay there, and are 3 again after resume."""
    live = Live(clock.url)
    before = live.state()
    for _ in range(2):
        live.panic(1)
        clock.forward(minutes=3)
        assert live.state() == (1, 2, 8, dict.fromkeys(before[3], True))
    live.resume()
    assert live.state() == before
    assert in_force(live.reached()) is None


def test_registering_the_target_would_lift_the_count(clock: stepped.Stepped) -> None:
    """S0-22: why a panic in force is not registered again: each such call clamps, bounds or not."""
    live = Live(clock.url)
    live.panic(1)
    live.scaling.register_scalable_target(**TARGET)
    assert live.state()[0] == 2


def test_a_schedule_that_fell_due_is_told(clock: stepped.Stepped) -> None:
    """S0-22, S2-07: scheduled scaling is suspended too, and resume says what the stage now asks."""
    live = Live(clock.url)
    due = clock.now() + timedelta(minutes=5)
    cron = f"{due.minute} {due.hour} * * ? *"
    live.scaling.put_scheduled_action(
        **TARGET,
        ScheduledActionName="evenkeel-staging-daily",
        Schedule=f"cron({cron})",
        ScalableTargetAction={"MinCapacity": 6, "MaxCapacity": 8},
    )
    before = live.state()
    live.panic(1)
    clock.forward(minutes=7)
    assert live.state()[:3] == (1, 2, 8)
    said = live.resume(**{"capacity.schedules": [DAILY | {"cron": cron}]})
    assert live.state() == before
    told = f"daily at {due:%Y-%m-%dT%H:%M}:00Z"
    assert f"The stage asks for 6 to 8 tasks now. Due during the panic: {told}." in said


def test_force_takes_it_to_nothing_and_back(clock: stepped.Stepped) -> None:
    """S0-22, S3-12: --count 0 with --force; the record says so; the way back is the same."""
    live = Live(clock.url)
    before = live.state()
    assert "--force: the floor of tier staging is 1" in live.panic(0, force=True)
    record = in_force(live.reached())
    assert record is not None
    assert (record["count"], record["forced"], live.state()[0]) == (0, True, 0)
    live.resume()
    assert live.state() == before
