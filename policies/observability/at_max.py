"""The alarm that says that the service is at its maximum."""

from collections.abc import Iterator

from pulumi_policy import Severity

from policies.facts import stage
from policies.observability.alarms import dumb, faults, number, on
from policies.plan import Plan, Resource
from policies.resource_types import ECS, ECS_CLUSTER, SCALABLE_TARGET
from policies.rules import PlanRule

NAMESPACE = "ECS/ContainerInsights"
COUNTS = ("DesiredTaskCount", "RunningTaskCount")
# Of a number of tasks any of these is one; a sum over time is none.
STATISTICS = ("Average", "Maximum", "Minimum")
AT_OR_ABOVE = "GreaterThanOrEqualToThreshold"
INSIGHTS_ON = ("enhanced", "enabled")


def _at_max(target: Resource, plan: Plan) -> Iterator[str]:
    if target.props.get("serviceNamespace") != ECS:
        return
    most = stage().capacity.highest_max
    _, cluster, service = target.props["resourceId"].split("/")
    wanted = {"ClusterName": cluster, "ServiceName": service}
    alarms = [
        alarm
        for alarm in on(plan, NAMESPACE, COUNTS)
        if dict(alarm.props.get("dimensions") or {}) == wanted
    ]
    if not alarms:
        yield (
            f"no alarm watches DesiredTaskCount of {service}, whose highest max is {most}. "
            f"A MetricAlarm of {NAMESPACE} with ClusterName {cluster}, ServiceName {service}, "
            f"{AT_OR_ABOVE}, threshold {most}, statistic Maximum and alarmActions passes."
        )
    yield from faults(alarms, lambda alarm: _silent(alarm, most))
    yield from _insights(cluster, plan)


def _silent(alarm: Resource, most: int) -> Iterator[str]:
    threshold = alarm.props.get("threshold")
    if threshold != most:
        yield (
            f"{alarm.name} has threshold {number(threshold)}, not {most}, the highest max of the "
            f"stage and its schedules. A threshold of {most} passes."
        )
    operator = alarm.props.get("comparisonOperator")
    if operator != AT_OR_ABOVE:
        yield (
            f"{alarm.name} has comparisonOperator {operator}, and scaling stops at {most}. "
            f"{AT_OR_ABOVE} passes."
        )
    yield from dumb(alarm, STATISTICS)


def _insights(cluster: str, plan: Plan) -> Iterator[str]:
    found = [each for each in plan.of_type({ECS_CLUSTER}) if each.props.get("name") == cluster]
    if not found:
        yield (
            f"cluster {cluster} is not made by this program, so that its containerInsights, "
            "without which there is no such metric, could not be verified. A Cluster of this "
            "name with containerInsights enhanced passes."
        )
    for each in found:
        settings = {one["name"]: one["value"] for one in each.props.get("settings") or ()}
        value = settings.get("containerInsights", "disabled")
        if value not in INSIGHTS_ON:
            yield (
                f"cluster {cluster} has containerInsights {value}, so that the alarm has no "
                "metric. A containerInsights of enhanced passes."
            )


AT_MAX = PlanRule(
    name="alarm-at-max",
    description="An alarm tells somebody when the service wants as many tasks as it may have.",
    protects_from=(
        "A service that has stopped scaling out while load still grows, and nobody knows before "
        "its users do."
    ),
    source="Practices S0-23, S3-18. AWS: ECS developer guide, Container Insights metrics.",
    severity=Severity.HIGH,
    types={SCALABLE_TARGET},
    judge=_at_max,
    remediation=(
        "Alarm on DesiredTaskCount at the highest max of evenkeel:capacity and its schedules, "
        "which is the threshold that Evenkeel writes, and give the alarm alarmActions."
    ),
)
