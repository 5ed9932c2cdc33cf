"""The life of each shipped stage on the real engine, against the sandbox's AWS."""

import json

import pytest
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from tests.support.engine import MakeWorkspace
from tests.support.outcome import Outcome
from tests.support.workspace import Workspace

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

STAGES = ["staging", "production"]
# What policies judge of each type; its ids and ARNs are outputs.
JUDGED = {
    "aws:appautoscaling/policy:Policy": ["targetTrackingScalingPolicyConfiguration"],
    "aws:appautoscaling/scheduledAction:ScheduledAction": ["schedule", "scalableTargetAction"],
    "aws:appautoscaling/target:Target": ["minCapacity", "maxCapacity", "resourceId"],
    "aws:ecs/service:Service": ["name", "deploymentMaximumPercent", "capacityProviderStrategies"],
    "aws:ecs/taskDefinition:TaskDefinition": ["family", "containerDefinitions"],
    "aws:iam/role:Role": ["assumeRolePolicy"],
    "aws:iam/rolePolicy:RolePolicy": ["policy"],
    "aws:lb/targetGroup:TargetGroup": ["slowStart", "loadBalancingAlgorithmType"],
    "aws:s3/bucketPolicy:BucketPolicy": ["policy"],
    "aws:sns/topicPolicy:TopicPolicy": ["policy"],
    "aws:wafv2/webAcl:WebAcl": ["rules", "defaultAction"],
}
ALWAYS = JUDGED.keys() - {"aws:appautoscaling/scheduledAction:ScheduledAction"}


@pytest.mark.parametrize("name", STAGES)
def test_the_life_of_a_stage(workspace: MakeWorkspace, name: str) -> None:
    """S3-01, S4-10: preview, up, nothing to do, edit in place, replace, refresh and destroy."""
    stage = workspace(name)
    planned = stage.preview()
    assert planned.status == 0, planned.text
    nothing_judged_is_unknown(planned)

    created = stage.up()
    assert created.status == 0, created.text
    assert created.changes() == planned.changes()

    again = stage.up(preview=True)
    assert again.status == 0, again.text
    assert again.operations() == {}

    edits_in_place(stage)
    moves_to_another_port(stage)
    replaces_the_task_definitions(stage)

    refreshed = stage.refresh()
    assert refreshed.status == 0, refreshed.text
    # The migration's ledger is tags on its revision, and nobody's to take away.
    assert refreshed.drifted() == {f"evenkeel-{name}-migration-migrate": ("tags",)}
    assert stage.up().operations() == {}

    if name == "production":
        lifts_the_deletion_protection(stage)
    destroyed = stage.destroy()
    assert destroyed.status == 0, destroyed.text
    assert stage.resources() == []


def nothing_judged_is_unknown(planned: Outcome) -> None:
    """What policies read is known at a first preview, in the engine's own words for unknown."""
    judged = {
        (step.type, step.name): json.dumps(
            [step.new["inputs"].get(key) for key in JUDGED[step.type]]
        )
        for step in planned.steps()
        if step.type in JUDGED
    }
    assert {kind for kind, _ in judged} >= ALWAYS
    assert [which for which, text in judged.items() if UNKNOWN_STRING_VALUE in text] == []


def edits_in_place(stage: Workspace) -> None:
    """A longer drain changes its target group and what is computed from it, nothing else."""
    stage.edit("http: {deregistrationDelay: 60}", "http: {deregistrationDelay: 90}")
    changed = stage.up()
    assert changed.status == 0, changed.text
    assert changed.operations() == {f"{stage.stage}-http": "update"}
    groups = stage.aws("elbv2").describe_target_groups()["TargetGroups"]
    delays = {
        attribute["Value"]
        for group in groups
        for attribute in stage.aws("elbv2").describe_target_group_attributes(
            TargetGroupArn=group["TargetGroupArn"]
        )["Attributes"]
        if attribute["Key"] == "deregistration_delay.timeout_seconds"
    }
    assert delays == {"90", "300"}


def replaces_the_task_definitions(stage: Workspace) -> None:
    """A new image replaces the two task definitions; the service and its rollout follow."""
    stage.edit("5566778\n", "5566779\n")
    changed = stage.up()
    assert changed.status == 0, changed.text
    replaced = {s.type for s in changed.steps() if s.operation == "replace"}
    assert replaced == {"aws:ecs/taskDefinition:TaskDefinition"}


def moves_to_another_port(stage: Workspace) -> None:
    """S2-17: another port keeps both groups; the way to the old one closes after the rollout."""
    stage.edit("    port: 3000\n", "    port: 4000\n")
    changed = stage.up()
    assert changed.status == 0, changed.text
    assert {s.operation for s in changed.steps("aws:lb/targetGroup:TargetGroup")} == {"same"}
    order = [(step.name, step.operation) for step in changed.steps()]
    name = f"evenkeel-{stage.stage}"
    opened = order.index((f"{name}-tasks-4000", "create"))
    closed = order.index((f"{name}-tasks-3000", "delete"))
    assert opened < order.index((name, "update")) < closed
    rollout = "pulumi-python:dynamic/evenkeel:Rollout"
    assert [s.operation for s in changed.steps(rollout)] == ["update"]
    settled = [step.type for step in changed.steps()].index(rollout)
    assert settled < closed


def lifts_the_deletion_protection(stage: Workspace) -> None:
    """AWS refuses to delete production's load balancer until somebody says so by hand."""
    refused = stage.destroy()
    assert refused.status != 0
    assert "OperationNotPermitted" in refused.text
    balancers = stage.aws("elbv2")
    for balancer in balancers.describe_load_balancers()["LoadBalancers"]:
        balancers.modify_load_balancer_attributes(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Attributes=[{"Key": "deletion_protection.enabled", "Value": "false"}],
        )
