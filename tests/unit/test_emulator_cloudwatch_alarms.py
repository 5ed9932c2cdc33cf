"""The emulator's alarms by hand: over which datapoints they are judged."""

import json
from collections.abc import Iterator

import pytest

from sandbox.emulator.cloudwatch_points import points
from sandbox.emulator.cloudwatch_values import put
from tests.support import alarm_scene
from tests.support.alarm_scene import CPU, MINUTE, START, Scene

HOUR = 3600.0
CHANGE = [
    {
        "Id": "value",
        "ReturnData": False,
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/ECS",
                "MetricName": "CPUUtilization",
                "Dimensions": [{"Name": "ServiceName", "Value": "web"}],
            },
            "Period": 3600,
            "Stat": "Average",
        },
    },
    {"Id": "change", "Expression": "DIFF(value)", "ReturnData": True},
]


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with alarm_scene.opened(monkeypatch) as scene:
        yield scene


def test_a_new_alarm_waits_for_its_datapoints(scene: Scene) -> None:
    """INSUFFICIENT_DATA for two minutes above the target, ALARM with the third."""
    alarm = scene.alarm()
    states = []
    for _ in range(3):
        scene.minute(85.0)
        states.append(alarm["StateValue"])
    assert states == ["INSUFFICIENT_DATA", "INSUFFICIENT_DATA", "ALARM"]
    assert alarm["StateReason"].startswith(
        "Threshold Crossed: 3 out of the last 3 datapoints [85.0 (22/11/26 10:02:00), "
    )
    assert json.loads(alarm["StateReasonData"])["recentDatapoints"] == [85.0] * 3
    assert alarm["StateUpdatedTimestamp"] == int(scene.now + 35)


def test_datapoints_of_other_dimensions_change_nothing(scene: Scene) -> None:
    """Another service's CPU, and the cluster's, leave the alarm as it is."""
    alarm = scene.alarm(EvaluationPeriods=1)
    for other in ({"ServiceName": "other"}, {"ServiceName": "web", "ClusterName": "main"}, {}):
        put("AWS/ECS", "CPUUtilization", other, scene.now, {99.0: 1.0})
    scene.minute(20.0)
    assert alarm["StateValue"] == "OK"


def test_an_alarm_without_dimensions_is_on_the_metric_without(scene: Scene) -> None:
    """The count of refused requests has no dimension."""
    alarm = scene.alarm(EvaluationPeriods=1, Dimensions=[])
    scene.minute(99.0)
    assert alarm["StateValue"] == "INSUFFICIENT_DATA"
    put("AWS/ECS", "CPUUtilization", {}, scene.now, {99.0: 1.0})
    scene.minute(None)
    assert alarm["StateValue"] == "ALARM"


def test_the_hottest_task_behind_a_cool_average(scene: Scene) -> None:
    """Ten tasks at 40 % on average, one at 95: Maximum goes off, Average does not (S3-18)."""
    hottest = scene.alarm("hottest", Statistic="Maximum", Threshold=90.0, EvaluationPeriods=5)
    average = scene.alarm("average", EvaluationPeriods=5)
    share = (400.0 - 95.0) / 9
    for _ in range(5):
        put(*CPU, scene.now, {share: 9.0, 95.0: 1.0})
        scene.minute(None)
    assert (hottest["StateValue"], average["StateValue"]) == ("ALARM", "OK")


def test_a_percentile_of_many_values(scene: Scene) -> None:
    """p99 of a hundred latencies, of which two are slow."""
    alarm = scene.alarm(Statistic=None, ExtendedStatistic="p99", EvaluationPeriods=1, Threshold=1.0)
    put(*CPU, scene.now, {0.1: 98.0, 3.0: 2.0})
    scene.minute(None)
    assert alarm["StateValue"] == "ALARM"
    assert json.loads(alarm["StateReasonData"])["statistic"] == "p99"


@pytest.mark.parametrize(
    ("few", "samples", "state"),
    [
        ("evaluate", 20.0, "ALARM"),
        ("ignore", 199.0, "INSUFFICIENT_DATA"),
        ("ignore", 200.0, "ALARM"),
    ],
)
def test_a_percentile_may_wait_for_its_samples(
    scene: Scene, few: str, samples: float, state: str
) -> None:
    """A p95 that ignores small samples wants 10 / (1 - 0.95) of them (user guide)."""
    alarm = scene.alarm(
        Statistic=None,
        ExtendedStatistic="p95",
        EvaluateLowSampleCountPercentile=few,
        EvaluationPeriods=1,
    )
    put(*CPU, scene.now, {85.0: samples})
    scene.minute(None)
    assert alarm["StateValue"] == state


def test_windows_slide_with_the_minute(scene: Scene) -> None:
    """Five minutes end with any minute: minutes 2 to 6 are judged at the end of the sixth."""
    alarm = scene.alarm(Statistic="Sum", Period=300, EvaluationPeriods=1, Threshold=9.0)
    states = []
    for value in (0.0, 0.0, 2.0, 2.0, 2.0, 2.0, 2.0, 0.0):
        scene.minute(value)
        states.append(alarm["StateValue"])
    assert states == ["OK"] * 6 + ["ALARM", "OK"]


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ([2.0] * 7, "ALARM"),
        ([2.0, 2.0, 2.0, 0.0, 2.0, 2.0, 2.0], "OK"),
        ([0.0] * 7, "OK"),
        ([2.0] * 3, "INSUFFICIENT_DATA"),
    ],
)
def test_a_leak_is_memory_that_rises_hour_by_hour(
    scene: Scene, steps: list[float], state: str
) -> None:
    """DIFF over six hours goes off on a point or more in each, not with a flat one (S3-06)."""
    leak = scene.alarm(
        MetricName=None,
        Namespace=None,
        Dimensions=[],
        Period=None,
        Metrics=CHANGE,
        EvaluationPeriods=6,
        DatapointsToAlarm=6,
        Threshold=1.0,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )
    memory = 20.0
    for step in steps:
        for minute in range(60):
            put(*CPU, scene.now + minute * MINUTE, {memory: 1.0})
        memory += step
        scene.now += HOUR
    scene.beat(35.0)
    assert leak["StateValue"] == state


def test_the_evaluation_range_is_two_periods_longer(scene: Scene) -> None:
    """The sandbox's reading of a figure that AWS does not give."""
    alarm = scene.alarm()
    put(*CPU, START, {85.0: 1.0})
    ranged = points(alarm, START + 5 * MINUTE)
    assert ranged == [(START, 85.0), *((START + i * MINUTE, None) for i in range(1, 5))]
