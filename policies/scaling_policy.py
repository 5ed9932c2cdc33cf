"""A scaling policy of Application Auto Scaling, read as far as policies need it."""

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_policy.proxy import UnknownValueError

from policies.plan import Plan, Resource
from policies.resource_types import ECS

Config = Mapping[str, Any]

CPU, MEMORY = "cpu", "memory"
# In percent of what the tasks have (Application Auto Scaling API, PredefinedMetricSpecification).
PERCENT_METRICS = {
    "ECSServiceAverageCPUUtilization": CPU,
    "ECSServiceAverageCPUUtilizationHighResolution": CPU,
    "ECSServiceAverageMemoryUtilization": MEMORY,
    "ECSServiceAverageMemoryUtilizationHighResolution": MEMORY,
}
REQUESTS_METRIC = "ALBRequestCountPerTarget"


def tracking_of(resource: Resource) -> Config | None:
    """Target tracking of an ECS service; None for every other policy."""
    return _config(resource, "targetTrackingScalingPolicyConfiguration")


def steps_of(resource: Resource) -> Config | None:
    """Step scaling of an ECS service; None for every other policy."""
    return _config(resource, "stepScalingPolicyConfiguration")


def _config(resource: Resource, key: str) -> Config | None:
    # A dozen other AWS services have scaling policies too.
    if resource.props.get("serviceNamespace") != ECS:
        return None
    config: Config | None = resource.props.get(key)
    return config


def scales_in(tracking: Config) -> bool:
    """Whether target tracking removes tasks; it does by default."""
    return not tracking.get("disableScaleIn")


def predefined_metric(tracking: Config) -> str | None:
    """The predefined metric that is tracked; None for one of the user's own."""
    metric = tracking.get("predefinedMetricSpecification")
    return None if metric is None else metric["predefinedMetricType"]


def percent_metric(tracking: Config) -> str | None:
    """`cpu` or `memory`; None for every other metric."""
    metric = predefined_metric(tracking)
    return None if metric is None else PERCENT_METRICS.get(metric)


def of_one_service(plan: Plan, one: Resource, other: Resource) -> bool:
    """Whether both scale the same service."""
    return same(plan, one, other, "resourceId", lambda resource: resource.props["resourceId"])


def same(
    plan: Plan, one: Resource, other: Resource, name: str, read: Callable[[Resource], object]
) -> bool:
    """Whether *read* finds the same in the property *name* of both.

    Where a preview does not know it, what the properties are made from has to be the same.
    """
    try:
        return read(one) == read(other)
    except UnknownValueError:
        sources = [{source.urn for source in plan.behind(each, name)} for each in (one, other)]
        return sources[0] == sources[1]
