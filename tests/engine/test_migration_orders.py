"""The orders of a migration on the real engine: what waits for it, and what a failure leaves."""

import pytest

from tests.engine.test_crash_recovery import ROLLOUT, lines, successes
from tests.engine.test_migration_runs import RUN, SHIPPED, WELL, digest, ended, service, uses
from tests.support.engine import MakeWorkspace, Running
from tests.support.outcome import Outcome
from tests.support.workspace import Workspace

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

BEFORE = "order: before, command: [alembic, upgrade, head]"
AFTER = "order: after, command: [alembic, upgrade, head]"
TWO_PHASES = (
    "order: expandContract, expand: [alembic, upgrade, expand], "
    "contract: [alembic, upgrade, contract]"
)
BOOM = {"exit": 1, "after": 5, "log": ["Running upgrade 2 -> 3", "lock timeout"]}


def says(line: str) -> dict[str, object]:
    """A migration that works, and writes *line*."""
    return {**WELL, "log": [line]}


def finished(outcome: Outcome, type: str) -> list[int]:
    """Where operations on *type* ended among those of all resources."""
    return [place for place, step in enumerate(outcome.results()) if step.type == type]


def digest_of(stage: Workspace) -> str:
    """The digest of the image that the service runs."""
    revision = service(stage)["taskDefinition"]
    found = stage.aws("ecs").describe_task_definition(taskDefinition=revision)["taskDefinition"]
    return str(found["containerDefinitions"][0]["image"]).rpartition(":")[2]


def test_after_the_rollout(workspace: MakeWorkspace, running: Running) -> None:
    """S0-04: order after: it starts when the rollout is done; a failure leaves the new revision."""
    stage = workspace("staging")
    stage.edit(BEFORE, AFTER)
    running.image(digest("a6"), command={"^alembic": says("one")}, warmUpSeconds=5)
    uses(stage, SHIPPED, digest("a6"))
    created = stage.up()
    assert created.status == 0, created.text
    assert finished(created, ROLLOUT) < finished(created, RUN)
    [revision] = successes(stage)
    assert ended(stage, revision) > service(stage)["deployments"][0]["updatedAt"]

    running.image(digest("a7"), command={"^alembic": BOOM}, warmUpSeconds=5)
    uses(stage, digest("a6"), digest("a7"))
    assert stage.preview().status == 0
    assert lines(stage) == ["one"]  # a preview runs nothing
    failed = stage.up()
    assert failed.status != 0
    assert "  | lock timeout" in failed.text
    assert digest_of(stage) == digest("a7")

    running.image(digest("a7"), command={"^alembic": says("two")}, warmUpSeconds=5)
    repaired = stage.up()  # the same one: the cause was outside of it
    assert repaired.status == 0, repaired.text
    assert repaired.operations() == {"evenkeel-staging-migration-migrate": "update"}
    assert "migration migrate ran: attempt 2" in repaired.text
    assert lines(stage)[-1] == "two"


def test_before_and_after_the_rollout(workspace: MakeWorkspace, running: Running) -> None:
    """S0-04, S0-05: expand gates the service, contract follows the rollout; each runs once."""
    stage = workspace("staging")
    stage.edit(BEFORE, TWO_PHASES)
    phases = {"expand$": says("expand one"), "contract$": says("contract one")}
    running.image(digest("a8"), command=phases, warmUpSeconds=5)
    uses(stage, SHIPPED, digest("a8"))
    created = stage.up()
    assert created.status == 0, created.text
    assert lines(stage) == ["expand one", "contract one"]
    [expanded, contracted] = finished(created, RUN)
    [made] = finished(created, "aws:ecs/service:Service")
    [settled] = finished(created, ROLLOUT)
    assert expanded < made < settled < contracted

    a_failed_expand_leaves_the_old_revision(stage, running)
    a_failed_contract_leaves_the_new_one(stage, running)


def a_failed_expand_leaves_the_old_revision(stage: Workspace, running: Running) -> None:
    """Nothing after it is touched, and no contract runs."""
    phases = {"expand$": BOOM, "contract$": says("contract two")}
    running.image(digest("a9"), command=phases, warmUpSeconds=5)
    uses(stage, digest("a8"), digest("a9"))
    failed = stage.up()
    assert failed.status != 0
    assert "  | lock timeout" in failed.text
    assert digest_of(stage) == digest("a8")
    assert "contract two" not in lines(stage)


def a_failed_contract_leaves_the_new_one(stage: Workspace, running: Running) -> None:
    """A corrected image goes out; its contract alone is run again by the unchanged update."""
    phases = {"expand$": says("expand three"), "contract$": BOOM}
    running.image(digest("b2"), command=phases, warmUpSeconds=5)
    uses(stage, digest("a9"), digest("b2"))
    failed = stage.up()
    assert failed.status != 0
    assert "migration expand ran: attempt 1" in failed.text
    assert digest_of(stage) == digest("b2")

    phases = {"expand$": says("expand again"), "contract$": says("contract three")}
    running.image(digest("b2"), command=phases, warmUpSeconds=5)
    repaired = stage.up()
    assert repaired.status == 0, repaired.text
    assert "migration contract ran: attempt 2" in repaired.text
    assert "expand again" not in lines(stage)
    assert lines(stage).count("contract three") == 1
