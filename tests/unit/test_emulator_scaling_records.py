"""What firing schedules and scaling leave behind."""

import pytest

from sandbox.emulator import autoscaling_activities, autoscaling_firing
from sandbox.emulator.autoscaling_actions import Actor
from sandbox.emulator.autoscaling_records import STORES
from tests.support.scaled_target import KEY, ScaledTarget

HOUR, DAY = 3600.0, 86_400.0
MORNING, NIGHT = "cron(0 8 ? * MON-FRI *)", "cron(0 22 ? * MON-FRI *)"


@pytest.fixture
def scaled(monkeypatch: pytest.MonkeyPatch) -> ScaledTarget:
    for store in STORES.values():  # a beat sees every account of this process
        store.clear()
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


def test_times_that_are_left_out_are_deleted(scaled: ScaledTarget) -> None:
    """PutScheduledAction: an action whose end has passed recurs again once it is put without."""
    scaled.schedule("morning", MORNING, 6, 8, EndTime=scaled.now + HOUR)
    scaled.now += 2 * HOUR
    scaled.schedule("morning", MORNING, 4, 8)
    scaled.now += DAY + 6 * HOUR
    assert autoscaling_firing.beat(scaled.service) == {scaled.account}
    assert scaled.target()["MinCapacity"] == 4
    scaled.schedule("morning", MORNING, 6, 8, StartTime=scaled.now + 7 * DAY)
    scaled.schedule("morning", MORNING, 6, 8, EndTime=scaled.now + 2 * DAY)
    scaled.now += DAY
    assert autoscaling_firing.beat(scaled.service) == {scaled.account}
    assert scaled.target()["MinCapacity"] == 6


def test_each_account_is_its_own(scaled: ScaledTarget, monkeypatch: pytest.MonkeyPatch) -> None:
    """One pass over all accounts fires and ends in the account of the action and the activity."""
    other = ScaledTarget(monkeypatch)
    scaled.schedule("morning", MORNING, 4, 8)
    other.schedule("morning", MORNING, 5, 9)
    scaled.now = other.now = scaled.now + DAY + 8 * HOUR
    assert autoscaling_firing.beat(scaled.service) == {scaled.account, other.account}
    assert [t.target()["MinCapacity"] for t in (scaled, other)] == [4, 5]
    scaled.service.wanted = scaled.service.live = 4
    with other.scope():
        autoscaling_activities.set_count(other.target(), scaled.service, 4, "because")
    assert Actor(scaled.service).beat() == {scaled.account, other.account}
    assert scaled.activities()[-1]["StatusCode"] == "Successful"
    assert other.activities()[-1]["StatusCode"] == "Successful"


def test_a_beat_at_rest_asks_no_service(scaled: ScaledTarget) -> None:
    """Where nothing is due, called or under way, a beat costs a look at the records alone."""
    scaled.schedule("morning", MORNING, 4, 8)
    asked: list[str] = []
    scaled.service.desired = asked.append  # type: ignore[assignment,method-assign]
    assert autoscaling_firing.beat(scaled.service) | Actor(scaled.service).beat() == set()
    assert asked == []


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
