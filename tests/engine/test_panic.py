"""A deploy during a panic: it neither undoes it nor fails, and what it changed comes later."""

import signal

import botocore.session
import pytest

from infra.settings import read
from ops.panic import panic, resume
from ops.reach import Connected, Reached
from tests.engine.test_counts import bounds
from tests.engine.test_migration_runs import RUN, SHIPPED, digest, service, uses
from tests.support.engine import MakeWorkspace, Running
from tests.support.killing import LIMIT, begun, reached
from tests.support.outcome import Outcome
from tests.support.workspace import REGION, Workspace

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

TARGET = "aws:appautoscaling/target:Target"
ROLLOUT = "pulumi-python:dynamic/evenkeel:Rollout"


def at(stage: Workspace) -> Reached:
    """The way of the commands to this test's own account."""
    session = botocore.session.Session()
    session.set_credentials(stage.account, "sandbox")
    connected = Connected(session, REGION, endpoint_url=stage.url)
    return Reached(read(stage.file), "the test's account", True, connected)


def scaling(stage: Workspace) -> tuple[int, tuple[int, int], set[bool]]:
    """Desired count, bounds, and what the three suspensions are."""
    found = stage.aws("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")
    state = found["ScalableTargets"][0]["SuspendedState"]
    return service(stage)["desiredCount"], bounds(stage), set(state.values())


def warnings(outcome: Outcome) -> list[str]:
    """What the engine warns of, in its output's own words."""
    told = [event.get("diagnosticEvent", {}) for event in outcome.events]
    return [event["message"] for event in told if event.get("severity") == "warning"]


def test_a_deploy_leaves_a_panic_alone(workspace: MakeWorkspace) -> None:
    """S0-22: an update with other bounds and a refresh keeps count, bounds and suspension.

    The target is not registered again, which would lift the count to the minimum; the edited
    maximum comes with the first update after `resume`, and then there is nothing to do.
    """
    stage = workspace("staging")
    stage.edit("    min: 1\n", "    min: 2\n")
    assert stage.up().status == 0
    assert scaling(stage) == (2, (2, 2), {False})
    panic(at(stage), 1, force=False, say=print)

    stage.edit("    max: 2\n", "    max: 3\n")
    uses(stage, SHIPPED, digest("d1"))
    deployed = stage.up("--refresh")
    assert deployed.status == 0, deployed.text
    (warned,) = warnings(deployed)
    assert "A panic is in force since " in warned
    assert "`evenkeel resume staging`" in warned
    assert {step.operation for step in deployed.steps(TARGET)} <= {"same", "refresh"}
    assert {v.policy for v in deployed.violations() if v.level == "mandatory"} == set()
    assert "1 running, minimum in force 1" in deployed.text
    assert scaling(stage) == (1, (2, 2), {True})

    resume(at(stage), say=print)
    assert scaling(stage) == (2, (2, 2), {False})
    after = stage.up()
    assert after.status == 0, after.text
    assert warnings(after) == []
    assert {step.operation for step in after.steps(TARGET)} == {"update"}
    assert scaling(stage) == (2, (2, 3), {False})
    assert stage.up().operations() == {}


def test_an_update_that_began_before_a_panic_does_not_undo_it(
    workspace: MakeWorkspace, running: Running
) -> None:
    """S0-22: bounds that an update sets after the panic are fixed over again, and that is said."""
    running.image(digest("d3"), command={"^alembic": {"exit": 0, "after": 150}}, warmUpSeconds=5)
    stage = workspace("staging")
    stage.edit("    min: 1\n", "    min: 2\n")
    assert stage.up().status == 0
    uses(stage, SHIPPED, digest("d3"))
    stage.edit("    max: 2\n", "    max: 3\n")
    update = stage.begin_up()
    reached(stage, update, begun(RUN))
    update.send_signal(signal.SIGSTOP)  # the target's turn comes after the migration
    try:
        panic(at(stage), 1, force=False, say=print)
        assert scaling(stage) == (1, (2, 2), {True})
    finally:
        update.send_signal(signal.SIGCONT)

    text, _ = update.communicate(timeout=LIMIT)
    assert update.returncode == 0, text
    assert "It began during this update, whose bounds stand" in text
    assert scaling(stage) == (1, (2, 3), {True})
    resume(at(stage), say=print)
    assert scaling(stage) == (2, (2, 2), {False})
    assert stage.up("--refresh").status == 0
    assert scaling(stage) == (2, (2, 3), {False})


def test_a_panic_overtakes_an_update(workspace: MakeWorkspace) -> None:
    """S0-22: a panic while an update waits for its rollout holds, and the update ends well."""
    stage = workspace("staging")
    stage.edit("    min: 1\n", "    min: 2\n")
    assert stage.up().status == 0
    uses(stage, SHIPPED, digest("d2"))
    update = stage.begin_up()
    reached(stage, update, begun(ROLLOUT))
    said: list[str] = []
    panic(at(stage), 1, force=False, say=said.append)
    assert "A deployment is in progress" in "\n".join(said)

    text, _ = update.communicate(timeout=LIMIT)
    assert update.returncode == 0, text
    assert scaling(stage) == (1, (2, 2), {True})
    resume(at(stage), say=print)
    assert scaling(stage) == (2, (2, 2), {False})
