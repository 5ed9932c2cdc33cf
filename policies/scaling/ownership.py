"""One owner of each decision: one policy a metric, one that scales in, one role."""

from collections.abc import Iterator

from pulumi_policy import Severity
from pulumi_policy.proxy import UnknownValueError

from policies.facts import MissingFactsError, stage
from policies.plan import Plan, Resource
from policies.resource_types import ECS, SCALABLE_TARGET, SCALING_POLICY, SCHEDULED_ACTION
from policies.rules import PlanRule, ResourceRule
from policies.scaling_policy import Config, of_one_service, same, scales_in, steps_of, tracking_of

TRACKING = "targetTrackingScalingPolicyConfiguration"
SESSION_AWARE = "sessionAware"
LEAVE_TO_AUTOSCALER = "the session-aware autoscaler alone removes tasks, those without sessions"


def _metrics_distinct(resource: Resource, plan: Plan) -> Iterator[str]:
    tracking = tracking_of(resource)
    metric = _metric(tracking) if tracking else None
    if metric is None:
        return
    for other in plan.of_type({SCALING_POLICY}):
        if other is resource:
            return
        against = tracking_of(other)
        if against is None or _metric(against) != metric:
            continue
        if of_one_service(plan, resource, other) and same(plan, resource, other, TRACKING, _whose):
            yield (
                f"{metric} is tracked by {other.name} too, and AWS takes one target "
                "of a metric. Remove one of the two."
            )


def _metric(tracking: Config) -> str | None:
    """Name of the metric; None for an expression, which has none."""
    predefined = tracking.get("predefinedMetricSpecification")
    if predefined is not None:
        return str(predefined["predefinedMetricType"])
    own = tracking["customizedMetricSpecification"]
    return f"{own['namespace']} {own['metricName']}" if own.get("metricName") else None


def _whose(resource: Resource) -> object:
    """Of which target group, queue or table the metric is."""
    tracking = resource.props[TRACKING]
    predefined = tracking.get("predefinedMetricSpecification")
    if predefined is not None:
        return predefined.get("resourceLabel")
    dimensions = tracking["customizedMetricSpecification"].get("dimensions") or ()
    return {(dimension["name"], dimension["value"]) for dimension in dimensions}


def _one_owner(resource: Resource) -> Iterator[str]:
    if resource.props.get("serviceNamespace") != ECS:
        return
    if (steps := steps_of(resource)) is not None:
        yield from _steps_remove(steps)
    elif (tracking := tracking_of(resource)) is not None and scales_in(tracking):
        if _is_session_aware():
            yield f"disableScaleIn is not true, and {LEAVE_TO_AUTOSCALER}. true passes."
    elif resource.type == SCHEDULED_ACTION and _is_session_aware():
        yield from _action_lowers(resource.props["scalableTargetAction"])


def _steps_remove(steps: Config) -> Iterator[str]:
    kind = steps.get("adjustmentType")
    if kind == "ExactCapacity":
        yield (
            "adjustmentType ExactCapacity sets the count, above or below what target tracking has "
            "set it to. ChangeInCapacity with a scalingAdjustment of 1 passes."
        )
        return
    removed = [step["scalingAdjustment"] for step in steps.get("stepAdjustments") or ()]
    if lowest := min([0, *removed]):
        yield (
            f"scalingAdjustment {lowest:g} removes tasks beside target tracking, which then adds "
            "them again. Remove the step; a scalingAdjustment of 1 passes."
        )


def _action_lowers(action: Config) -> Iterator[str]:
    most, highest = action.get("maxCapacity"), stage().capacity.highest_max
    if most is not None and most < highest:
        yield (
            f"maxCapacity {most:g} < {highest}, the highest planned, so this action removes "
            f"tasks, and {LEAVE_TO_AUTOSCALER}. A maxCapacity of {highest} passes."
        )


def _is_session_aware() -> bool:
    try:
        return stage().scaling.scale_in == SESSION_AWARE
    except MissingFactsError:
        return False


def _no_role(resource: Resource) -> Iterator[str]:
    if resource.props.get("serviceNamespace") == ECS and _has_role(resource):
        yield (
            "roleArn is set. For ECS, AWS ignores it and answers with its service-linked role, so "
            "every update changes the target again and pulls the count between its bounds. "
            "Remove roleArn."
        )


def _has_role(resource: Resource) -> bool:
    try:
        return bool(resource.props.get("roleArn"))
    except UnknownValueError:
        return True


METRICS_DISTINCT = PlanRule(
    name="scaling-metrics-distinct",
    description="A service has one target of a metric.",
    protects_from=(
        "AWS refuses the second target half-way through an update, and the service stays with "
        "half of its scaling."
    ),
    source=(
        "Practice S4-05; AWS: Application Auto Scaling User Guide, target tracking: each policy "
        "uses a different metric."
    ),
    types={SCALING_POLICY},
    judge=_metrics_distinct,
    severity=Severity.MEDIUM,
    remediation="Keep one entry of evenkeel:scaling.targets, or one policy, for each metric.",
)

ONE_OWNER = ResourceRule(
    name="scaling-one-owner",
    description="One owner removes tasks: target tracking, or the session-aware autoscaler.",
    protects_from=(
        "Two owners pull the count up and down in turn, and tasks with open sessions are stopped."
    ),
    source="Practices S1-01 and S2-10; AWS: Application Auto Scaling API, PutScalingPolicy.",
    types={SCALING_POLICY, SCHEDULED_ACTION},
    judge=_one_owner,
    severity=Severity.HIGH,
    remediation=(
        "Let steps only add. With scaleIn: sessionAware set disableScaleIn on every target, and "
        "lower no maximum by a schedule."
    ),
)

NO_ROLE = ResourceRule(
    name="scaling-no-role",
    description="The scalable target of an ECS service has no role of its own.",
    protects_from=(
        "Every update shows a change of the target and makes it, which undoes a scheduled "
        "minimum or maximum in force."
    ),
    source="Practice S4-03; AWS: Application Auto Scaling User Guide, service-linked roles.",
    types={SCALABLE_TARGET},
    judge=_no_role,
    severity=Severity.MEDIUM,
    remediation="Remove roleArn; Application Auto Scaling makes its service-linked role itself.",
)
