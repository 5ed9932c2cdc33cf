"""The emulator's alarms by hand: when they are judged, and what they set off."""

from collections.abc import Iterator
from typing import Any

import pytest
from ministack.core.responses import get_account_id
from ministack.services import cloudwatch

from sandbox.emulator import cloudwatch_alarms
from sandbox.emulator.cloudwatch_values import put
from tests.support import alarm_scene
from tests.support.alarm_scene import CPU, MINUTE, POLICY, Scene


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with alarm_scene.opened(monkeypatch) as scene:
        yield scene


def history(name: str) -> list[str]:
    return [e["HistorySummary"] for e in cloudwatch._history_entries() if e["AlarmName"] == name]


def test_a_scaling_action_repeats_every_minute(scene: Scene) -> None:
    """On the change to ALARM and each minute in it, with the newest value; then no more."""
    scene.alarm(EvaluationPeriods=1)
    for value in (60.0, 85.0, 90.0, 95.0, 70.0, 60.0):
        scene.minute(value)
    assert scene.acted == [("busy", 85.0), ("busy", 90.0), ("busy", 95.0)]
    changes = [f"Alarm updated from {change}" for change in ("OK to ALARM", "ALARM to OK")]
    assert history("busy") == ["Alarm updated from INSUFFICIENT_DATA to OK", *changes]


def test_a_minute_is_judged_once_whatever_the_beat(scene: Scene) -> None:
    """Nothing before second 30 of the next minute; then once, however many beats follow."""
    scene.alarm(EvaluationPeriods=1)
    scene.beat(0.0)
    put(*CPU, scene.now, {85.0: 1.0})
    for seconds in (30.0, 59.9, 60.0, 89.9):
        scene.beat(seconds)
    assert scene.acted == []
    done = [bool(scene.beat(seconds)) for seconds in (90.0, 90.1, 95.0, 120.0, 149.9)]
    assert done == [True, False, False, False, False]
    assert scene.acted == [("busy", 85.0)]


def test_a_beat_names_the_accounts_that_changed(scene: Scene) -> None:
    """A state that lasts is no change, though its action repeats."""
    scene.alarm(EvaluationPeriods=1)
    named = [scene.minute(value) for value in (85.0, 86.0, 20.0)]
    assert named == [{get_account_id()}, set(), {get_account_id()}]
    assert scene.acted == [("busy", 85.0), ("busy", 86.0)]


def test_minutes_of_a_pause_are_not_made_up(scene: Scene) -> None:
    """After ten minutes without a beat the present minute is judged, and once."""
    scene.alarm(EvaluationPeriods=1)
    scene.minute(85.0)
    for _ in range(10):
        put(*CPU, scene.now, {95.0: 1.0})
        scene.now += MINUTE
    scene.beat(31.0)
    assert scene.acted == [("busy", 85.0), ("busy", 95.0)]


def test_actions_can_be_switched_off(scene: Scene) -> None:
    """Without ActionsEnabled the state changes and nothing is set off."""
    alarm = scene.alarm(EvaluationPeriods=1, ActionsEnabled=False)
    scene.minute(85.0)
    assert (alarm["StateValue"], scene.acted) == ("ALARM", [])
    alarm["ActionsEnabled"] = True
    scene.minute(86.0)
    assert scene.acted == [("busy", 86.0)]


def test_states_are_settled_before_the_first_action(scene: Scene) -> None:
    """An action that looks at other alarms finds the states of its own minute."""
    scene.alarm("first", EvaluationPeriods=1)
    second = scene.alarm("second", EvaluationPeriods=1)
    seen: list[str] = []
    cloudwatch_alarms.use("arn:aws:autoscaling:", lambda *_: seen.append(second["StateValue"]))
    scene.minute(85.0)
    assert seen == ["ALARM", "ALARM"]


def test_a_failing_action_stops_no_other(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged by its ARN; the alarms after it are served."""

    def fail(_action: str, alarm: dict[str, Any], value: float) -> None:
        scene.acted.append((alarm["AlarmName"], value))
        raise RuntimeError("no such target")

    cloudwatch_alarms.use("arn:aws:autoscaling:", fail)
    scene.alarm("first", EvaluationPeriods=1)
    scene.alarm("second", EvaluationPeriods=1)
    scene.minute(85.0)
    assert scene.acted == [("first", 85.0), ("second", 85.0)]
    assert f"{POLICY} failed for the alarm first" in caplog.text


def test_missing_datapoints_that_breach_act_on_the_threshold(scene: Scene) -> None:
    """There is no value to act on, so the alarm counts as only just crossed."""
    scene.alarm(EvaluationPeriods=1, TreatMissingData="breaching")
    scene.minute(None)
    scene.minute(None)
    assert scene.acted == [("busy", 70.0), ("busy", 70.0)]


def test_a_composite_alarm_follows_its_children(scene: Scene) -> None:
    """It is evaluated when a child has changed, in the same minute."""
    scene.alarm(EvaluationPeriods=1)
    composite = scene.alarm("both", AlarmRule='ALARM("busy")', StateValue="OK")
    del cloudwatch._alarms["both"]
    cloudwatch._composite_alarms["both"] = composite
    scene.minute(85.0)
    assert composite["StateValue"] == "ALARM"
    assert scene.acted == [("busy", 85.0)]


def test_history_is_kept_for_thirty_days(scene: Scene) -> None:
    """As CloudWatch does; older changes are forgotten."""
    scene.alarm(EvaluationPeriods=1)
    scene.minute(85.0)
    scene.minute(10.0)
    scene.now += 30 * 86400
    scene.minute(85.0)
    assert history("busy") == ["Alarm updated from OK to ALARM"]
