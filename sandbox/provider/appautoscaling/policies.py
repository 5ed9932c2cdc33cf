"""Application Auto Scaling: scaling policies."""

from collections.abc import Iterator

from sandbox.provider.appautoscaling.policy_limits import RULES
from sandbox.provider.appautoscaling.targets import MISSING, OF, SERVICE, of_target
from sandbox.provider.aws import Aws
from sandbox.provider.requests import Request, request
from sandbox.provider.resource_type import Name, ResourceType
from sandbox.provider.values import Properties


def _policy_request(inputs: Properties) -> Iterator[Request]:
    given = {"policyType": "StepScaling", **inputs}
    yield request(SERVICE, "PutScalingPolicy", given, PolicyName=inputs.get("name"))


def _put_policy(aws: Aws, inputs: Properties) -> str:
    aws.send(next(_policy_request(inputs)))
    return str(inputs["name"])


def _update_policy(aws: Aws, _name: str, _old: Properties, new: Properties) -> None:
    _put_policy(aws, new)


def _read_policy(aws: Aws, name: str, inputs: Properties) -> Properties | None:
    answer = aws.call(SERVICE, "DescribeScalingPolicies", PolicyNames=[name], **of_target(inputs))
    if not answer["ScalingPolicies"]:
        return None
    found = answer["ScalingPolicies"][0]
    configurations = {
        f"{kind}PolicyConfiguration": found.get(f"{kind[0].upper()}{kind[1:]}PolicyConfiguration")
        for kind in ("stepScaling", "targetTrackingScaling", "predictiveScaling")
    }
    return {
        **{member: inputs[member] for member in OF},
        "name": found["PolicyName"],
        "policyType": found["PolicyType"],
        **configurations,
        "arn": found["PolicyARN"],
        "alarmArns": [alarm["AlarmARN"] for alarm in found.get("Alarms", [])],
    }


def _delete_policy(aws: Aws, name: str, outputs: Properties) -> None:
    aws.found(SERVICE, "DeleteScalingPolicy", MISSING, **of_target(outputs, PolicyName=name))


POLICY = ResourceType(
    token="aws:appautoscaling/policy:Policy",
    create=_put_policy,
    read=_read_policy,
    update=_update_policy,
    delete=_delete_policy,
    requests=_policy_request,
    properties=frozenset(
        {
            *OF,
            "name",
            "policyType",
            "stepScalingPolicyConfiguration",
            "targetTrackingScalingPolicyConfiguration",
            "predictiveScalingPolicyConfiguration",
        }
    ),
    required=frozenset(OF),
    replaces=frozenset({*OF, "name", "policyType"}),
    computed=frozenset({"arn", "alarmArns"}),
    volatile=frozenset({"alarmArns"}),
    name=Name(255),
    unique=("name", *OF),
    defaults={"policyType": "StepScaling"},
    rules=RULES,
    asks_aws=("the scalable target is registered (the emulator)",),
    open=("that two tracking policies use different metrics", "quota (50 policies a target)"),
)
