"""Scheduled actions set the bounds, under a clock that the test moves."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from infra.capacity import Bounds
from infra.schedules import Capacity, bounds_at, planned_actions
from tests.support import stepped
from tests.support.emulated_service import CLUSTER, IMAGES, NAME
from tests.support.scaling_emulator import aws, emulator
from tests.support.scaling_scene import TARGET, Scene
from tests.support.stages import changed, shipped
from tests.support.stepped import Stepped

__all__ = ["aws", "emulator"]
pytestmark = pytest.mark.sandbox
MORNING, NIGHT = "cron(0 8 ? * MON-FRI *)", "cron(0 22 ? * MON-FRI *)"


def test_the_morning_does_not_wait_for_a_scale_in_cooldown(tmp_path: Path) -> None:
    """S2-07: 08:00 brings 6 to 20 tasks, minutes into a scale-in cooldown of twelve hours."""
    with stepped.running(tmp_path, IMAGES, at="2026-11-23T07:30:00Z") as aws:
        scene = Scene(aws, 3)
        scene.track(70, ScaleInCooldown=43_200)
        scene.schedule("weekday-morning", MORNING, 6, 20)
        scene.use(cpu=20)
        aws.until("2026-11-23T08:05:00Z")
        assert scene.did() == [("15:30", "2"), ("27:00", "6-20"), ("27:00", "6")]
        assert (scene.bounds(), scene.counts()) == ((6, 20), (6, 6))
        bounds, count = scene.activities()[1:]
        assert bounds["Cause"] == "scheduled action name weekday-morning was triggered"
        assert count["Cause"] == "minimum capacity was set to 6"


def test_the_night_does_not_wait_for_a_scale_out_cooldown(tmp_path: Path) -> None:
    """S2-07: 22:00 brings at most 6 tasks, minutes into a scale-out cooldown of an hour."""
    with stepped.running(tmp_path, IMAGES, at="2026-11-23T21:40:00Z") as aws:
        scene = Scene(aws, 8, low=6)
        scene.track(70, ScaleOutCooldown=3600)
        scene.schedule("weekday-night", NIGHT, 2, 6)
        scene.use(cpu=720)
        aws.until("2026-11-23T22:05:00Z")
        assert scene.did() == [("3:30", "11"), ("17:00", "2-6"), ("17:00", "6")]
        assert (scene.bounds(), scene.counts()) == ((2, 6), (6, 6))
        assert scene.activities()[-1]["Cause"] == "maximum capacity was set to 6"
        assert scene.whys()[-1] == ("AlreadyAtMaxCapacity", "the maximum capacity is 6")


def above_target(scene: Scene) -> int:
    """The minutes since the scene began in which CPU was above 70 % on average."""
    found = scene.account.cloudwatch.get_metric_statistics(
        Namespace="AWS/ECS",
        MetricName="CPUUtilization",
        Dimensions=[
            {"Name": "ClusterName", "Value": CLUSTER},
            {"Name": "ServiceName", "Value": NAME},
        ],
        StartTime=scene.began,
        EndTime=scene.aws.now(),
        Period=60,
        Statistics=["Average"],
    )
    return sum(point["Average"] > 70 for point in found["Datapoints"])


def test_monday_nine_o_clock_needs_the_hour_before(tmp_path: Path) -> None:
    """S2-15: with six tasks from 08:00 on, the spike of 09:00 overloads no minute."""
    with stepped.running(tmp_path, IMAGES, at="2026-11-23T07:30:00Z") as aws:
        prepared, surprised = Scene(aws, 2, low=2), Scene(aws, 2, low=2)
        prepared.schedule("weekday-morning", MORNING, 6, 20)
        for scene in (prepared, surprised):
            scene.track(70)
            scene.use(cpu=130)
        aws.until("2026-11-23T09:00:00Z")
        for scene in (prepared, surprised):
            scene.use(cpu=410)
        aws.until("2026-11-23T09:20:00Z")
        assert prepared.set_counts() == [6]
        assert above_target(prepared) == 0
        assert surprised.set_counts() == [3, 5, 6]
        assert above_target(surprised) == 5


def evenings(*, event: bool) -> Capacity:
    """Bounds from 22:00 and from 23:30; an event of 6 tasks until Monday, 23:00, on or off."""
    at = {"timezone": "UTC", "max": 8}
    changes = {
        "capacity.isScaledUp": event,
        "capacity.scaledUp.until": "2026-11-23T23:00:00Z",
        "capacity.schedules": [
            {"name": "evening", "cron": "0 22 ? * MON-FRI *", "min": 2, **at},
            {"name": "late", "cron": "30 23 ? * MON-FRI *", "min": 4, **at},
        ],
    }
    return changed(shipped("production"), changes).capacity


def plan(scene: Scene, capacity: Capacity) -> None:
    """Put what the stack plans now, and delete what it plans no longer."""
    planned = planned_actions(capacity, scene.aws.now())
    kept = scene.scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]
    for name in {a["ScheduledActionName"] for a in kept} - {a.name for a in planned}:
        scene.scaling.delete_scheduled_action(**TARGET, ScheduledActionName=name)
    for action in planned:
        window = {"StartTime": action.start, "EndTime": action.end}
        scene.schedule(
            action.name,
            action.expression,
            action.bounds.min,
            action.bounds.max,
            Timezone=action.timezone,
            **{name: when for name, when in window.items() if when is not None},
        )


def test_the_event_holds_through_schedules_and_ends_by_itself(tmp_path: Path) -> None:
    """S3-17, F8: 22:00 leaves the event's 6 tasks, 23:00 ends it, 23:30 has its own bounds."""
    capacity = evenings(event=True)
    with stepped.running(tmp_path, IMAGES, at="2026-11-23T21:30:00Z") as aws:
        now = bounds_at(capacity, aws.now())
        assert now == Bounds(6, 8)
        scene = Scene(aws, 6, low=now.min, high=now.max)
        scene.track(60)
        plan(scene, capacity)
        scene.use(cpu=20)
        aws.until("2026-11-23T22:59:00Z")
        assert (scene.bounds(), scene.counts()[0]) == ((6, 8), 6)
        aws.until("2026-11-23T23:20:00Z")
        assert scene.bounds() == (2, 8)
        assert scene.counts()[0] == 2
        aws.until("2026-11-23T23:32:00Z")
        assert (scene.bounds(), scene.counts()) == ((4, 8), (4, 4))


