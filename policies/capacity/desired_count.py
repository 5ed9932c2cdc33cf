"""ECS and Application Auto Scaling own the desired count once the service is there."""

from collections.abc import Iterator

from pulumi_policy import Severity

from policies.plan import Plan, Resource
from policies.resource_types import ECS, ECS_CLUSTER, ECS_SERVICE, SCALABLE_TARGET
from policies.rules import PlanRule

DESIRED_COUNT = "desiredCount"


def _left_alone(resource: Resource, plan: Plan) -> Iterator[str]:
    reset = [each for each in plan.of_type({ECS_SERVICE}) if not _ignores(each)]
    if not reset or resource.props.get("serviceNamespace") != ECS:
        return
    for service in _scaled(resource, plan, reset):
        yield (
            f"{service.name}, the service that it scales, has no {DESIRED_COUNT} in "
            "ignoreChanges, so an update puts the desired count back to what it was made "
            f"with, whatever the load. An ignoreChanges of [{DESIRED_COUNT}] passes."
        )


def _scaled(target: Resource, plan: Plan, services: list[Resource]) -> list[Resource]:
    """Those of *services* that *target* scales: its resourceId is made from them, or names them."""
    sources = [each for each in plan.behind(target, "resourceId") if each.type == ECS_SERVICE]
    if sources:
        return [each for each in services if each in sources]
    _, cluster, name = target.props["resourceId"].split("/")
    return [
        each
        for each in services
        if each.props.get("name") == name and _cluster(each, plan) == cluster
    ]


def _cluster(service: Resource, plan: Plan) -> str:
    """Name of the cluster: the ECS API takes a name or an ARN, and has one that is the default."""
    made = [each for each in plan.behind(service, "cluster") if each.type == ECS_CLUSTER]
    given = made[0].props["name"] if made else service.props.get("cluster") or "default"
    return str(given).rpartition("/")[2]


def _ignores(service: Resource) -> bool:
    return bool({DESIRED_COUNT, "*"} & set(service.ignore_changes))


DESIRED_COUNT_LEFT_ALONE = PlanRule(
    name="capacity-desired-count-left-alone",
    description="A service that scales ignores changes of its desired count.",
    protects_from=(
        "An update at the peak of the load puts the service back to the count that it was made "
        "with, and takes most of its tasks away."
    ),
    source=(
        "Practice S0-04. AWS: ECS Developer Guide, service auto scaling. Pulumi: resource option "
        "ignoreChanges."
    ),
    types={SCALABLE_TARGET},
    judge=_left_alone,
    severity=Severity.CRITICAL,
    remediation='Give the service ignore_changes=["desiredCount"]; Evenkeel\'s own has it.',
)
