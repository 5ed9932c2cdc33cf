"""Application Auto Scaling: scalable targets."""

from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.requests import Request, request
from sandbox.provider.resource_type import ResourceType, rule
from sandbox.provider.tags import as_map, retag
from sandbox.provider.values import Properties

SERVICE = "application-autoscaling"
MISSING = "ObjectNotFoundException"
SETTINGS = ("minCapacity", "maxCapacity", "suspendedState", "roleArn")
OF = ("serviceNamespace", "resourceId", "scalableDimension")


def of_target(inputs: Properties, **more: Any) -> dict[str, Any]:
    members = {name[0].upper() + name[1:]: inputs[name] for name in OF}
    return {**members, **more}


@rule(
    "minCapacity",
    "maxCapacity",
    what="0 ≤ minimum ≤ maximum",
    source="BC:application-autoscaling/RegisterScalableTargetRequest",
)
def _bounds(inputs: Properties) -> str | None:
    low, high = inputs["minCapacity"], inputs["maxCapacity"]
    if low < 0:
        return f"ValidationException: Minimum capacity must not be negative: {low}"
    if low > high:
        return (
            f"ValidationException: Maximum capacity cannot be less than minimum capacity: {high} "
            f"< {low}"
        )
    return None


@rule(
    *OF,
    what="an ECS target is service/<cluster>/<service> and ecs:service:DesiredCount",
    source="BC:application-autoscaling/RegisterScalableTargetRequest.ResourceId",
)
def _ecs(inputs: Properties) -> str | None:
    if inputs["serviceNamespace"] != "ecs":
        return None
    parts = str(inputs["resourceId"]).split("/")
    if len(parts) != 3 or parts[0] != "service" or not all(parts):
        return (
            "ValidationException: Unsupported service namespace, resource type or scalable "
            f"dimension: '{inputs['resourceId']}' is not service/<cluster>/<service>"
        )
    if inputs["scalableDimension"] != "ecs:service:DesiredCount":
        return (
            "ValidationException: Unsupported service namespace, resource type or scalable "
            "dimension"
        )
    return None


def _target_request(inputs: Properties) -> Iterator[Request]:
    yield request(SERVICE, "RegisterScalableTarget", inputs, Tags=as_map(inputs))


def _register(aws: Aws, inputs: Properties) -> str:
    aws.send(next(_target_request(inputs)))
    return str(inputs["resourceId"])


def _update_target(aws: Aws, _resource_id: str, old: Properties, new: Properties) -> None:
    given = [name for name in SETTINGS if name in new]
    if any(new[name] != old.get(name) for name in given):  # all of them, as AWS's own provider
        members = {name: new[name] for name in (*OF, *given)}
        aws.carry(SERVICE, "RegisterScalableTarget", members)


def _read_target(aws: Aws, resource_id: str, inputs: Properties) -> Properties | None:
    answer = aws.call(
        SERVICE, "DescribeScalableTargets", ServiceNamespace=inputs["serviceNamespace"],
        ResourceIds=[resource_id], ScalableDimension=inputs["scalableDimension"],
    )  # fmt: skip
    if not answer["ScalableTargets"]:
        return None
    found = answer["ScalableTargets"][0]
    arn = found["ScalableTargetARN"]
    tags = aws.call(SERVICE, "ListTagsForResource", ResourceARN=arn).get("Tags") or {}
    return {
        **{name: inputs[name] for name in OF},
        "minCapacity": found["MinCapacity"],
        "maxCapacity": found["MaxCapacity"],
        "suspendedState": found.get("SuspendedState"),
        "roleArn": found.get("RoleARN"),
        "arn": arn,
        "tags": tags,
    }


def _deregister(aws: Aws, _resource_id: str, outputs: Properties) -> None:
    aws.found(SERVICE, "DeregisterScalableTarget", MISSING, **of_target(outputs))


def _target_arn(aws: Aws, resource_id: str) -> str:
    # A tag change has only the id; every target of this provider's is an ECS service's.
    asked = {"ServiceNamespace": "ecs", "ResourceIds": [resource_id]}
    targets = aws.call(SERVICE, "DescribeScalableTargets", **asked)["ScalableTargets"]
    return str(targets[0]["ScalableTargetARN"])


TARGET = ResourceType(
    token="aws:appautoscaling/target:Target",
    create=_register,
    read=_read_target,
    update=_update_target,
    delete=_deregister,
    requests=_target_request,
    properties=frozenset({*OF, *SETTINGS}),
    required=frozenset({*OF, "minCapacity", "maxCapacity"}),
    replaces=frozenset(OF),
    computed=frozenset({"arn", "roleArn", "suspendedState"}),
    unique=OF,
    retag=retag(
        SERVICE, "TagResource", "UntagResource", "ResourceARN", style="map", of=_target_arn
    ),
    rules=(_bounds, _ecs),
    asks_aws=("the ECS service exists (the emulator)",),
    open=("targets of other services than ECS",),
)
