"""The event keeps its tasks until its end, and its switch goes back after it."""

import time
from datetime import UTC, datetime
from typing import Any

import pulumi_aws as aws
import pytest

from policies import facts
from tests.policies.capacity_programs import judged, messages, unknown
from tests.policies.judging import fired, stage, target

SURVIVES, EXPIRED = "capacity-event-survives-schedules", "capacity-event-not-expired"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
UNTIL = "2026-12-01T23:00:00Z"
CRON = "cron(0 22 ? * MON-FRI *)"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "now", lambda: NOW)


def _event(on: bool = True, until: str = UNTIL) -> Any:
    """Tier production, 8 tasks at most, and an event of 6."""
    return stage(capacity={"isScaledUp": on, "scaledUp": {"min": 6, "until": until}})


def _action(
    low: Any = 2,
    high: Any = 8,
    schedule: Any = CRON,
    timezone: str | None = None,
    start: Any = None,
    end: str | None = None,
    namespace: str = "ecs",
) -> aws.appautoscaling.ScheduledAction:
    return aws.appautoscaling.ScheduledAction(
        "night",
        resource_id="service/web/web",
        scalable_dimension="ecs:service:DesiredCount",
        service_namespace=namespace,
        schedule=schedule,
        timezone=timezone,
        start_time=start,
        end_time=end,
        scalable_target_action={"min_capacity": low, "max_capacity": high},
    )


def _refused(config: Any, **action: Any) -> bool:
    return (SURVIVES, "night") in fired(judged(lambda: _action(**action), config=config))


@pytest.mark.parametrize(
    ("low", "high", "refused"),
    [(5, 8, True), (6, 8, False), (None, 5, True), (None, 6, False), (6, None, False)],
)
def test_an_action_keeps_the_events_tasks(low: int | None, high: int | None, refused: bool) -> None:
    """S3-17: a planned action that asks for less than the event, or allows less, is refused."""
    assert _refused(_event(), low=low, high=high) is refused
    assert not _refused(_event(on=False), low=low, high=high), "the event is off"
    assert not _refused(_event(until="2026-11-20T12:00:00Z"), low=low, high=high), "it is over"
    assert _refused(_event(until="2026-11-20T12:00:01Z"), low=low, high=high) is refused


@pytest.mark.parametrize(
    ("start", "end", "refused"),
    [
        pytest.param(None, None, True, id="always"),
        pytest.param("2026-12-01T22:59:59Z", None, True, id="from a second before the end"),
        pytest.param("2026-12-01T23:00:00Z", None, False, id="from the end"),
        pytest.param("2026-12-02T00:00:00+01:00", None, False, id="from the end, in another zone"),
        pytest.param("2026-12-01T23:30:00+01:00", None, True, id="half an hour before, likewise"),
        pytest.param("2026-12-01T23:00:00", None, False, id="without an offset, UTC"),
        pytest.param(None, "2026-11-20T12:00:00Z", True, id="until now"),
        pytest.param(None, "2026-11-20T11:59:59Z", False, id="until a second ago"),
        pytest.param("2026-11-01T00:00:00Z", "2026-12-24T00:00:00Z", True, id="around the event"),
    ],
)
def test_a_window_beside_the_event_passes(
    start: str | None, end: str | None, refused: bool
) -> None:
    """S3-17: what cannot fire before the event's end may put back what it likes."""
    assert _refused(_event(), start=start, end=end) is refused


@pytest.mark.parametrize(
    ("at", "timezone", "refused"),
    [
        ("2026-12-01T22:59:59", None, True),
        ("2026-12-01T23:00:00", None, False),
        ("2026-12-01T23:00:00", "UTC", False),
        ("2026-12-01T23:59:59", "Europe/Berlin", True),
        ("2026-12-02T00:00:00", "Europe/Berlin", False),
        ("2026-11-20T12:00:00", "UTC", True),
        ("2026-11-20T11:59:59", "UTC", False),
    ],
)
def test_a_one_shot_action_is_judged_by_its_time(
    at: str, timezone: str | None, refused: bool
) -> None:
    """S3-17: at(...), in its own zone: refused before the end, not at it, nor once it is past."""
    assert _refused(_event(), schedule=f"at({at})", timezone=timezone) is refused


