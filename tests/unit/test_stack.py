"""The whole stage: what is wired to what, in which order, and what is known at a preview."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pulumi
import pytest

from infra.settings import Settings
from infra.stack import build
from tests.support.program import UNKNOWN, Program, register
from tests.support.stages import changed, config_of, shipped

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday
STAGES = ["staging", "production"]
ECS = "aws:ecs/service:Service"
TARGET = "aws:appautoscaling/target:Target"
RUN = "pulumi-python:dynamic/evenkeel:MigrationRun"
ROLLOUT = "pulumi-python:dynamic/evenkeel:Rollout"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
# What a cloud alone can tell: ids, ARNs, and what is made of them.
CLOUDS_OWN = {
    "allocationId", "alarmActions", "arn", "cluster", "dashboardBody", "LoadBalancer",
    "executionRoleArn", "gatewayId", "inputsHash", "listenerArn", "loadBalancerArn",
    "logDestinationConfigs", "natGatewayId", "referencedSecurityGroupId", "resourceArn",
    "routeTableId", "securityGroupId", "securityGroupIds", "securityGroups", "subnetId",
    "subnetIds", "subnets", "targetGroupArn", "targetGroupArns", "taskDefinition", "taskRoleArn",
    "topic",     "vpcId", "webAclArn",
}  # fmt: skip


def built(settings: Settings, *, preview: bool = False, now: datetime = NOON) -> Program:
    return register(
        lambda: build(settings, now),
        preview=preview,
        stage=settings.stage,
        config=config_of(settings),
    )


@cache
def of(stage: str, *, preview: bool = False) -> Program:
    """A shipped stage at noon, registered once for all tests that only read it."""
    return built(shipped(stage), preview=preview)


def unknown(value: Any, key: str) -> set[str]:
    """The innermost keys under which *value* holds something unknown."""
    if isinstance(value, Mapping):
        return {found for name, each in value.items() for found in unknown(each, name)}
    if isinstance(value, list):
        return {found for each in value for found in unknown(each, key)}
    return {key} if value == UNKNOWN else set()


@pytest.mark.parametrize("stage", STAGES)
def test_only_what_the_cloud_names_is_unknown_at_the_first_preview(stage: str) -> None:
    """Every number, name and document that a policy judges is there before anything exists."""
    program = of(stage, preview=True)
    found = {
        (resource.type, key)
        for resource in program.registered
        for key in unknown(resource.inputs, "")
        if key not in CLOUDS_OWN
    }
    assert found == set()


@pytest.mark.parametrize("stage", STAGES)
def test_documents_name_no_unknown_thing(stage: str) -> None:
    """Policies, container definitions and patterns are plain JSON at the first preview."""
    documents = [
        resource.inputs[key]
        for resource in of(stage, preview=True).registered
        for key in ("policy", "assumeRolePolicy", "containerDefinitions", "eventPattern")
        if key in resource.inputs
    ]
    assert len(documents) == 4 + 2 + 2 + 2 + 1
    for document in documents:
        assert UNKNOWN not in document
        json.loads(document)


@pytest.mark.parametrize("stage", STAGES)
def test_preview_and_update_register_the_same(stage: str) -> None:
    """No resource appears only once ids are known."""
    previewed, updated = (of(stage, preview=preview) for preview in (True, False))
    urns = [{r.urn for r in program.registered} for program in (previewed, updated)]
    assert urns[0] == urns[1]


def test_production_and_staging_differ_where_their_files_do() -> None:
    """Production has HTTPS, schedules and a subscription besides; all else is the same program."""
    counts = [Counter(r.type for r in of(s).registered) for s in STAGES]
    assert counts[1] - counts[0] == {
        "aws:appautoscaling/scheduledAction:ScheduledAction": 2,
        "aws:lb/listener:Listener": 1,
        "aws:sns/topicSubscription:TopicSubscription": 1,
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 1,
    }
    assert counts[0] - counts[1] == {}


def test_outputs_carry_the_facts() -> None:
    """The stack tells its url, names, groups, dashboard, and the whole normalised stage."""
    settings = shipped("production")
    outputs = of("production").outputs
    assert set(outputs) == {
        *("url", "cluster", "service", "targetGroups", "dashboard", "evenkeel"),
        *("vpc", "taskSecurityGroup"),
    }
    assert outputs["url"] == "https://production.eu-west-1.elb.amazonaws.com"
    assert outputs["cluster"] == outputs["service"] == "evenkeel-production"
    assert set(outputs["targetGroups"]) == {"http", "websocket"}
    assert outputs["dashboard"].endswith("#dashboards/dashboard/evenkeel-production")
    assert outputs["evenkeel"] == settings.as_data()


def test_migration_has_its_own_task_and_gates_the_service() -> None:
    """Same image, other command; the service depends on the run (S0-01, S0-04)."""
    program = of("production")
    (service_of,) = json.loads(
        program.one(TASK, "evenkeel-production").inputs["containerDefinitions"]
    )
    migration = program.one(TASK, "evenkeel-production-migration-migrate").inputs
    (migrates,) = json.loads(migration["containerDefinitions"])
    assert migrates["image"] == service_of["image"]
    assert migrates["command"] == ["alembic", "upgrade", "head"]
    assert "command" not in service_of
    assert migration["family"] == "evenkeel-production-migration"
    assert program.one(RUN).urn in program.one(ECS).depends_on


@pytest.mark.parametrize(
    ("migrations", "before", "after"),
    [
        ({"order": "before", "command": ["m"], "timeoutSeconds": 9}, ["migrate"], []),
        ({"order": "after", "command": ["m"], "timeoutSeconds": 9}, [], ["migrate"]),
        (
            {"order": "expandContract", "expand": ["e"], "contract": ["c"], "timeoutSeconds": 9},
            ["expand"],
            ["contract"],
        ),
        (None, [], []),
    ],
)
def test_order_of_migrations_is_the_stages(
    migrations: Any, before: list[str], after: list[str]
) -> None:
    """Each order has its runs before the service or behind the rollout, and no other."""
    program = built(changed(shipped("staging"), {"migrations": migrations}))
    name = "evenkeel-staging-migration-"
    gates = [run.name for run in program.of_type(RUN) if run.urn in program.one(ECS).depends_on]
    behind = [r.name for r in program.of_type(RUN) if program.one(ROLLOUT).urn in r.depends_on]
    assert gates == [name + phase for phase in before]
    assert behind == [name + phase for phase in after]
    assert len(program.of_type(RUN)) == len(before + after)


def test_rollout_judges_the_service_as_it_was_asked_for() -> None:
    """The rollout waits for this revision, in every group, within the stage's time (S3-15)."""
    program = of("production")
    service, rollout = program.one(ECS), program.one(ROLLOUT)
    assert {service.urn, program.one(TARGET).urn} <= set(rollout.depends_on)
    assert rollout.inputs["taskDefinition"] == service.inputs["taskDefinition"]
    assert rollout.inputs["timeoutSeconds"] == 900
    assert rollout.inputs["targetGroupArns"] == [
        each["targetGroupArn"] for each in service.inputs["loadBalancers"]
    ]


