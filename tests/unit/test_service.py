"""Service: its container, its task definition, its deployment."""

import json
from dataclasses import replace

import pytest

from infra.containers import Container, definitions
from infra.service import Deployment, Service, ServiceArgs, zone_rebalancing
from tests.support.program import Program, register

IMAGE = "registry.example.com/web@sha256:" + "0" * 64
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:evenkeel/database-AbCdEf"
CONTAINER = Container(
    name="service",
    image=IMAGE,
    command=(),
    environment={"STAGE": "x", "PORT": "3000"},
    secrets={"DATABASE_URL": SECRET},
    stop_timeout_seconds=30,
    log_group="/evenkeel/x/service",
    region="eu-west-1",
)
ARGS = ServiceArgs(
    service_name="evenkeel-x",
    family="evenkeel-x-service",
    container=CONTAINER,
    port=3000,
    cpu=1024,
    memory_mib=2048,
    cluster_arn="arn:cluster",
    capacity_provider="FARGATE",
    initial_tasks=2,
    deployment=Deployment(
        minimum_healthy_percent=100, maximum_percent=200, health_check_grace_seconds=125
    ),
    subnet_ids=["subnet-3", "subnet-4"],
    security_group_id="sg-tasks",
    target_group_arns={"http": "arn:http", "websocket": "arn:websocket"},
    after=[],
    log_retention_days=30,
    account="123456789012",
)
ECS = "aws:ecs/service:Service"
TASK = "aws:ecs/taskDefinition:TaskDefinition"


def built(args: ServiceArgs = ARGS, *, preview: bool = False) -> Program:
    return register(lambda: Service("x", args), preview=preview)


def test_container_is_plain_at_the_first_preview() -> None:
    """The task definition carries the container and its port before anything exists."""
    text = built(preview=True).one(TASK).inputs["containerDefinitions"]
    assert json.loads(text) == json.loads(definitions(replace(CONTAINER, port=3000)))


def test_task_definition_is_fargate_and_its_revisions_stay() -> None:
    """Old revisions are kept, so that a rollback has somewhere to go."""
    inputs = built().one(TASK).inputs
    assert inputs["family"] == "evenkeel-x-service"
    assert (inputs["cpu"], inputs["memory"]) == ("1024", "2048")
    assert inputs["requiresCompatibilities"] == ["FARGATE"]
    assert inputs["networkMode"] == "awsvpc"
    assert inputs["runtimePlatform"] == {
        "operatingSystemFamily": "LINUX",
        "cpuArchitecture": "X86_64",
    }
    assert inputs["skipDestroy"] is True


def test_application_gets_no_rights() -> None:
    """The one policy is the execution role's; the application's own role has none."""
    program = built(preview=True)
    (policy,) = program.of_type("aws:iam/rolePolicy:RolePolicy")
    assert policy.inputs["role"] == "x-execution"
    actions = {
        action
        for statement in json.loads(policy.inputs["policy"])["Statement"]
        for action in statement["Action"]
    }
    assert actions == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "secretsmanager:GetSecretValue",
    }
    assert {role.name for role in program.of_type("aws:iam/role:Role")} == {
        "x-execution",
        "x-task",
    }


def test_service_stands_private_behind_both_groups() -> None:
    """Tasks have private addresses and register in every target group (S3-13)."""
    inputs = built().one(ECS).inputs
    assert inputs["networkConfiguration"] == {
        "subnets": ["subnet-3", "subnet-4"],
        "securityGroups": ["sg-tasks"],
        "assignPublicIp": False,
    }
    assert [each["targetGroupArn"] for each in inputs["loadBalancers"]] == [
        "arn:http",
        "arn:websocket",
    ]
    assert {each["containerName"] for each in inputs["loadBalancers"]} == {"service"}
    assert inputs["enableExecuteCommand"] is False


def test_deployment_is_rolling_and_rolls_back() -> None:
    """New tasks first; a failing deployment goes back (S2-03, S2-14, S2-17, S3-14)."""
    inputs = built().one(ECS).inputs
    assert inputs["deploymentController"] == {"type": "ECS"}
    assert inputs["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert inputs["deploymentMinimumHealthyPercent"] == 100
    assert inputs["deploymentMaximumPercent"] == 200
    assert inputs["healthCheckGracePeriodSeconds"] == 125
    assert inputs["waitForSteadyState"] is False
    assert "sigintRollback" not in inputs


def test_scaling_owns_the_count_after_creation() -> None:
    """The desired count is set once and never put back (S0-04)."""
    service = built().one(ECS)
    assert service.inputs["desiredCount"] == 2
    assert service.ignore_changes == ("desiredCount",)


@pytest.mark.parametrize("provider", ["FARGATE", "FARGATE_SPOT"])
def test_change_of_purchase_forces_a_deployment(provider: str) -> None:
    """The strategy names one provider and no launch type; its change is a trigger (S3-04)."""
    inputs = built(replace(ARGS, capacity_provider=provider)).one(ECS).inputs
    assert inputs["capacityProviderStrategies"] == [
        {"capacityProvider": provider, "weight": 1, "base": 0}
    ]
    assert inputs["forceNewDeployment"] is True
    assert inputs["triggers"] == {"capacity_provider": provider}
    assert "launchType" not in inputs


@pytest.mark.parametrize(
    ("percent", "mode"), [(200, "ENABLED"), (101, "ENABLED"), (100, "DISABLED")]
)
def test_zones_are_rebalanced_where_there_is_room(percent: int, mode: str) -> None:
    """Rebalancing over zones is on wherever the deployment may start a task first (S3-13)."""
    assert zone_rebalancing(percent) == mode
