"""What AWS refuses in the service, its scaling, and who watches it, case by case."""

import json
from typing import Any

from tests.support.provider_cases import container, grant, trust
from tests.support.provider_cases_service import forecasting, stepping, tracking
from tests.support.provider_refusals import ENTRANCE, Refusal


def _containers(*given: Any) -> dict[str, Any]:
    return {"containerDefinitions": json.dumps(given)}


def _steps(*bounds: tuple[str | None, str | None], **changes: Any) -> dict[str, Any]:
    name = "stepScalingPolicyConfiguration"
    return {name: stepping(*bounds, **changes)[name]}


def _tracking(**changes: Any) -> dict[str, Any]:
    return {
        "targetTrackingScalingPolicyConfiguration": tracking(**changes)[
            "targetTrackingScalingPolicyConfiguration"
        ]
    }


def _forecast(**changes: Any) -> dict[str, Any]:
    return {
        "predictiveScalingPolicyConfiguration": forecasting(**changes)[
            "predictiveScalingPolicyConfiguration"
        ]
    }


def _statement(**changes: Any) -> str:
    statement = {**json.loads(grant())["Statement"][0], **changes}
    kept = {key: value for key, value in statement.items() if value is not None}
    return json.dumps({"Version": "2012-10-17", "Statement": [kept]})


_BASED = [
    {"capacityProvider": name, "weight": 1, "base": 1} for name in ("FARGATE", "FARGATE_SPOT")
]
_LABEL = {"predefinedMetricType": "ALBRequestCountPerTarget"}