def test_the_target_keeps_the_events_tasks() -> None:
    """S3-17: the target's own minimum is the event's while it is on."""
    below = judged(lambda: target(low=5), config=_event())

    assert messages(SURVIVES, below) == [
        f"web: minCapacity 5 < 6, the tasks that the event keeps until {UNTIL}. "
        "A minCapacity of 6 passes."
    ]
    assert judged(lambda: target(low=6), config=_event()) == []
    assert judged(lambda: target(low=5), config=_event(on=False)) == []


def test_the_message_names_what_passes() -> None:
    """S3-17: the floor of the event, a max above it where the action's is too low, or its end."""
    config = _event()
    once = judged(lambda: _action(schedule="at(2026-11-30T00:00:00)"), config=config)
    narrow = judged(lambda: _action(low=None, high=4), config=config)

    assert messages(SURVIVES, judged(_action, config=config)) == [
        f"night: minCapacity 2 < 6, the tasks that the event keeps until {UNTIL}. A minCapacity "
        f"of 6 passes; so does a startTime of {UNTIL}."
    ]
    assert messages(SURVIVES, once)[0].endswith("A minCapacity of 6 passes.")
    assert messages(SURVIVES, narrow) == [
        f"night: maxCapacity 4 < 6, the tasks that the event keeps until {UNTIL}. A minCapacity "
        f"of 6 and a maxCapacity of 8 passes; so does a startTime of {UNTIL}."
    ]
    just_wide = judged(lambda: _action(high=6), config=config)
    assert "maxCapacity" not in messages(SURVIVES, just_wide)[0]
    assert judged(lambda: _action(low=6), config=config) == []
    assert judged(lambda: _action(start=UNTIL), config=config) == []
    assert judged(lambda: _action(low=6, high=8), config=config) == []


def test_the_end_is_told_in_utc_wherever_the_machine_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """An end with an offset, read on a machine of another zone, is written as AWS takes it."""
    config = _event(until="2026-12-02T00:00:00+01:00")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        (message,) = messages(SURVIVES, judged(_action, config=config))
    finally:
        monkeypatch.undo()
        time.tzset()

    assert message.endswith(f"so does a startTime of {UNTIL}.")


def test_the_floors_advice_knows_the_event() -> None:
    """S3-12, S3-17: a minimum below both the floor and the event is told the event's."""
    found = judged(lambda: target(low=1), config=_event())

    assert messages("capacity-floor", found)[0].endswith("A min of 6 passes.")


def test_only_what_decides_is_read() -> None:
    """S3-17: an unknown schedule is a violation where the bounds are too low, and not elsewhere."""
    late = judged(lambda: _action(schedule=unknown()), config=_event())

    assert "schedule is not known before the update" in messages(SURVIVES, late)[0]
    assert judged(lambda: _action(low=6, schedule=unknown()), config=_event()) == []
    assert judged(lambda: _action(schedule=unknown()), config=_event(on=False)) == []
    assert judged(lambda: _action(namespace="rds"), config=_event()) == []


@pytest.mark.parametrize(
    ("on", "until", "refused"),
    [
        (True, "2026-11-20T12:00:00Z", True),
        (True, "2026-11-20T12:00:01Z", False),
        (False, "2026-11-20T12:00:00Z", False),
    ],
)
def test_the_switch_goes_back_after_the_event(on: bool, until: str, refused: bool) -> None:
    """S3-17: isScaledUp with an end that is reached is refused, at the very second too."""
    found = judged(lambda: target(low=6), config=_event(on, until))

    assert fired(found) == ({(EXPIRED, "web")} if refused else set())
    if refused:
        assert messages(EXPIRED, found) == [
            f"web: isScaledUp is true, and scaledUp.until {until} is over, so the service does "
            "not keep the 6 tasks that its stage file seems to say. An isScaledUp of false passes."
        ]


def test_an_unknown_service_is_doubted_once_the_event_is_over() -> None:
    """S3-17: while the switch is right nothing about the target needs to be known."""
    over = judged(
        lambda: target(low=6, namespace=unknown()), config=_event(until="2026-11-20T12:00:00Z")
    )
    off = judged(lambda: target(low=6, namespace=unknown()), config=_event(on=False))

    assert "serviceNamespace is not known before the update" in messages(EXPIRED, over)[0]
    assert messages(EXPIRED, off) == []
    assert messages(SURVIVES, off) == []


def test_other_targets_know_of_no_event() -> None:
    """A DynamoDB table's target has no event."""
    over = _event(until="2026-11-20T12:00:00Z")

    assert judged(lambda: target(low=1, namespace="dynamodb"), config=over) == []
    assert judged(lambda: target(low=1, namespace="dynamodb"), config=_event()) == []