def test_a_schedule_outlives_the_event_that_raised_it(tmp_path: Path) -> None:
    """S3-17: switched off again, the schedule has no end any more; 23:30 brings its own bounds."""
    with stepped.running(tmp_path, IMAGES, at="2026-11-23T22:40:00Z") as aws:
        scene = Scene(aws, 6, low=6, high=8)
        plan(scene, evenings(event=True))
        aws.until("2026-11-23T23:10:00Z")
        assert scene.bounds() == (2, 8)
        plan(scene, evenings(event=False))
        kept = scene.scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]
        assert {a["ScheduledActionName"] for a in kept} == {"evening", "late"}
        assert all({"StartTime", "EndTime"}.isdisjoint(action) for action in kept)
        aws.until("2026-11-23T23:31:00Z")
        assert scene.bounds() == (4, 8)


def test_suspended_schedules_are_gone_not_late(aws: Stepped) -> None:
    """User guide: resumed, only actions whose time has not passed are looked at; at() is once."""
    scene = Scene(aws, 2)
    first = scene.began + timedelta(minutes=15)
    second = first.astimezone(ZoneInfo("Europe/Berlin")) + timedelta(minutes=15)
    scene.schedule("first", f"at({first:%Y-%m-%dT%H:%M:%S})", 4, 8)
    scene.schedule("second", f"at({second:%Y-%m-%dT%H:%M:%S})", 3, 9, Timezone="Europe/Berlin")
    scene.bound(SuspendedState={"ScheduledScalingSuspended": True})
    aws.forward(minutes=20)
    scene.bound(SuspendedState={"ScheduledScalingSuspended": False})
    aws.forward(minutes=20)
    assert scene.did() == [("30:00", "3-9"), ("30:00", "3")]
    kept = scene.scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]
    assert {action["ScheduledActionName"] for action in kept} == {"first", "second"}


def test_a_bound_that_does_not_fit_the_other_fails_aloud(aws: Stepped) -> None:
    """User guide: a minimum above the maximum needs both, and alone changes nothing."""
    scene = Scene(aws, 2, high=4)
    scene.scaling.put_scheduled_action(
        **TARGET,
        ScheduledActionName="alone",
        Schedule="rate(5 minutes)",
        ScalableTargetAction={"MinCapacity": 5},
    )
    aws.forward(minutes=6)
    activity = scene.activities()[0]
    assert (activity["StatusCode"], scene.bounds()) == ("Failed", (1, 4))
    assert "Maximum capacity cannot be less than minimum capacity" in activity["StatusMessage"]
