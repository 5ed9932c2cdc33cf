"""Application Auto Scaling: scalable targets, and the service's table of operations.

ministack has no such service. The rules are those of the API reference
(botocore's application-autoscaling model): registering clamps the service's desired count into
[MinCapacity, MaxCapacity] at once, fields that are left out keep their values, and deregistering
takes policies, alarms and scheduled actions along.
"""

import uuid

from ministack.core.responses import get_account_id, get_region

from sandbox.emulator import (
    autoscaling_activities,
    autoscaling_policies,
    autoscaling_records,
    autoscaling_schedules,
)
from sandbox.emulator.autoscaling_firing import clamp
from sandbox.emulator.autoscaling_records import (
    about,
    actions,
    key,
    now,
    page,
    policies,
    registered,
    tags,
    targets,
)
from sandbox.emulator.native import NativeService
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.scalable import ScalableService
from sandbox.emulator.wire import Record

_SWITCHES = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
_ROLE = (
    "role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_ECSService"
)


def service(scalable: ScalableService) -> NativeService:
    """The service over `scalable`, which knows ECS's desired counts."""
    return NativeService(
        "application-autoscaling",
        "application-autoscaling",
        {
            "RegisterScalableTarget": lambda request: _register(request, scalable),
            "DeregisterScalableTarget": _deregister,
            "DescribeScalableTargets": _describe,
            "DescribeScalingActivities": autoscaling_activities.describe,
            "PutScalingPolicy": lambda r: autoscaling_policies.put(r, scalable),
            "DeleteScalingPolicy": autoscaling_policies.delete,
            "DescribeScalingPolicies": autoscaling_policies.describe,
            "PutScheduledAction": autoscaling_schedules.put,
            "DeleteScheduledAction": autoscaling_schedules.delete,
            "DescribeScheduledActions": autoscaling_schedules.describe,
            "TagResource": _tag,
            "UntagResource": _untag,
            "ListTagsForResource": lambda request: {"Tags": _tagged(request)},
        },
        autoscaling_records.STORES,
        target_prefix="AnyScaleFrontendService",
    )


def _register(request: Record, scalable: ScalableService) -> Record:
    old = targets.get(key(request))
    if old is None:
        _check_new(request, scalable)
    target = dict(old or _new(request))
    target.update({n: request[n] for n in ("MinCapacity", "MaxCapacity") if n in request})
    if target["MinCapacity"] > target["MaxCapacity"]:
        message = "Maximum capacity cannot be less than minimum capacity"
        raise Refusal("ValidationException", message)
    target["SuspendedState"] = {**target["SuspendedState"], **request.get("SuspendedState", {})}
    targets[key(request)] = target
    if request.get("Tags"):
        tags[target["ScalableTargetARN"]] = dict(request["Tags"])
    clamp(target, scalable)
    return {"ScalableTargetARN": target["ScalableTargetARN"]}


def _check_new(request: Record, scalable: ScalableService) -> None:
    missing = [n for n in ("MinCapacity", "MaxCapacity") if n not in request]
    if missing:
        message = f"{' and '.join(missing)} is required to register a new scalable target"
        raise Refusal("ValidationException", message)
    namespace, resource, dimension = key(request)
    if namespace != "ecs" or dimension != "ecs:service:DesiredCount":
        message = f"the sandbox scales ECS services only, not {namespace} {dimension}"
        raise Refusal("ValidationException", message)
    if scalable.desired(resource) is None:
        raise Refusal("ValidationException", f"ECS service doesn't exist: {resource}")


def _new(request: Record) -> Record:
    account = get_account_id()
    arn = f"arn:aws:application-autoscaling:{get_region()}:{account}:scalable-target/"
    return {
        **{n: request[n] for n in ("ServiceNamespace", "ResourceId", "ScalableDimension")},
        "RoleARN": f"arn:aws:iam::{account}:{_ROLE}",  # a given RoleARN is ignored for ECS, as AWS
        "CreationTime": now(),
        "SuspendedState": dict.fromkeys(_SWITCHES, False),
        "ScalableTargetARN": arn + uuid.uuid4().hex[:20],
    }


def _deregister(request: Record) -> None:
    target = registered(request)
    for policy in [p for p in policies.values() if key(p) == key(request)]:
        autoscaling_policies.forget(policy)
    for name, action in actions.items():
        if key(action) == key(request):
            actions.pop(name)
    tags.pop(target["ScalableTargetARN"], None)
    targets.pop(key(request))


def _describe(request: Record) -> Record:
    wanted = request.get("ResourceIds")
    found = [
        target
        for target in targets.values()
        if about(target, request) and (not wanted or target["ResourceId"] in wanted)
    ]
    return page(found, request, "ScalableTargets")


def _tagged(request: Record) -> Record:
    arn = request["ResourceARN"]
    if all(target["ScalableTargetARN"] != arn for target in targets.values()):
        message = f"No scalable target found for resource ARN: {arn}"
        raise Refusal("ResourceNotFoundException", message)
    found: Record = tags.setdefault(arn, {})
    return found


def _tag(request: Record) -> None:
    _tagged(request).update(request["Tags"])


def _untag(request: Record) -> None:
    for name in request["TagKeys"]:
        _tagged(request).pop(name, None)
