"""Two updates of one stack at once: a job that was cancelled runs on, and its successor starts."""

import re

import pytest

from tests.engine.test_crash_recovery import LOGGED, lines, successes
from tests.engine.test_migration_runs import RUN, SHIPPED, digest, uses
from tests.support.engine import MakeWorkspace, Running
from tests.support.inventory import doubled
from tests.support.killing import LIMIT, begun, reached

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]


def test_a_second_update_shares_the_migration(workspace: MakeWorkspace, running: Running) -> None:
    """S0-03: the lock taken from a live update: both share one run, nothing is made twice."""
    stage = workspace("staging")
    going = {"exit": 0, "after": 600, "log": [LOGGED]}  # 10 wall seconds: the second arrives
    running.image(digest("f1"), command={"^alembic": going}, warmUpSeconds=5)
    uses(stage, SHIPPED, digest("f1"))
    first = stage.begin_up()
    reached(stage, first, begun(RUN))
    for lock in (stage.folder / "run/stacks/.pulumi/locks").rglob("*.json"):
        lock.unlink()  # as `pulumi cancel` does

    second = stage.up()
    said, _ = first.communicate(timeout=LIMIT)
    assert second.status == 0, second.text
    assert re.search(r"migration migrate (adopted|found|skipped): ", second.text)
    assert "migration migrate ran: attempt 1" in said
    assert len(successes(stage)) == 1
    assert lines(stage) == [LOGGED]

    third = stage.up()
    assert third.status == 0, third.text
    assert doubled(stage) == {}
