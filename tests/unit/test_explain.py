"""What `explain` says of a stage."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from infra.settings import Settings
from ops.explain import render, report
from tests.support.stages import ROOT, changed, fixture, shipped

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def explained(settings: Settings) -> dict[str, Any]:
    """The report after a round through JSON, as --json prints it."""
    return json.loads(json.dumps(report(settings, NOW)))  # type: ignore[no-any-return]


def rendered(settings: Settings) -> str:
    """The tables as one line of text, however they wrap."""
    out = StringIO()
    render(report(settings, NOW), Console(file=out, width=140))
    return " ".join(out.getvalue().split())


def test_production_in_numbers() -> None:
    """S0-13: 8 x 20 + 10 = 170 at rest, 16 x 20 + 2 + 10 = 332 in a deployment, of 405."""
    connections = explained(shipped("production"))["connections"]
    assert connections["limit"] == 405
    assert (connections["steady"]["total"], connections["deploying"]["total"]) == (170, 332)
    assert connections["fits"] is True
    assert (connections["smallestMax"], connections["largestMax"]) == (6, 9)
    assert connections["largestConnectionsPerTask"] == 24


def test_articles_sum_that_does_not_fit_says_how_many_are_missing() -> None:
    """S0-11, S0-14, K15: 82 too many in a deployment; the largest max that fits is 1."""
    connections = explained(fixture("ecs-patterns"))["connections"]
    assert connections["steady"]["fits"] is True
    assert connections["deploying"]["headroom"] == -82
    assert (connections["fits"], connections["largestMax"]) == (False, 1)
    text = rendered(fixture("ecs-patterns"))
    assert "limit 90: 82 too many (capacity-db-surge)" in text
    assert "max may be 1 to 1 tasks" in text


def test_no_legal_max_says_so() -> None:
    """A database too small for two tasks has no number to offer."""
    settings = changed(fixture("ecs-patterns"), {"database.connectionsPerTask": 60})
    assert explained(settings)["connections"]["smallestMax"] is None
    assert "no number: 0 tasks would fit" in rendered(settings)


def test_bounds_in_force_and_next_changes() -> None:
    """S2-07: at noon the morning's bounds, and what comes next."""
    capacity = explained(fixture("horizontal"))["capacity"]
    assert capacity["inForce"] == {"min": 6, "max": 20}
    assert capacity["nextChanges"] == [
        {"at": "2026-11-25T22:00:00Z", "cause": "weekday-night", "min": 2, "max": 6},
        {"at": "2026-11-26T08:00:00Z", "cause": "weekday-morning", "min": 6, "max": 20},
    ]


def test_event_shows_its_floor_and_its_end() -> None:
    """S3-17: with the switch on, min 8 is in force, and its end is a change to come."""
    capacity = explained(changed(fixture("principles"), {"capacity.isScaledUp": True}))["capacity"]
    assert capacity["inForce"] == {"min": 8, "max": 64}
    assert capacity["nextChanges"] == [
        {"at": "2026-12-01T23:00:00Z", "cause": "end of the event", "min": 2, "max": 64}
    ]


def test_timeline() -> None:
    """S3-20, S2-15: 60 s to see a failure, 365 s to scale out, 515 s to deploy."""
    timeline = explained(shipped("production"))["timeline"]
    assert (timeline["detection"], timeline["healthy"], timeline["scaleOut"]) == (60, 125, 365)
    assert (timeline["deployment"], timeline["deploymentTasks"]) == (515, 16)
    assert (timeline["deploymentFits"], timeline["leave"]) == (True, 330)


def test_time_back_to_min_counts_every_cooldown() -> None:
    """S3-16, F13, K21: from 64 to 2 with 43,200 s between decisions takes a month."""
    timeline = explained(fixture("principles"))["timeline"]
    assert timeline["backToMin"] == 900 + 61 * 43200
    assert "from 64 to 2 tasks" in rendered(fixture("principles"))


def test_without_target_tracking_nothing_scales_in() -> None:
    """Steps only add tasks, so there is no time back to min."""
    settings = changed(shipped("staging"), {"scaling.targets": []})
    assert explained(settings)["timeline"]["backToMin"] is None
    assert "never: no target-tracking policy removes tasks" in rendered(settings)


def test_a_deployment_that_cannot_move_is_said() -> None:
    """At 100/125 three tasks cannot be replaced."""
    settings = changed(shipped("production"), {"deployment.maximumPercent": 125, "capacity": {
        "min": 2, "max": 3}})  # fmt: skip
    assert explained(settings)["timeline"]["deployment"] is None
    assert "cannot start or stop a task" in rendered(settings)


def test_a_timeout_that_is_too_short_is_said() -> None:
    """A deployment of 515 s does not end within 300 s."""
    settings = changed(shipped("production"), {"deployment.timeoutSeconds": 300})
    assert explained(settings)["timeline"]["deploymentFits"] is False
    assert "beyond the timeout of 300 s (5 min)" in rendered(settings)


def test_cost_names_its_prices() -> None:
    """2 to 8 tasks of 1 vCPU and 2 GB: 72.08 to 288.32 USD a month, region and date said."""
    cost = explained(shipped("production"))["cost"]
    assert (cost["lowest"], cost["highest"]) == (72.08, 288.32)
    assert "us-east-1 as of 2026-04-01" in cost["of"]


def test_spot_may_cost_less() -> None:
    """The lower end of a Spot stage takes the largest discount, the upper end none."""
    cost = explained(shipped("staging"))["cost"]
    assert (cost["lowest"], cost["highest"]) == (5.41, 36.04)


def test_injected_environment() -> None:
    """PORT, WEB_CONCURRENCY, DB_POOL_SIZE = floor(20 / 4) and STAGE."""
    assert explained(shipped("production"))["task"]["environment"] == {
        "PORT": "3000", "WEB_CONCURRENCY": "4", "DB_POOL_SIZE": "5", "STAGE": "production",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name", ["ecs-patterns", "horizontal", "principles", "principles-stage", "target-tracking"]
)
def test_every_stage_renders(name: str) -> None:
    """Tables for people name the stage, the sums and the prices."""
    text = rendered(fixture(name))
    for part in (f"{name} (", "Connections", "capacity-db-steady", "scale out", "us-east-1"):
        assert part in text


def test_explain_needs_no_engine() -> None:
    """The report is made without pulumi or boto3, so that it is there at once."""
    code = "import sys, ops.cli; assert not {'pulumi', 'boto3', 'pulumi_aws'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
