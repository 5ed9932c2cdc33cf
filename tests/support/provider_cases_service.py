"""The cases of the service: what runs, and what scales it."""

import json
from collections.abc import Iterator
from typing import Any

from tests.support.provider_cases import Case, Ref, container, grant, trust

SCALED = {
    "serviceNamespace": "ecs",
    "scalableDimension": "ecs:service:DesiredCount",
    "resourceId": "service/evenkeel-test/evenkeel-test",
}


def task_definition(*containers: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A task definition that Fargate takes."""
    return {
        "family": "evenkeel-test-service", "cpu": "512", "memory": "1024", "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"], "executionRoleArn": Ref("role"),
        "containerDefinitions": json.dumps(list(containers) or [container()]),
        "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
        **changes,
    }  # fmt: skip


def service(**changes: Any) -> dict[str, Any]:
    """A service behind both target groups."""
    return {
        "name": "evenkeel-test", "cluster": Ref("cluster"), "taskDefinition": Ref("task"),
        "desiredCount": 1, "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "capacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1, "base": 0}],
        "forceNewDeployment": True, "triggers": {"provider": "FARGATE"},
        "deploymentMinimumHealthyPercent": 100, "deploymentMaximumPercent": 200,
        "healthCheckGracePeriodSeconds": 60, "availabilityZoneRebalancing": "ENABLED",
        "propagateTags": "SERVICE", "enableEcsManagedTags": True, "platformVersion": "1.4.0",
        "networkConfiguration": {"subnets": [Ref("subnet-a", "id"), Ref("subnet-b", "id")],
                                 "securityGroups": [Ref("group", "id")], "assignPublicIp": False},
        "loadBalancers": [
            {"targetGroupArn": Ref(group), "containerName": "service", "containerPort": 3000}
            for group in ("group-http", "group-ws")
        ],
        **changes,
    }  # fmt: skip


def running_cases() -> Iterator[Case]:
    """Cluster, roles, task definition and service."""
    insights = [{"name": "containerInsights", "value": "enhanced"}]
    yield Case("cluster", "aws:ecs/cluster:Cluster",
               {"name": "evenkeel-test", "settings": insights},
               {"settings": [{"name": "containerInsights", "value": "enabled"}]})  # fmt: skip
    yield Case(
        "providers", "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        {"clusterName": "evenkeel-test", "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
         "defaultCapacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1}]},
        {"defaultCapacityProviderStrategies": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]},
    )  # fmt: skip
    yield Case("role", "aws:iam/role:Role",
               {"name": "evenkeel-test", "assumeRolePolicy": trust(), "description": "starts"},
               {"description": "starts tasks", "maxSessionDuration": 7200})  # fmt: skip
    yield Case("role-policy", "aws:iam/rolePolicy:RolePolicy",
               {"role": Ref("role", "id"), "name": "start", "policy": grant()},
               {"policy": grant("ecr:GetAuthorizationToken")})  # fmt: skip
    yield Case("task", "aws:ecs/taskDefinition:TaskDefinition",
               task_definition(skipDestroy=False), {"tags": {"Name": "web"}},
               adopts=False)  # fmt: skip
    yield Case("service", "aws:ecs/service:Service", service(),
               {"deploymentMaximumPercent": 150, "healthCheckGracePeriodSeconds": 90})  # fmt: skip


def tracking(**changes: Any) -> dict[str, Any]:
    """Target tracking of the CPU."""
    metric = {"predefinedMetricType": "ECSServiceAverageCPUUtilization"}
    return {
        **SCALED, "name": "cpu", "policyType": "TargetTrackingScaling",
        "targetTrackingScalingPolicyConfiguration": {
            "targetValue": 60, "scaleInCooldown": 300, "scaleOutCooldown": 60,
            "predefinedMetricSpecification": metric, **changes,
        },
    }  # fmt: skip


def stepping(*bounds: tuple[str | None, str | None], **changes: Any) -> dict[str, Any]:
    """Steps between these bounds, each adding a task."""
    steps = [
        {"metricIntervalLowerBound": low, "metricIntervalUpperBound": high, "scalingAdjustment": 1}
        for low, high in bounds
    ]
    config = {"adjustmentType": "ChangeInCapacity", "cooldown": 60, "stepAdjustments": steps}
    named = {**SCALED, "name": "steps", "policyType": "StepScaling"}
    return {**named, "stepScalingPolicyConfiguration": {**config, **changes}}


def forecasting(**changes: Any) -> dict[str, Any]:
    """A forecast of the CPU."""
    pair = {"predefinedMetricType": "ECSServiceCPUUtilization"}
    metrics = [{"targetValue": "60", "predefinedMetricPairSpecification": pair}]
    config = {"mode": "ForecastOnly", "maxCapacityBreachBehavior": "HonorMaxCapacity",
              "metricSpecifications": metrics, **changes}  # fmt: skip
    named = {**SCALED, "name": "forecast", "policyType": "PredictiveScaling"}
    return {**named, "predictiveScalingPolicyConfiguration": config}


def scaling_cases() -> Iterator[Case]:
    """What scales the service."""
    kind = "aws:appautoscaling/policy:Policy"
    yield Case("target", "aws:appautoscaling/target:Target",
               {**SCALED, "minCapacity": 1,
                "maxCapacity": 4}, {"maxCapacity": 6})  # fmt: skip
    yield Case("tracking", kind, tracking(),
               {"targetTrackingScalingPolicyConfiguration": tracking(targetValue=50)[
                   "targetTrackingScalingPolicyConfiguration"]})  # fmt: skip
    yield Case("steps", kind, stepping(("0", "15"), ("15", None)),
               {"stepScalingPolicyConfiguration": stepping(("0", None))[
                   "stepScalingPolicyConfiguration"]})  # fmt: skip
    yield Case("forecast", kind, forecasting(),
               {"predictiveScalingPolicyConfiguration": forecasting(mode="ForecastAndScale")[
                   "predictiveScalingPolicyConfiguration"]})  # fmt: skip
    yield Case(
        "schedule", "aws:appautoscaling/scheduledAction:ScheduledAction",
        {**SCALED, "name": "morning", "schedule": "cron(0 8 ? * MON-FRI *)",
         "timezone": "Europe/Berlin", "startTime": "2026-12-01T00:00:00Z",
         "scalableTargetAction": {"minCapacity": 2, "maxCapacity": 4}},
        {
"scalableTargetAction": {"minCapacity": 3, "maxCapacity": 4},
"schedule": "cron(0 9 ? * MON-FRI *)",
},
    )  # fmt: skip
