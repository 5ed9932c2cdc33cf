"""The drill's lines against an account of the test's own: what each finds, and what it says."""

from datetime import timedelta
from typing import Any

import pytest

from ops import drill_run
from tests.support.drilling import at, aws, drilled, stage
from tests.support.fake_drilled import FakeStage
from tests.support.stages import changed

__all__ = ["aws", "stage"]


def test_a_good_stage_passes_line_by_line(stage: FakeStage) -> None:
    """S0-20: seven lines in the checklist's order, each with what was seen."""
    good, lines = drilled(stage)
    assert good
    assert [*lines] == [*"abcdefg"]
    assert "1 → 2 tasks, running 3 min after the load began; CPU 78 % of 60 %" in lines["a"]
    assert "3 of 3 tasks at CPU 78 %, never more than 3 wanted" in lines["b"]
    assert "3 → 2 → 1 tasks, 15 min, 20 min after the load; scale-in cooldown 5 min" in lines["c"]
    assert "not applicable: the stage has no database in the sandbox" in lines["d"]
    assert "100 requests, 100 with 200" in lines["e"]
    assert "4 of 6 lost their task, 4 of them hear their rooms on another" in lines["f"]
    assert (
        "succeeded once at 2026-01-05 09:00:00 by evenkeel-staging-migration:1; 0 migration"
        in lines["g"]
    )


@pytest.mark.parametrize(
    ("wrong", "letter", "seen"),
    [
        ({"scales": False}, "a", "1 wanted, 1 running, CPU 78 % of 60 %"),
        ({"scales": False}, "b", "not reached: never more than 1 wanted"),
        ({"scales": False}, "c", "not reached: 1 wanted all the time"),
        ({"beyond": 1}, "b", "never more than 4 wanted"),
        ({"alarm": False}, "b", "evenkeel-staging-at-max is OK"),
        ({"takes": 2}, "c", "3 → 1 tasks, 15 min after the load"),
        ({"errors": 2}, "e", "HTTPCode_ELB_5XX_Count 2"),
        ({"unpublished": 1}, "e", "CloudWatch lacks some of them"),
        ({"returns": False}, "f", "4 of 6 lost their task, 0 of them hear"),
        ({"succeeded": {}}, "g", "never succeeded"),
    ],
)
def test_what_is_wrong_fails_its_line_and_the_drill_goes_on(
    stage: FakeStage, wrong: dict[str, Any], letter: str, seen: str
) -> None:
    """S0-20: each letter has a fault that it finds; the drill says what it saw, and ticks on."""
    for name, value in wrong.items():
        setattr(stage, name, value)
    before = stage.state
    good, lines = drilled(stage)
    assert not good
    assert [*lines] == [*"abcdefg"]
    assert lines[letter].strip().startswith("FAILED")
    assert seen in lines[letter]
    assert stage.state == before


def test_a_request_that_failed_fails_the_line_of_answers(stage: FakeStage) -> None:
    """S0-20: the drill's own requests count too, whatever the load balancer says."""
    stage.load.answers.update({"503": 2})
    good, lines = drilled(stage)
    assert not good
    assert "102 requests, 100 with 200, 2 × 503" in lines["e"]


def test_a_migration_that_ran_twice_or_now_fails_its_line(stage: FakeStage) -> None:
    """S0-03, S0-20: one revision bears the success of a key, and nothing starts meanwhile."""
    ((revision, value),) = stage.succeeded.items()
    stage.succeeded = {revision: value, revision.replace(":1", ":2"): value}
    _, lines = drilled(stage)
    assert lines["g"].strip().startswith("FAILED")
    assert "2 times" in lines["g"]

    stage.succeeded = {revision: value}
    at(stage.aws, 40, lambda: stage.migrating.append("0123456789abcdef01234567-1"))
    _, lines = drilled(stage)
    assert "1 migration tasks during the drill" in lines["g"]
    assert lines["g"].strip().startswith("FAILED")


@pytest.mark.parametrize(
    ("changes", "letters", "why"),
    [
        ({"capacity.min": 2, "capacity.max": 2}, "abcf", "min and max are both 2"),
        (
            {"scaling.targets": [{"metric": "memory", "target": 80}]},
            "abc",
            "no target tracking on cpu",
        ),
        ({"routing.websocket": None}, "f", "no routing.websocket"),
        ({"migrations": None}, "g", "no migrations"),
    ],
)
def test_what_a_stage_does_not_have_is_not_applicable(
    stage: FakeStage, changes: dict[str, Any], letters: str, why: str
) -> None:
    """S0-20: a line that says nothing about a stage says so, and fails nothing."""
    stage.settings = changed(stage.settings, changes)
    good, lines = drilled(stage)
    assert good
    for letter in letters:
        assert "not applicable" in lines[letter]
    assert why in lines[letters[0]]


def test_a_schedule_that_fell_due_is_named(stage: FakeStage) -> None:
    """S0-20: the schedules that the drill holds back are lost on AWS too, so it says which."""
    due = stage.aws.now + timedelta(minutes=10)
    schedule = {"name": "noon", "cron": f"{due.minute} {due.hour} * * ? *", "min": 2, "max": 3}
    stage.settings = changed(stage.settings, {"capacity.schedules": [schedule]})
    said: list[str] = []
    assert drill_run.run(stage.subject, said.append)
    (note,) = [line for line in said if line.startswith("note")]
    assert "noon fell due at 12:10" in note
    assert "make up STAGE=staging REFRESH=1 brings its bounds, 2 to 3" in note
