"""An alarm that cannot be judged is its own problem, not that of any other."""

from collections.abc import Iterator
from typing import Any

import pytest
from ministack.core.responses import request_scope
from ministack.services import cloudwatch

from sandbox.emulator.cloudwatch_values import put
from tests.support import alarm_scene
from tests.support.alarm_scene import CPU, Scene

LATER = "999999999999"  # an account that is judged after every scene's
METRIC = {
    "Id": "m",
    "ReturnData": False,
    "MetricStat": {
        "Metric": {"Namespace": CPU[0], "MetricName": CPU[1], "Dimensions": []},
        "Period": 60,
        "Stat": "Average",
    },
}
NUMBER = {"Metrics": [METRIC, {"Id": "mean", "Expression": "AVG(m)"}]}
NOTHING_RETURNED = {"Metrics": [METRIC]}
NO_METRIC = {"Metrics": [{"Id": "one", "Expression": "1 + 1"}]}
NO_STATISTIC = {"Statistic": None, "ExtendedStatistic": "TM(10%:90%)"}


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with alarm_scene.opened(monkeypatch) as scene:
        yield scene


@pytest.mark.parametrize(
    "bad",
    [NUMBER, NOTHING_RETURNED, NO_METRIC, NO_STATISTIC, {"EvaluationPeriods": None}],
    ids=["number", "nothing-returned", "no-metric", "no-statistic", "no-periods"],
)
def test_a_bad_alarm_stops_no_other(
    scene: Scene, caplog: pytest.LogCaptureFixture, bad: dict[str, Any]
) -> None:
    """The next alarm, and the next account's, go off in the same minute; it is said once."""
    broken = scene.alarm("broken", **bad)
    beside = scene.alarm("beside", EvaluationPeriods=1)
    with request_scope(LATER, "eu-west-1"):
        other = scene.alarm("other", EvaluationPeriods=1)
        put(*CPU, scene.now, {90.0: 1.0})
    assert LATER in scene.minute(85.0)
    assert (beside["StateValue"], other["StateValue"]) == ("ALARM", "ALARM")
    assert scene.acted == [("beside", 85.0), ("other", 90.0)]
    scene.minute(85.0)
    assert broken["StateValue"] == "INSUFFICIENT_DATA"
    assert caplog.text.count(f"the alarm {broken['AlarmArn']} cannot be judged") == 1


def test_a_failing_notification_stops_no_action(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What breaks while one alarm tells its topic leaves the others' actions as they are."""

    def send(alarm: dict[str, Any], *_: Any) -> None:
        if alarm["AlarmName"] == "first":
            raise RuntimeError("no such topic")

    monkeypatch.setattr("sandbox.emulator.cloudwatch_alarms._send", send)
    scene.alarm("first", EvaluationPeriods=1)
    scene.alarm("second", EvaluationPeriods=1)
    scene.minute(85.0)
    assert scene.acted == [("second", 85.0)]
    assert {alarm["StateValue"] for alarm in cloudwatch._alarms.values()} == {"ALARM"}
