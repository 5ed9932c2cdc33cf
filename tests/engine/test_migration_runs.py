"""The migration's run on the real engine: before the service, once, and gating it."""

from datetime import datetime
from typing import Any

import pytest

from infra.migration_ledger import SUCCEEDED_TAG
from tests.support.engine import MakeWorkspace, Running
from tests.support.workspace import Workspace

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

SHIPPED = "8f2b6c1d4e5a79308b1c2d3e4f5061728394a5b6c7d8e9f00112233445566778"
FAMILY = "evenkeel-staging-migration"
RUN = "pulumi-python:dynamic/evenkeel:MigrationRun"
WELL = {"exit": 0, "after": 5}
BOOM = ["Running upgrade 1 -> 2", "column exists already"]

# How a migration can fail, and what the update then says.
FAILURES: list[tuple[str, dict[str, Any], str]] = [
    ("a1", {"exit": 1, "after": 5, "log": BOOM}, "| column exists already"),
    ("a2", {"exit": None, "after": 5}, "never gave an exit code"),
    ("a3", {"pullError": "CannotPullContainerError: no such manifest"}, "CannotPullContainerError"),
    ("a4", {"exit": 0, "after": 5000, "log": ["locked"]}, "longer than its limit of 240 s"),
    ("a5", {"neverStarts": True}, "longer than its limit of 240 s"),
]


def digest(mark: str) -> str:
    """A digest that no other test uses, told by *mark*."""
    return (mark * 32)[:64]


def uses(stage: Workspace, old: str, new: str) -> None:
    stage.edit(f"@sha256:{old}", f"@sha256:{new}")


def tasks(stage: Workspace) -> list[dict[str, Any]]:
    """Every migration task that the account still shows."""
    ecs = stage.aws("ecs")
    arns = [
        arn
        for status in ("RUNNING", "STOPPED")
        for arn in ecs.list_tasks(cluster="evenkeel-staging", family=FAMILY, desiredStatus=status)[
            "taskArns"
        ]
    ]
    if not arns:
        return []
    found: list[dict[str, Any]] = ecs.describe_tasks(cluster="evenkeel-staging", tasks=arns)[
        "tasks"
    ]
    return found


def service(stage: Workspace) -> dict[str, Any]:
    """The service as the account has it."""
    found: dict[str, Any] = stage.aws("ecs").describe_services(
        cluster="evenkeel-staging", services=["evenkeel-staging"]
    )["services"][0]
    return found


def ended(stage: Workspace, revision: str) -> datetime:
    """When the migration of *revision* succeeded, as its ledger says."""
    tags = stage.aws("ecs").list_tags_for_resource(resourceArn=revision)["tags"]
    [noted] = [tag["value"] for tag in tags if tag["key"] == SUCCEEDED_TAG]
    return datetime.fromisoformat(noted.partition("/")[2])


def test_the_migration_runs_once_before_the_service(
    workspace: MakeWorkspace, running: Running
) -> None:
    """S0-03, S0-04, S3-08: one task, ended before the service is made; once for an image."""
    stage = workspace("staging")
    created = stage.up()
    assert created.status == 0, created.text
    assert "migration migrate ran: attempt 1" in created.text
    [run] = [each["outputs"] for each in stage.resources() if each["type"] == RUN]
    assert run["outcome"] == "ran"
    assert ended(stage, run["taskDefinition"]) <= service(stage)["createdAt"]

    stage.edit("LOG_LEVEL: debug", "LOG_LEVEL: info")
    changed = stage.up()
    assert changed.status == 0, changed.text
    assert [step.operation for step in changed.steps(RUN)] == ["same"]

    the_ledger_survives_a_refresh(stage, run["taskDefinition"])
    an_older_image_does_not_migrate_again(stage, running)


def the_ledger_survives_a_refresh(stage: Workspace, revision: str) -> None:
    """A refresh reads the tags; the next update leaves them where they are."""
    assert stage.refresh().status == 0
    again = stage.up()
    assert again.status == 0, again.text
    assert again.operations() == {}
    assert ended(stage, revision)


def an_older_image_does_not_migrate_again(stage: Workspace, running: Running) -> None:
    """Back to the image of before: its migration has run, so it is skipped, and that is said."""
    running.image(digest("b1"), command={"^alembic": WELL}, warmUpSeconds=5)
    uses(stage, SHIPPED, digest("b1"))
    newer = stage.up()
    assert "migration migrate ran: attempt 1" in newer.text
    uses(stage, digest("b1"), SHIPPED)
    back = stage.up()
    assert back.status == 0, back.text
    assert "migration migrate skipped: succeeded at " in back.text


def test_a_failed_migration_leaves_the_service_on_its_revision(
    workspace: MakeWorkspace, running: Running
) -> None:
    """S0-05: exit 1, no exit code, no start and a time-out each stop the update; a fix runs it."""
    stage = workspace("staging")
    created = stage.up()
    assert created.status == 0, created.text
    before = service(stage)["taskDefinition"]
    stage.edit("head]}", "head], timeoutSeconds: 240}")

    current = SHIPPED
    for mark, behaviour, said in FAILURES:
        running.image(digest(mark), command={"^alembic": behaviour}, warmUpSeconds=5)
        uses(stage, current, digest(mark))
        current = digest(mark)
        failed = stage.up()
        assert failed.status != 0
        assert said in failed.text
        assert "Next: " in failed.text
        assert service(stage)["taskDefinition"] == before
        assert all(each["lastStatus"] == "STOPPED" for each in tasks(stage))

    running.image(current, command={"^alembic": WELL}, warmUpSeconds=5)
    repaired = stage.up()
    assert repaired.status == 0, repaired.text
    assert "migration migrate ran: attempt 2" in repaired.text
    assert service(stage)["taskDefinition"] != before
