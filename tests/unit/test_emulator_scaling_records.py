"""What firing schedules and scaling leave behind."""

import pytest

from sandbox.emulator import autoscaling_activities, autoscaling_firing
from sandbox.emulator.autoscaling_actions import Actor
from tests.support.scaled_target import KEY, ScaledTarget

HOUR, DAY = 3600.0, 86_400.0
MORNING, NIGHT = "cron(0 8 ? * MON-FRI *)", "cron(0 22 ? * MON-FRI *)"


@pytest.fixture
def scaled(monkeypatch: pytest.MonkeyPatch) -> ScaledTarget:
    return ScaledTarget(monkeypatch)


def test_what_was_missed_fires_once_and_in_order(scaled: ScaledTarget) -> None:
    """Two days away: Monday's and Tuesday's firings are two, and the night's bounds the last."""
    scaled.schedule("night", NIGHT, 2, 6)
    scaled.schedule("morning", MORNING, 4, 8)
    scaled.now += 3 * DAY  # Wednesday, midnight
    assert autoscaling_firing.beat(scaled.service) == {scaled.account}
    told = [a["Description"] for a in scaled.activities()]
    assert told == [
        "Setting min capacity to 4 and max capacity to 8",
        "Setting desired count to 4.",
        "Setting min capacity to 2 and max capacity to 6",
    ]
    assert (scaled.target()["MinCapacity"], scaled.target()["MaxCapacity"]) == (2, 6)
    assert autoscaling_firing.beat(scaled.service) == set()


def test_an_action_fires_in_its_second_and_not_before(scaled: ScaledTarget) -> None:
    """S2-07: nothing at 07:59:59, the bounds at 08:00:00, nothing again until Tuesday."""
    scaled.schedule("morning", MORNING, 4, 8)
    scaled.now += DAY + 8 * HOUR - 1
    assert autoscaling_firing.beat(scaled.service) == set()
    scaled.now += 1
    assert autoscaling_firing.beat(scaled.service) == {scaled.account}
    assert scaled.service.wanted == 4
    scaled.now += DAY - 1
    assert autoscaling_firing.beat(scaled.service) == set()


def test_actions_of_the_same_second_run_as_they_were_made(scaled: ScaledTarget) -> None:
    """User guide: "run in the order that they are specified", whatever their names."""
    scaled.schedule("b", "at(2026-11-22T10:00:00)", 3, 5)
    scaled.schedule("a", "at(2026-11-22T10:00:00)", 2, 7)
    scaled.now += 10 * HOUR
    autoscaling_firing.beat(scaled.service)
    assert (scaled.target()["MinCapacity"], scaled.target()["MaxCapacity"]) == (2, 7)


def test_an_activity_ends_when_its_tasks_run(scaled: ScaledTarget) -> None:
    """InProgress, then Successful once as many tasks run as were asked for."""
    actor = Actor(scaled.service)
    with scaled.scope():
        autoscaling_activities.set_count(scaled.target(), scaled.service, 3, "because")
    assert scaled.account not in actor.beat()
    assert scaled.activities()[0]["StatusCode"] == "InProgress"
    assert "EndTime" not in scaled.activities()[0]
    scaled.service.live, scaled.now = 3, scaled.now + 40
    assert scaled.account in actor.beat()
    ended = scaled.activities()[0]
    assert (ended["StatusCode"], ended["EndTime"] - ended["StartTime"]) == ("Successful", 40)
    assert ended["StatusMessage"] == (
        "Successfully set desired count to 3. Change successfully fulfilled by ecs."
    )


@pytest.mark.parametrize(
    ("later", "code", "words"),
    [
        (5, "Overridden", "Found it was later changed to 5."),
        (None, "Unfulfilled", "The service is no longer there."),
    ],
)
def test_an_activity_is_overtaken(
    scaled: ScaledTarget, later: int | None, code: str, words: str
) -> None:
    """A desired count that is another by now, or gone, ends what was under way."""
    with scaled.scope():
        autoscaling_activities.set_count(scaled.target(), scaled.service, 3, "because")
    scaled.service.wanted = later
    Actor(scaled.service).beat()
    assert scaled.activities()[0]["StatusCode"] == code
    assert scaled.activities()[0]["StatusMessage"].endswith(words)


def test_repeats_of_a_reason_are_one_activity(scaled: ScaledTarget) -> None:
    """A call that changes nothing is repeated each minute; its record gets a later end."""
    for _ in range(3):
        with scaled.scope():
            autoscaling_activities.not_scaled(scaled.target(), "an alarm", None, "suspended")
        scaled.now += 60
    assert [a["EndTime"] - a["StartTime"] for a in scaled.activities()] == [120]
    scaled.now += 60
    with scaled.scope():
        autoscaling_activities.not_scaled(scaled.target(), "an alarm", None, "suspended")
        autoscaling_activities.not_scaled(
            scaled.target(), "an alarm", "AlreadyAtMinCapacity", "minimum"
        )
    assert [a["Details"] for a in scaled.activities()] == ["suspended", "suspended", "minimum"]
    assert scaled.activities()[-1]["NotScaledReasons"] == [
        {"Code": "AlreadyAtMinCapacity", "MinCapacity": 1}
    ]


def test_six_weeks_of_activities_are_shown(scaled: ScaledTarget) -> None:
    """DescribeScalingActivities: newest first, not scaled ones only when asked for."""
    with scaled.scope():
        autoscaling_activities.set_count(scaled.target(), scaled.service, 3, "first")
        scaled.now += 43 * DAY
        autoscaling_activities.set_count(scaled.target(), scaled.service, 4, "second")
        autoscaling_activities.set_count(scaled.target(), scaled.service, 5, "third")
        autoscaling_activities.not_scaled(scaled.target(), "fourth", None, "suspended")
        shown = autoscaling_activities.describe(KEY)["ScalingActivities"]
        assert [a["Cause"] for a in shown] == ["third", "second"]
        everything = autoscaling_activities.describe({**KEY, "IncludeNotScaledActivities": True})
        assert len(everything["ScalingActivities"]) == 3
