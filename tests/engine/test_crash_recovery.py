"""An update killed by force: nothing of it runs on, and the next one ends what it began."""

from typing import Any

import pytest

from infra.migration_ledger import SUCCEEDED_TAG
from sandbox import pending
from tests.engine.test_migration_runs import FAMILY, RUN, SHIPPED, WELL, digest, uses
from tests.support.engine import MakeWorkspace, Running
from tests.support.inventory import doubled
from tests.support.killing import (
    DYNAMIC,
    PARTS,
    Due,
    begun,
    ended,
    kill_up,
    recovered,
    unlocked,
    up_killed_after,
)
from tests.support.workspace import Workspace

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

ROLLOUT = "pulumi-python:dynamic/evenkeel:Rollout"
LOGGED = "Running upgrade 1 -> 2"


def successes(stage: Workspace) -> list[str]:
    """The revisions of the migration's family that the ledger marks as done."""
    ecs = stage.aws("ecs")
    arns = ecs.list_task_definitions(familyPrefix=FAMILY)["taskDefinitionArns"]
    tags = {arn: ecs.list_tags_for_resource(resourceArn=arn)["tags"] for arn in arns}
    return [arn for arn in arns if SUCCEEDED_TAG in {tag["key"] for tag in tags[arn]}]


def lines(stage: Workspace) -> list[str]:
    """What all migration tasks of the stage have written together, in the order of time."""
    logs = stage.aws("logs")
    group = "/evenkeel/staging/migration"
    streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
    found: list[dict[str, Any]] = []
    for each in streams:
        name = each["logStreamName"]
        found += logs.get_log_events(logGroupName=group, logStreamName=name)["events"]
    return [each["message"] for each in sorted(found, key=lambda event: event["timestamp"])]


def migrating(stage: Workspace) -> bool:
    """The migration's task has started."""
    return begun(RUN)(stage) and lines(stage) != []


# Spread over what the engine reports of a first update of staging, not over its seconds: it makes
# 81 resources, the 75th of them by the migration, and the 81st by the rollout.
POINTS: list[tuple[str, Due, tuple[str, ...]]] = [
    ("e0", begun("aws:ec2/vpc:Vpc"), PARTS),
    ("e1", ended(4), PARTS),
    ("e2", ended(12), PARTS),
    ("e3", ended(22), PARTS),
    ("e4", ended(32), PARTS),
    ("e5", ended(42), PARTS),
    ("e6", ended(54), PARTS),
    ("e7", ended(66), PARTS),
    ("e8", migrating, DYNAMIC),
    ("e9", begun(ROLLOUT), DYNAMIC),
]


@pytest.mark.parametrize(("mark", "due", "beside"), POINTS, ids=[point[0] for point in POINTS])
def test_a_killed_update_is_taken_up(
    workspace: MakeWorkspace, running: Running, mark: str, due: Due, beside: tuple[str, ...]
) -> None:
    """S0-03: killed at ten points: nothing runs on; the next `up` ends it, once and not twice."""
    stage = workspace("staging")
    # Long enough to be still going at the kill that waits for it: 5 wall seconds.
    going = {"exit": 0, "after": 300, "log": [LOGGED]}
    running.image(digest(mark), command={"^alembic": going}, warmUpSeconds=5)
    uses(stage, SHIPPED, digest(mark))
    owner = kill_up(stage, due, beside=beside)

    done = recovered(stage, owner)
    assert done.status == 0, done.text
    assert len(successes(stage)) == 1
    assert lines(stage) == [LOGGED]
    assert doubled(stage) == {}

    again = stage.preview()
    assert again.status == 0, again.text
    assert again.operations() == {}
    assert "pending operations" not in again.text


# What AWS knows by no name, by a generated one, or by a number that counts; each row is made
# before anything of the next.
UNHEARD_OF = [
    ("aws:ec2/vpc:Vpc", "aws:ec2/eip:Eip", "aws:ecs/taskDefinition:TaskDefinition"),
    (
        "aws:ec2/routeTable:RouteTable",
        "aws:ec2/internetGateway:InternetGateway",
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:lb/targetGroup:TargetGroup",
    ),
    ("aws:lb/loadBalancer:LoadBalancer",),
    ("aws:ecs/service:Service",),
]


def test_what_the_stack_never_heard_of_is_taken_up(workspace: MakeWorkspace) -> None:
    """S0-03: killed again and again just after AWS made something: nothing is there twice."""
    stage = workspace("staging", provider="tests.support.killing_provider")
    for types in UNHEARD_OF:
        unlocked(stage, up_killed_after(stage, types))
        assert doubled(stage).keys() >= set(types)  # AWS has what the stack has not

    done = stage.up()
    assert done.status == 0, done.text
    assert doubled(stage) == {}
    assert len(successes(stage)) == 1
    pending.strike_off(stage.pulumi)
    again = stage.preview()
    assert again.operations() == {}, again.text


def test_a_replacement_that_was_killed_is_taken_up(
    workspace: MakeWorkspace, running: Running
) -> None:
    """S0-03: a new image, killed as its revision was registered: one more revision, not two."""
    stage = workspace("staging", provider="tests.support.killing_provider")
    assert stage.up().status == 0
    before = revisions(stage)
    running.image(digest("f2"), command={"^alembic": WELL}, warmUpSeconds=5)
    uses(stage, SHIPPED, digest("f2"))
    owner = up_killed_after(stage, ["aws:ecs/taskDefinition:TaskDefinition"])
    assert len(revisions(stage)) > len(before)  # AWS has one that the stack has not

    done = recovered(stage, owner)
    assert done.status == 0, done.text
    assert len(revisions(stage)) == len(before) + 2  # the service's and the migration's
    assert len(successes(stage)) == 2  # one for each image
    assert stage.preview().operations() == {}


def revisions(stage: Workspace) -> list[str]:
    """Every revision that can be run; those of before stay."""
    found: list[str] = stage.aws("ecs").list_task_definitions()["taskDefinitionArns"]
    return found
