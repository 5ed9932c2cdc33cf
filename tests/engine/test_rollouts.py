"""The rollout on the real engine: an update says "done" when it is true."""

import pytest

from tests.engine.test_migration_runs import SHIPPED, WELL, digest, service, uses
from tests.support.engine import MakeWorkspace, Running

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]


def test_a_rollback_fails_the_update_and_an_unchanged_one_repairs_it(
    workspace: MakeWorkspace, running: Running
) -> None:
    """S3-15: ECS rolled back: exit 1 with its reasons; the cause gone, the same `up` succeeds."""
    stage = workspace("staging")
    created = stage.up()
    assert created.status == 0, created.text
    assert "everything healthy" in created.text
    before = service(stage)["taskDefinition"]

    broken = {"exit": 3, "after": 1, "command": {"^alembic": WELL}}
    running.image(digest("c1"), **broken)
    uses(stage, SHIPPED, digest("c1"))
    failed = stage.up()
    assert failed.status != 0
    assert "ECS gave the revision up" in failed.text
    assert "exited with code 3" in failed.text
    assert "Next: " in failed.text
    assert service(stage)["taskDefinition"] == before

    running.image(digest("c1"), warmUpSeconds=5, command={"^alembic": WELL})
    repaired = stage.up()
    assert repaired.status == 0, repaired.text
    assert "ECS was asked for the revision again" in repaired.text
    assert set(repaired.operations()) == {"evenkeel-staging"}
    assert service(stage)["taskDefinition"] != before

    again = stage.up()
    assert again.status == 0, again.text
    assert again.operations() == {}


def test_a_revision_that_is_never_healthy_fails_the_update(
    workspace: MakeWorkspace, running: Running
) -> None:
    """S3-15: a first deployment that runs but never answers is not done at the limit."""
    running.image(digest("c2"), warmUpSeconds=100_000, command={"^alembic": WELL})
    stage = workspace("staging")
    uses(stage, SHIPPED, digest("c2"))
    failed = stage.up()
    assert failed.status != 0
    assert "evenkeel-staging-service:1 failed" in failed.text
    assert "Stopped tasks of this revision:" in failed.text
