"""The strict walk of AWS's API models: what botocore lets pass and AWS refuses."""

from typing import Any

import pytest

from sandbox.provider.requests import Request, request, translated
from sandbox.provider.values import UNKNOWN

CREATE = {"serviceName": "web"}
TASK = {"family": "web", "containerDefinitions": []}
ALARM = {"AlarmName": "a", "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold"}


def said(service: str, operation: str, parameters: dict[str, Any]) -> list[str]:
    """What the model refuses."""
    return list(Request(service, operation, parameters).refusals())


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "words"),
    [
        ("ecs", "CreateService", {}, "null at 'serviceName' failed to satisfy constraint: Member"),
        ("ecs", "CreateService", {**CREATE, "desiredcount": 1}, "Unknown parameter desiredcount"),
        ("ecs", "CreateService", {**CREATE, "desiredCount": "3"}, "Invalid type for parameter"),
        ("ecs", "CreateService", {**CREATE, "desiredCount": True}, "Invalid type for parameter"),
        ("ecs", "CreateService", {**CREATE, "launchType": "FARGAT"}, "enum value set: [EC2, "),
        (
            "ecs", "CreateService",
            {**CREATE, "capacityProviderStrategy": [{"capacityProvider": "F", "weight": 1001}]},
            "at 'capacityProviderStrategy[0].weight' failed to satisfy constraint: Member must "
            "have value less than or equal to 1000",
        ),
        (
            "ecs", "RegisterTaskDefinition",
            {**TASK, "containerDefinitions": [{"dependsOn": [
                {"containerName": "b", "condition": "RUNNING"}]}]},
            "at 'containerDefinitions[0].dependsOn[0].condition'",
        ),
        (
            "elbv2", "CreateTargetGroup", {"Name": "g", "HealthCheckIntervalSeconds": 1},
            "Member must have value greater than or equal to 5",
        ),
        ("cloudwatch", "PutMetricAlarm", {**ALARM, "ComparisonOperator": "Greater"}, "enum value"),
        (
            "iam", "CreateRole", {"RoleName": "bad name!", "AssumeRolePolicyDocument": "{}"},
            "Member must satisfy regular expression pattern",
        ),
        (
            "iam", "CreateRole", {"RoleName": "r" * 65, "AssumeRolePolicyDocument": "{}"},
            "Member must have length less than or equal to 64",
        ),
        ("logs", "CreateLogGroup", {"logGroupName": "a b"}, "regular expression pattern"),
        (
            "wafv2", "CreateWebACL",
            {"Name": "w", "Scope": "GLOBAL", "DefaultAction": {}, "VisibilityConfig": {
                "SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True,
                "MetricName": "m"}},
            "enum value set: [CLOUDFRONT, REGIONAL]",
        ),
    ],
)  # fmt: skip
def test_refused(service: str, operation: str, parameters: dict[str, Any], words: str) -> None:
    """Required, unknown, type, enumeration, range, length and pattern, each in AWS's words."""
    found = said(service, operation, parameters)
    assert len(found) == 1
    assert words in found[0]


def test_accepted() -> None:
    """A request that AWS takes is not refused."""
    strategy = [{"capacityProvider": "FARGATE", "weight": 1000, "base": 0}]
    assert said("ecs", "CreateService", {**CREATE, "capacityProviderStrategy": strategy}) == []
    assert said("iam", "CreateRole", {"RoleName": "a.b@c", "AssumeRolePolicyDocument": "{}"}) == []
    tags = {"logGroupName": "/a", "tags": {"Größe": "1 000"}}
    assert said("logs", "CreateLogGroup", tags) == []


def test_unknown_values_are_not_judged() -> None:
    """At a preview, what is unknown is neither refused for its type nor for its value."""
    assert said("ecs", "CreateService", {"serviceName": UNKNOWN, "desiredCount": UNKNOWN}) == []
    assert said("ecs", "CreateService", {**CREATE, "loadBalancers": [UNKNOWN]}) == []


def test_several_faults_are_all_said() -> None:
    """Every fault of a request is named, not only the first."""
    found = said("ecs", "CreateService", {"launchType": "X", "propagateTags": "Y"})
    assert len(found) == 3


def test_properties_become_parameters() -> None:
    """Pulumi's names, plurals and texts become AWS's names and types."""
    asked = request(
        "ecs", "CreateService",
        {"capacityProviderStrategies": [{"capacityProvider": "F", "weight": "1"}],
         "enableEcsManagedTags": True, "desiredCount": 2, "tags": {"a": "b"}, "trigger": 1},
        serviceName="web",
    )  # fmt: skip
    assert asked.parameters == {
        "capacityProviderStrategy": [{"capacityProvider": "F", "weight": 1}],
        "enableECSManagedTags": True,
        "desiredCount": 2,
        "serviceName": "web",
    }


def test_nested_properties_follow_the_model() -> None:
    """Texts become bytes, numbers and booleans where the model has them; empty numbers go."""
    statement = {"byteMatchStatement": {"searchString": "/a", "fieldToMatch": {"uriPath": {}}}}
    assert translated("wafv2", "Statement", statement) == {
        "ByteMatchStatement": {"SearchString": b"/a", "FieldToMatch": {"UriPath": {}}}
    }
    step = {"metricIntervalLowerBound": "0", "metricIntervalUpperBound": "", "scalingAdjustment": 1}
    assert translated("application-autoscaling", "StepAdjustment", step) == {
        "MetricIntervalLowerBound": 0.0,
        "ScalingAdjustment": 1,
    }


def test_unknown_nested_names_reach_the_judgement() -> None:
    """A misspelt name inside a block is kept, so that the model refuses it by name."""
    asked = request("ecs", "CreateService", {**CREATE, "networkConfiguration": {"subnet": ["s"]}})
    assert "Unknown parameter networkConfiguration.subnet" in next(asked.refusals())