def test_nothing_reaches_a_task_before_the_firewall_does() -> None:
    """The service waits for ways out, security rules, capacity, routing and the web ACL."""
    waits = " ".join(of("production").one(ECS).depends_on)
    for kind in (
        "WebAclAssociation",
        "ListenerRule",
        "ClusterCapacityProviders",
        "Route::",
        "EgressRule",
    ):
        assert kind in waits


def test_scaling_starts_with_the_service() -> None:
    """The scalable target, which carries plain names, depends on the service (S4-10)."""
    program = of("staging")
    target = program.one(TARGET)
    assert target.inputs["resourceId"] == "service/evenkeel-staging/evenkeel-staging"
    assert program.one(ECS).urn in target.depends_on


def test_region_with_too_few_zones_is_one_clear_message() -> None:
    """More zones than the region has are refused with the setting, the range and the next step."""
    with pytest.raises(pulumi.RunError, match=r"network\.zones is 4, allowed in eu-west-1: 2 to 3"):
        built(changed(shipped("staging"), {"network.zones": 4}))


@pytest.mark.parametrize("region", ["us-east-1", "ap-southeast-1"])
def test_longest_stack_name_fits_what_aws_takes(region: str) -> None:
    """With the 7 digits that Pulumi adds, no balancer or group is over 32 characters."""
    longest = 63 - len(f"evenkeel--access-logs-123456789012-{region}")
    program = built(changed(shipped("staging"), {"stage": "s" * longest, "region": region}))
    names = [r.name for r in program.registered if r.type.startswith(("aws:lb/load", "aws:lb/tar"))]
    assert len(names) == 3
    assert max(len(f"{name}-1a2b3c4") for name in names) <= 32
