"""The same load gives the same activities, whatever the speed of the sandbox's clock."""

import json
import signal
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support import emulator, stepped
from tests.support.emulated_service import CLUSTER, IMAGES, NAME, Service
from tests.support.emulator import REGION, Account, Emulator, until
from tests.support.scaling_scene import CPU, TARGET, said

pytestmark = pytest.mark.sandbox
DONE = ("2", "3", "4", "1-2", "2")  # to the maximum of 4, then 2 by the schedule
TRACKING = {
    "TargetValue": 70.0,
    "PredefinedMetricSpecification": {"PredefinedMetricType": CPU},
    "ScaleOutCooldown": 60,
}
# A stall passes over the alarms of up to 4 minutes at speed 120. The maximum is reached after 6, so
# the schedule waits for several stalls.
STALL = 2  # wall seconds
LATE = 25  # minutes


def call(aws: Emulator, name: str, body: dict[str, Any] | None = None) -> Any:
    """One of the sandbox's own calls."""
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(f"{aws.url}/_evenkeel/{name}", data, timeout=30) as answer:
        return json.load(answer)


def activities(account: Account) -> list[tuple[str, str]]:
    """What was set and why, oldest first; without the random name of an alarm."""
    found = account.application_autoscaling.describe_scaling_activities(**TARGET)
    return [
        (said(a), a["Cause"].partition(" in state ")[2] or a["Cause"])
        for a in reversed(found["ScalingActivities"])
    ]


def begin(aws: Emulator) -> Account:
    """One task, at most four, under a load for more; after LATE minutes at most two."""
    account = Account(aws.url)
    Service(account, desired=1)
    scaling = account.application_autoscaling
    scaling.register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=4)
    scaling.put_scaling_policy(
        **TARGET,
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=TRACKING,
    )
    now = datetime.fromtimestamp(call(aws, "clock")["now"], UTC)
    scaling.put_scheduled_action(
        **TARGET,
        ScheduledActionName="fewer",
        Schedule=f"at({now + timedelta(minutes=LATE):%Y-%m-%dT%H:%M:%S})",
        ScalableTargetAction={"MinCapacity": 1, "MaxCapacity": 2},
    )
    place = {"account": account.name, "region": REGION, "cluster": CLUSTER, "service": NAME}
    call(aws, "use", place | {"cpuTotal": 1000, "memoryEach": None, "tasks": {}})
    return account


def stall(*emulators: Emulator) -> None:
    """Stop the processes for STALL wall seconds; their clocks go on."""
    for aws in emulators:
        aws.process.send_signal(signal.SIGSTOP)
    time.sleep(STALL)
    for aws in emulators:
        aws.process.send_signal(signal.SIGCONT)


def done(account: Account) -> list[tuple[str, str]]:
    """The activities once they are all there."""
    return reached(account, len(DONE))


def reached(account: Account, number: int) -> list[tuple[str, str]]:
    """The activities once there are so many."""

    def look() -> list[tuple[str, str]] | None:
        found = activities(account)
        return found if len(found) >= number else None

    return list(until(look, f"{number} activities are there", seconds=120))


def test_every_speed_gives_the_same_activities(tmp_path: Path) -> None:
    """Design 6: at 60 and at 120 times the wall clock, stalls included, as moved by hand."""
    folders = [tmp_path / name for name in ("moved", "slow", "fast")]
    for folder in folders:
        folder.mkdir()
    with (
        stepped.running(folders[0], IMAGES) as aws,
        emulator.running(folders[1], IMAGES, speed=60) as slow,
        emulator.running(folders[2], IMAGES, speed=120) as fast,
    ):
        running = [begin(slow), begin(fast)]
        moved = begin(aws)
        reached(running[1], 1)
        stall(slow, fast)
        aws.forward(minutes=LATE + 1)
        assert [text for text, _ in done(moved)] == list(DONE)
        assert [done(account) for account in running] == [done(moved)] * 2
