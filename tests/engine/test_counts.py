"""Counts and bounds that scaling has set survive what a deploy does."""

import pytest

from tests.engine.test_migration_runs import service
from tests.support import stepped
from tests.support.engine import MakeWorkspace
from tests.support.workspace import Workspace

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

NAME = "evenkeel-staging"
TARGET = "aws:appautoscaling/target:Target"
# Fired within the last minute, whenever the test runs: its bounds are in force.
EVERY_MINUTE = '{name: now, cron: "* * * * ? *", timezone: UTC, min: 2, max: 2}'


def bounds(stage: Workspace) -> tuple[int, int]:
    targets = stage.aws("application-autoscaling").describe_scalable_targets(
        ServiceNamespace="ecs"
    )["ScalableTargets"]
    return targets[0]["MinCapacity"], targets[0]["MaxCapacity"]


def test_a_count_set_outside_survives(workspace: MakeWorkspace) -> None:
    """S0-04: desired count belongs to scaling: refresh and up leave what it has set."""
    stage = workspace("staging")
    assert stage.up().status == 0
    # 59 % of two tasks: below the target, and not so far that scale-in would take one away.
    stepped.use(stage.url, stage.account, NAME, NAME, cpuTotal=118)
    stage.aws("ecs").update_service(cluster=NAME, service=NAME, desiredCount=2)

    assert stage.refresh().status == 0
    again = stage.up()
    assert again.status == 0, again.text
    assert again.operations() == {}
    assert service(stage)["desiredCount"] == 2


def test_bounds_that_a_schedule_has_set_survive(workspace: MakeWorkspace) -> None:
    """S2-07: bounds in force by a schedule survive refresh, up, and an edit of capacity.max."""
    stage = workspace("staging")
    assert stage.up().status == 0
    assert bounds(stage) == (1, 2)
    stage.edit("    max: 2\n", f"    max: 2\n    schedules: [{EVERY_MINUTE}]\n")
    assert stage.up().status == 0
    stage.aws("application-autoscaling").register_scalable_target(  # as the schedule does
        ServiceNamespace="ecs",
        ResourceId=f"service/{NAME}/{NAME}",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=2,
        MaxCapacity=2,
    )

    refreshed = stage.refresh()
    assert refreshed.status == 0, refreshed.text
    again = stage.up()
    assert again.operations() == {}, again.text
    stage.edit("    max: 2\n", "    max: 3\n")
    edited = stage.up()
    assert edited.status == 0, edited.text
    assert "update" not in {s.operation for s in edited.steps(TARGET)}
    assert bounds(stage) == (2, 2)


def test_an_edit_of_max_changes_what_follows_from_it(workspace: MakeWorkspace) -> None:
    """S0-23, S3-01: one line of the stage file; the target, the alarm at max and the dashboard."""
    stage = workspace("staging")
    assert stage.up().status == 0
    stage.edit("    max: 2\n", "    max: 3\n")
    edited = stage.up()
    assert edited.status == 0, edited.text
    assert edited.operations() == {
        f"{TARGET}::{NAME}": "update",
        f"aws:cloudwatch/dashboard:Dashboard::{NAME}": "update",
        f"{NAME}-at-max": "update",
    }
    assert bounds(stage) == (1, 3)


def test_spot_and_on_demand_change_places(workspace: MakeWorkspace) -> None:
    """S3-04: purchase is one word of the stage file, in place both ways, with a new deployment."""
    stage = workspace("staging")
    assert stage.up().status == 0
    providers = []
    for old, new in (("spot", "onDemand"), ("onDemand", "spot")):
        stage.edit(f"purchase: {old}", f"purchase: {new}")
        changed = stage.up()
        assert changed.status == 0, changed.text
        assert "replace" not in changed.operations().values()
        primary = service(stage)["deployments"][0]
        providers.append(primary["capacityProviderStrategy"][0]["capacityProvider"])
    assert providers == ["FARGATE", "FARGATE_SPOT"]


def test_an_up_without_a_preview_stops_before_the_change(workspace: MakeWorkspace) -> None:
    """S0-13: `up --skip-preview` of a max beyond the database leaves the target as it was."""
    stage = workspace("staging")
    assert stage.up().status == 0
    stage.edit("    max: 2\n", "    max: 9\n")
    refused = stage.up()
    assert refused.status != 0
    assert "capacity-db-surge" in {v.policy for v in refused.violations()}
    assert bounds(stage) == (1, 2)
