"""The alarms on the errors that users see."""

from collections.abc import Iterator

from pulumi_policy import Severity

from policies import facts
from policies.observability.alarms import dumb, faults, on
from policies.plan import Plan, Resource
from policies.resource_types import (
    ECS_SERVICE,
    LISTENER_RULES,
    LISTENERS,
    LOAD_BALANCERS,
    TARGET_GROUPS,
)
from policies.rules import PlanRule
from policies.values import LATER, given

NAMESPACE = "AWS/ApplicationELB"
METRICS = ("HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count")
DIMENSION = "LoadBalancer"
MANY = ("GreaterThanOrEqualToThreshold", "GreaterThanThreshold")
# These two speak no HTTP; an application load balancer is the default.
WITHOUT_HTTP = ("network", "gateway")


def _errors(balancer: Resource, plan: Plan) -> Iterator[str]:
    if balancer.props.get("loadBalancerType") in WITHOUT_HTTP:
        return
    if facts.tier() is None and not _serves(balancer, plan):
        return
    for metric in METRICS:
        alarms = [
            alarm
            for alarm in on(plan, NAMESPACE, (metric,))
            if balancer in plan.behind(alarm, "dimensions")
        ]
        if not alarms:
            yield (
                f"no alarm watches its {metric}. A MetricAlarm of {NAMESPACE} with its arnSuffix "
                f"as dimension {DIMENSION}, {MANY[0]}, statistic Sum and alarmActions passes."
            )
        yield from faults(alarms, _silent)


def _silent(alarm: Resource) -> Iterator[str]:
    dimensions = alarm.props["dimensions"]
    others = sorted({*dimensions} - {DIMENSION})
    if others:
        yield (
            f"{alarm.name} has the dimension {', '.join(others)}, and counts a part of the "
            f"errors. The dimension {DIMENSION} alone passes."
        )
    balancer = given(dimensions, DIMENSION)
    if balancer != LATER and not str(balancer).startswith("app/"):
        yield (
            f"{alarm.name} has {DIMENSION} {balancer}, which no metric bears. The arnSuffix of "
            "the load balancer passes."
        )
    operator = alarm.props.get("comparisonOperator")
    if operator not in MANY:
        yield (
            f"{alarm.name} has comparisonOperator {operator}, which is no alarm on many errors. "
            f"{' or '.join(MANY)} passes."
        )
    # Each error is a 1, so that every other statistic is 1 too (ELB user guide, metrics).
    yield from dumb(alarm, ("Sum",))


def _serves(balancer: Resource, plan: Plan) -> bool:
    """Whether *balancer* sends requests to an ECS service."""
    listeners = plan.pointing_at(balancer, LISTENERS, "loadBalancerArn")
    rules = [
        rule
        for listener in listeners
        for rule in plan.pointing_at(listener, LISTENER_RULES, "listenerArn")
    ]
    targets = [
        *(target for each in listeners for target in plan.behind(each, "defaultActions")),
        *(target for rule in rules for target in plan.behind(rule, "actions")),
    ]
    return any(
        target.type in TARGET_GROUPS and plan.pointing_at(target, {ECS_SERVICE}, "loadBalancers")
        for target in targets
    )


ERRORS = PlanRule(
    name="alarm-errors",
    description="Alarms tell somebody when a service or its load balancer answers with 5xx.",
    protects_from=(
        "An outage that only users notice. The load balancer's own 5xx are the ones without a "
        "task to log them."
    ),
    source="Practice S3-19. AWS: ELB user guide, CloudWatch metrics.",
    severity=Severity.HIGH,
    types=LOAD_BALANCERS,
    judge=_errors,
    remediation=(
        "Alarm on HTTPCode_Target_5XX_Count and HTTPCode_ELB_5XX_Count of the load balancer, with "
        "alarmActions. Evenkeel makes both; evenkeel:observability.notify says who is told."
    ),
)
