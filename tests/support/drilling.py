"""Drills of a fake stage: its account on a clock of its own, and what a drill of it says.

A module gets the fixtures by importing them.
"""

from collections.abc import Callable

import pytest

from infra.migration_spec import migration_key
from ops import drill_run, drill_watch
from tests.support import fake_aws
from tests.support.fake_aws import FakeAws
from tests.support.fake_drilled import ALL_ON, ECS, FakeStage
from tests.support.stages import changed, shipped

COMMAND = ("alembic", "upgrade", "head")
MOST = 3
SWITCHES = {**ALL_ON, "ScheduledScalingSuspended": True}
CHANGES = ("register_scalable_target", "update_service")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    """The account, whose clock the drill's pauses move by a minute each."""
    aws = fake_aws.shared()
    aws.reset(None)
    aws.seconds_per_sleep = 60 / drill_watch.PAUSE
    monkeypatch.setattr(drill_watch, "sleep", aws.sleep)
    return aws


@pytest.fixture
def stage(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> FakeStage:
    """Staging with a maximum of 3, which has 2 tasks, other bounds and its schedules suspended."""
    settings = changed(shipped("staging"), {"capacity.max": MOST})
    key = migration_key(settings.service.image, COMMAND)
    stage = FakeStage(aws, settings, desired=2, bounds=(2, 5), suspended=dict(SWITCHES), alarm=True)
    stage.succeeded = {
        f"{ECS}:task-definition/evenkeel-staging-migration:1": f"{key}/2026-01-05T09:00:00+00:00"
    }
    aws.reset(stage)
    aws.seconds_per_sleep = 60 / drill_watch.PAUSE
    monkeypatch.setattr(drill_run, "Load", lambda *_, **__: stage.load)
    return stage


def drilled(stage: FakeStage) -> tuple[bool, dict[str, str]]:
    """The verdict, and each line of the checklist by its letter."""
    said: list[str] = []
    good = drill_run.run(stage.subject, said.append)
    return good, {line[1]: line[4:] for line in said if line.startswith("(")}


def at(aws: FakeAws, number: int, act: Callable[[], None]) -> None:
    """Does something right before a call, counted from now on."""
    end = len(aws.calls) + number

    def before(_: str) -> None:
        if len(aws.calls) == end:
            act()

    aws.before = before
