"""Target tracking acts on the load of a service, under a clock that the test moves."""

from itertools import pairwise

import pytest

from infra.capacity.decisions import tracked_tasks
from tests.support.scaling_emulator import aws, emulator
from tests.support.scaling_scene import TARGET, Scene
from tests.support.stepped import Stepped

__all__ = ["aws", "emulator"]
pytestmark = pytest.mark.sandbox


@pytest.mark.parametrize(("count", "percent", "wanted"), [(4, 85, 5), (3, 90, 4)])
def test_the_sums_of_the_article_come_out_of_the_loop(
    aws: Stepped, count: int, percent: int, wanted: int
) -> None:
    """S2-05: 4 x 85 / 70 is 5 tasks and 3 x 90 / 70 is 4, as infra.capacity has it."""
    assert tracked_tasks(count, percent, 70) == wanted
    scene = Scene(aws, count)
    scene.track(70)
    scene.use(cpu=count * percent)
    aws.forward(minutes=12)
    # Three minutes above the target, and half a minute until they are judged.
    assert scene.did() == [("3:30", str(wanted))]
    assert scene.counts() == (wanted, wanted)
    activity = scene.activities()[0]
    assert activity["StatusCode"] == "Successful"
    assert "-AlarmHigh-" in activity["Cause"]
    assert activity["Cause"].endswith("in state ALARM triggered policy cpu")


def test_one_task_becomes_the_maximum_and_no_more(aws: Stepped) -> None:
    """S0-20: without end the load takes 1 task to 4, a cooldown apart, and there it says why."""
    scene = Scene(aws, 1, high=4)
    scene.track(70)
    scene.use(cpu=1000)
    aws.forward(minutes=15)
    assert scene.did() == [("3:30", "2"), ("4:30", "3"), ("5:30", "4")]
    assert scene.whys()[-1] == ("AlreadyAtMaxCapacity", "the maximum capacity is 4")
    latest = scene.activities(idle=True)[-1]
    assert latest["StatusCode"] == "Failed"
    assert latest["NotScaledReasons"] == [{"Code": "AlreadyAtMaxCapacity", "MaxCapacity": 4}]
    assert scene.clock(latest["EndTime"]) == "14:30"  # one activity, as long as it lasts


def test_the_maximum_becomes_one_task_one_at_a_time(aws: Stepped) -> None:
    """S2-10: 15 minutes of rest, then one task each scale-in cooldown, to the minimum."""
    scene = Scene(aws, 4)
    scene.track(70)
    scene.use(cpu=20)
    aws.forward(minutes=40)
    assert scene.did() == [("15:30", "3"), ("20:30", "2"), ("25:30", "1")]
    assert scene.whys()[-1] == ("AlreadyAtMinCapacity", "the minimum capacity is 1")


@pytest.mark.parametrize(("cooldown", "apart"), [(60, 60), (180, 180), (300, 300)])
def test_the_scale_out_cooldown_is_kept_to_the_period(
    aws: Stepped, cooldown: int, apart: int
) -> None:
    """S4-08: between two scale-outs of the same size lies the cooldown, not a minute more."""
    scene = Scene(aws, 1, high=4)
    scene.track(70, ScaleOutCooldown=cooldown)
    scene.use(cpu=1000)
    aws.forward(minutes=15)
    assert scene.set_counts() == [2, 3, 4]
    starts = [activity["StartTime"] for activity in scene.activities()]
    assert [(late - early).total_seconds() for early, late in pairwise(starts)] == [apart, apart]


def test_a_scale_out_breaks_off_a_scale_in_cooldown(aws: Stepped) -> None:
    """K21: twelve hours between scale-ins end with the first scale-out."""
    scene = Scene(aws, 4)
    scene.track(70, ScaleInCooldown=43_200)
    scene.use(cpu=20)
    aws.forward(minutes=25)
    assert scene.set_counts() == [3]
    assert scene.whys()[-1][1].startswith("the scale-in cooldown lasts until 2026-11-2")
    scene.use(cpu=270)
    aws.forward(minutes=10)
    assert scene.set_counts() == [3, 4]
    scene.use(cpu=20)
    aws.forward(minutes=20)
    assert scene.set_counts() == [3, 4, 3]


def test_one_task_fewer_must_not_bring_it_back(aws: Stepped) -> None:
    """Two tasks at 50 % of 70 stay: one would be at 100 % (NotScaledReasons, flapping)."""
    scene = Scene(aws, 2)
    scene.track(70)
    scene.use(cpu=100)
    aws.forward(minutes=20)
    assert scene.did() == []
    assert [code for code, _ in scene.whys()] == ["AutoScalingAnticipatedFlapping"]


def test_no_data_scales_nothing(aws: Stepped) -> None:
    """User guide: insufficient data is neither low nor high utilization."""
    scene = Scene(aws, 2)
    scene.scaling.put_scaling_policy(
        **TARGET,
        PolicyName="custom",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 10.0,
            "CustomizedMetricSpecification": {
                "Namespace": "Mine",
                "MetricName": "Depth",
                "Statistic": "Average",
            },
        },
    )
    aws.forward(minutes=20)
    assert (scene.did(), scene.whys()) == ([], [])


def test_requests_per_target_scale_the_service(aws: Stepped) -> None:
    """S2-09: 4 tasks with 1,500 requests a minute each, at a target of 1,000, become 6."""
    scene = Scene(aws, 4)
    balancer = scene.service.balancer
    group = balancer.groups[0].rpartition(":")[2]
    label = f"{balancer.arn.rpartition(':loadbalancer/')[2]}/{group}"
    metric = {"PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": label}
    scene.track(1000, "requests", PredefinedMetricSpecification=metric)
    name = label.partition("/targetgroup")[0]
    scene.publish("RequestCountPerTarget", 1500, 4, LoadBalancer=name, TargetGroup=group)
    assert scene.did() == [("3:30", "6")]
    assert scene.activities()[0]["Cause"].endswith("triggered policy requests")
