"""A deployment can move: ECS may start or stop a task at every count that the stage may have."""

from collections.abc import Iterator

from pulumi_policy import Severity

from infra.capacity import fewest_movable
from infra.settings import Settings
from policies import facts
from policies.capacity import advice
from policies.capacity.database import pool_words
from policies.plan import Resource
from policies.resource_types import ECS_SERVICE
from policies.rules import ResourceRule

# ECS's own for a rolling deployment, where a service leaves them out.
DEFAULT_HEALTHY, DEFAULT_MAXIMUM = 100, 200
MOST_PERCENT = 200


def _deploy_can_move(resource: Resource) -> Iterator[str]:
    settings = facts.stage()
    healthy = _percent(resource, "deploymentMinimumHealthyPercent", DEFAULT_HEALTHY)
    maximum = _percent(resource, "deploymentMaximumPercent", DEFAULT_MAXIMUM)
    given = advice.with_deployment(
        settings, minimum_healthy_percent=healthy, maximum_percent=maximum
    )
    lowest = max(1, settings.capacity.lowest_min)
    fewest = fewest_movable(healthy, maximum)
    if fewest is None or lowest < fewest:
        yield (
            f"at {lowest} desired, deploymentMinimumHealthyPercent {healthy} keeps "
            f"{-(-lowest * healthy // 100)} and deploymentMaximumPercent {maximum} allows "
            f"{lowest * maximum // 100}, so a deployment can neither stop nor start a task"
            f"{_from(fewest)}. {_advice(given)}"
        )
    else:
        yield from _larger_than_summed(settings, given)


def _larger_than_summed(settings: Settings, given: Settings) -> Iterator[str]:
    """A service whose own percentages need more than the sums of connections and vCPU counted."""
    most = settings.capacity.highest_max
    peak, summed = (each.deployment_of(most).tasks for each in (given, settings))
    if peak > summed:
        own, counted = given.deployment, settings.deployment
        yield (
            f"deploymentMaximumPercent {own.maximum_percent} and deploymentMinimumHealthyPercent "
            f"{own.minimum_healthy_percent} have {peak} tasks of max {most} alive during a deploy, "
            f"and connections and vCPU are summed for {summed}, by evenkeel:deployment's "
            f"{counted.maximum_percent} and {counted.minimum_healthy_percent}. Give the service "
            "those, or write its own into evenkeel:deployment."
        )


def _percent(resource: Resource, key: str, default: int) -> int:
    value = resource.props.get(key)
    return default if value is None else int(value)


def _from(fewest: int | None) -> str:
    return "" if fewest is None else f"; it can from {fewest} on"


def _advice(settings: Settings) -> str:
    peak = settings.capacity.highest_max
    percent = next((p for p in range(101, MOST_PERCENT + 1) if _passes(settings, p, peak)), None)
    if percent is not None:
        return f"A maximumPercent of {percent} passes."
    first = advice.max_words(settings, pool_words(settings), advice.fits_database)
    return f"{first}; {advice.all_needs(settings, advice.peak_of(settings, peak))}."


def _passes(settings: Settings, percent: int, peak: int) -> bool:
    tried = advice.with_deployment(settings, maximum_percent=percent)
    return advice.moves(tried) and advice.fits(tried, peak) and advice.in_time(tried, peak)


DEPLOY_CAN_MOVE = ResourceRule(
    name="capacity-deploy-can-move",
    description="A deployment can start or stop a task at every count that the service may have.",
    protects_from=(
        "With few tasks the percentages round to no task more and no task less: a deployment at "
        "night starts nothing, and fails when its time is over."
    ),
    source="Practice S2-17. AWS: ECS API, DeploymentConfiguration (both percentages round).",
    types={ECS_SERVICE},
    judge=_deploy_can_move,
    severity=Severity.HIGH,
    remediation=(
        "Raise maximumPercent of evenkeel:deployment (deploymentMaximumPercent of the service), "
        "or the lowest min of evenkeel:capacity."
    ),
)