SERVICE = (
    Refusal("waf-logs", {"retentionInDays": 42}, "Value '42' at 'retentionInDays'"),
    Refusal("cluster", {"settings": [{"name": "containerInsights", "value": "on"}]},
            "containerInsights is enhanced, enabled or disabled, not 'on'"),
    Refusal("providers", {"defaultCapacityProviderStrategies": _BASED}, "Only one capacity"),
    Refusal("providers", {"defaultCapacityProviderStrategies": [
        {"capacityProvider": "MINE", "weight": 1}]}, "'MINE' is not associated"),
    Refusal("role", {"assumeRolePolicy": grant()}, "should not specify a resource"),
    Refusal("role", {"description": "\x00"}, "regular expression pattern"),
    Refusal("role-policy", {"policy": trust()}, "exactly one of Resource and NotResource"),
    Refusal("role-policy", {"policy": _statement(Effect="Maybe")}, "Invalid effect: Maybe"),
    Refusal("role-policy", {"policy": _statement(Action="PutLogEvents")}, "prefaced by a vendor"),
    Refusal("role-policy", {"policy": _statement(Resource="all")}, "must be in ARN format"),
    Refusal("role-policy", {"policy": _statement(Actions=["a:b"])}, "unknown element Actions"),
    Refusal("role-policy", {"policy": _statement(Condition=["a"])}, "a Condition is"),
    Refusal("role-policy", {"policy": grant("a:" + "b" * 10240)}, "Maximum policy size of 10240"),
    Refusal("task", {"memory": "512"}, "No Fargate configuration exists for given values: 512"),
    Refusal("task", {"cpu": "300"}, "Invalid 'cpu' setting for task: 300"),
    Refusal("task", {"networkMode": "bridge"}, "Fargate only supports network mode 'awsvpc'"),
    Refusal("task", {**_containers(container(logConfiguration={"logDriver": "awslogs"})),
                     "executionRoleArn": None}, "to support log driver awslogs"),
    Refusal("task", {"ephemeralStorage": {"sizeInGib": 20}}, "must be between 21 and 200, not 20"),
    Refusal("task", {"containerDefinitions": "[{"}, "container_definitions is invalid"),
    Refusal("task", _containers(), "Container list cannot be empty"),
    Refusal("task", _containers(container(), container()), "Container names must be unique"),
    Refusal("task", _containers(container(essential=False)), "at least one is essential"),
    Refusal("task", _containers(container(stopTimeout=121)), "2 to 120 seconds"),
    Refusal("task", _containers(container(stopTimeout=1)), "2 to 120 seconds"),
    Refusal("task", _containers(container(portMappings=[{"containerPort": 1, "hostPort": 2}])),
            "must match"),
    Refusal("task", _containers(container(healthCheck={"command": ["a"], "interval": 301})),
            "healthCheck.interval of container service: 301; it is 5 to 300"),
    Refusal("task", _containers(container(dependsOn=[
        {"containerName": "b", "condition": "START"}])), "which is no other container"),
    Refusal("task", _containers(container(memory=2048)), "the containers want 2048 MiB"),
    Refusal("task", _containers(container(colour="red")), "Unknown parameter"),
    Refusal("service", {"launchType": "FARGATE"}, "Specifying both a launch type and capacity"),
    Refusal("service", {"capacityProviderStrategies": _BASED}, "Only one capacity provider"),
    Refusal("service", {"capacityProviderStrategies": [
        {"capacityProvider": "FARGATE", "weight": 0}]}, "a weight greater than 0"),
    Refusal("service", {"deploymentMaximumPercent": 100}, "leave no task to start or stop"),
    Refusal("service", {"deploymentMinimumHealthyPercent": 101}, "between 0 and 100, not 101"),
    Refusal("service", {"loadBalancers": []}, "only valid for services configured to use load"),
    Refusal("service", {"loadBalancers": [{"containerName": "a"}] * 6}, "at most 5 items, not 6"),
    Refusal("service", {"networkConfiguration": None}, "Network Configuration must be provided"),
    Refusal("service", {"deploymentMaximumPercent": 100, "deploymentMinimumHealthyPercent": 50},
            "rebalancing needs a maximumPercent above 100"),
    Refusal("service", {"propagateTags": "BOGUS"}, "enum value set"),
    Refusal("target", {"minCapacity": 5}, "Maximum capacity cannot be less than minimum"),
    Refusal("target", {"resourceId": "service/web"}, "'service/web' is not service/<cluster>"),
    Refusal("tracking", {"policyType": "StepScaling"}, "needs stepScalingPolicyConfiguration"),
    Refusal("steps", _steps(("0", "10"), ("20", None)), "must not be a gap or overlap"),
    Refusal("steps", _steps(("0", "20"), ("10", None)), "must not be a gap or overlap"),
    Refusal("steps", _steps(("0", None), ("10", None)), "may be open at each end"),
    Refusal("steps", _steps(("0", "10")), "a step adjustment with a null upper bound"),
    Refusal("steps", _steps(("-10", "0")), "a step adjustment with a null lower bound"),
    Refusal("steps", _steps(), "Step adjustments are required"),
    Refusal("steps", _steps(("0", None), minAdjustmentMagnitude=1), "only valid with Percent"),
    Refusal("tracking", _tracking(predefinedMetricSpecification=_LABEL), "label is required"),
    Refusal("tracking", _tracking(predefinedMetricSpecification={
        "predefinedMetricType": "ECSServiceAverageCPUUtilization", "resourceLabel": "app/a"}),
            "Resource label cannot be specified"),
    Refusal("tracking", _tracking(predefinedMetricSpecification={**_LABEL, "resourceLabel": "x"}),
            "must be app/<load balancer>"),
    Refusal("tracking", _tracking(predefinedMetricSpecification={
        "predefinedMetricType": "CPU"}), "enum value set"),
    Refusal("forecast", _forecast(maxCapacityBuffer=10), "only allowed with IncreaseMaxCapacity"),
    Refusal("forecast", _forecast(maxCapacityBreachBehavior="IncreaseMaxCapacity"), "is required"),
    Refusal("forecast", _forecast(schedulingBufferTime=3600), "below 3600, not 3600"),
    Refusal("forecast", _forecast(metricSpecifications=[]), "exactly one metric specification"),
    Refusal("schedule", {"schedule": "cron(0 8 * * * *)"}, "exactly one of day-of-month and"),
    Refusal("schedule", {"schedule": "cron(0 8 * * ?)"}, "cron has 6 fields"),
    Refusal("schedule", {"schedule": "cron(60 8 * * ? *)"}, "minutes '60' is not valid"),
    Refusal("schedule", {"schedule": "rate(1 minutes)"}, "Invalid Schedule Expression"),
    Refusal("schedule", {"schedule": "at(2026-12-01)"}, "at(yyyy-mm-ddThh:mm:ss)"),
    Refusal("schedule", {"schedule": "daily"}, "at(…), rate(…) or cron(…)"),
    Refusal("schedule", {"timezone": "Mars/Base"}, "Invalid timezone: Mars/Base"),
    Refusal("schedule", {"scalableTargetAction": {}}, "MinCapacity or MaxCapacity must be"),
    Refusal("schedule", {"scalableTargetAction": {"minCapacity": 5, "maxCapacity": 4}}, "4 < 5"),
    Refusal("schedule", {"endTime": "2026-11-30T00:00:00Z"}, "Start time must be before end time"),
    Refusal("topic", {"name": "a b"}, "Invalid parameter: Topic Name"),
    Refusal("topic", {"policy": "[]"}, "a policy is an object with at least one Statement"),
    Refusal("topic-policy", {"policy": grant("sns:Publish")}, "exactly one of Principal"),
    Refusal("mail", {"endpoint": "ops"}, "email endpoint 'ops'"),
    Refusal("mail", {"filterPolicy": "{"}, "filterPolicy is no JSON"),
    Refusal("alarm", {"period": 45}, "Metric alarm period 45 is invalid"),
    Refusal("alarm", {"datapointsToAlarm": 6}, "between 1 and EvaluationPeriods 5"),
    Refusal("alarm", {"period": 60, "evaluationPeriods": 1441}, "more than a day"),
    Refusal("alarm", {"treatMissingData": "bogus"}, "Invalid treatMissingData 'bogus'"),
    Refusal("alarm", {"extendedStatistic": "p99"}, "exactly one of Statistic and"),
    Refusal("slope", {"metricQueries": [{"id": "a", "expression": "1"}]}, "should return data"),
    Refusal("alarm", {"alarmActions": [f"arn:{n}" for n in range(6)]}, "at most 5 entries, not 6"),
    Refusal("alarm", {"comparisonOperator": "Greater"}, "enum value set"),
    Refusal("dashboard", {"dashboardBody": "{"}, "must be a valid JSON object"),
    Refusal("dashboard", {"dashboardBody": '{"widgets": [{"type": "pie"}]}'}, "/widgets/0/type"),
    Refusal("dashboard", {"dashboardBody": json.dumps({"widgets": [
        {"type": "text", "width": 25, "properties": {}}]})}, "/widgets/0/width should be 1 to 24"),
    Refusal("filter", {"metricTransformation": {"name": "a", "namespace": "b", "value": "many"}},
            "metricValue 'many' must be a number or a field"),
    Refusal("event-rule", {"eventPattern": None}, "EventPattern or ScheduleExpression must be"),
    Refusal("event-rule", {"eventPattern": '{"source": "aws.ecs"}'}, '"source" must be an object'),
    Refusal("event-rule", {"eventPattern": "{"}, "eventPattern is no JSON"),
    Refusal("event-rule", {"eventPattern": None, "scheduleExpression": "at(2026-12-01T00:00:00)"},
            "Parameter ScheduleExpression is not valid"),
    Refusal("event-target", {"input": "{}"}, "Only one of Input, InputPath, or InputTransformer"),
    Refusal("event-target", {"inputTransformer": {"inputTemplate": '"<who>"'}},
            "it uses who, which no input path gives"),
)  # fmt: skip

REFUSALS = (*ENTRANCE, *SERVICE)
"""All of them."""
