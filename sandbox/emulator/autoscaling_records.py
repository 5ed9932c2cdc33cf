"""What Application Auto Scaling keeps, and what its describe calls share."""

import time
from collections.abc import Iterable
from typing import Any

from ministack.core.responses import AccountRegionScopedDict

from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

targets = AccountRegionScopedDict()  # (namespace, resource, dimension) -> scalable target
policies = AccountRegionScopedDict()  # (namespace, resource, dimension, name) -> policy
actions = AccountRegionScopedDict()  # (namespace, resource, dimension, name) -> scheduled action
activities = AccountRegionScopedDict()  # activity id -> activity
tags = AccountRegionScopedDict()  # ARN of a target -> {key: value}
STORES = {
    "targets": targets,
    "policies": policies,
    "actions": actions,
    "activities": activities,
    "tags": tags,
}


def key(request: Record) -> tuple[str, str, str]:
    """What names a scalable target: namespace, resource and dimension."""
    return request["ServiceNamespace"], request["ResourceId"], request["ScalableDimension"]


def named(request: Record) -> str:
    """A target as AWS's error messages name it."""
    namespace, resource, dimension = key(request)
    return (
        f"service namespace: {namespace}, resource ID: {resource}, scalable dimension: {dimension}"
    )


def registered(request: Record) -> Record:
    """The scalable target that a request is about; refused when there is none."""
    target: Record | None = targets.get(key(request))
    if target is None:
        message = f"No scalable target registered for {named(request)}"
        raise Refusal("ObjectNotFoundException", message)
    return target


def page(records: Iterable[Record], request: Record, result: str) -> Record:
    """One page of `records` under the name `result`; the token is the next one's position."""
    try:
        start = int(request.get("NextToken", "0"))
    except ValueError as error:
        raise Refusal("InvalidNextTokenException", "The NextToken is not valid.") from error
    found = list(records)
    end = start + min(int(request.get("MaxResults", 50)), 50)
    answer: dict[str, Any] = {result: found[start:end]}
    if end < len(found):
        answer["NextToken"] = str(end)
    return answer


def about(record: Record, request: Record) -> bool:
    """Whether a record passes the namespace, resource and dimension of a describe call."""
    return all(
        request.get(name) in (None, record[name])
        for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")
    )


def now() -> float:
    """The sandbox time at which something is recorded."""
    return time.time()
