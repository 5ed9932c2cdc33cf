"""Steps: how many tasks are added by how far a metric is above its alarm's threshold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pulumi_policy import Severity

from policies.plan import Plan, Resource
from policies.resource_types import METRIC_ALARM, SCALING_POLICY
from policies.rules import PlanRule, Rule
from policies.scaling_policy import Config, steps_of

ADDS = "ChangeInCapacity"


@dataclass(frozen=True)
class Step:
    """Tasks to add from *lower* up to *upper* above the threshold; None: no bound."""

    lower: float | None
    upper: float | None
    add: float


def _step_bounds(resource: Resource, plan: Plan) -> Iterator[str]:
    config = steps_of(resource)
    if config is None:
        return
    yield from _kind(config)
    steps = _steps(config)
    yield from _bounds(steps)
    yield from _adding(steps)
    if not plan.pointing_at(resource, {METRIC_ALARM}, "alarmActions"):
        yield (
            "no alarm has this policy among its alarmActions, so nothing ever starts it. Add the "
            "policy's arn to the alarmActions of an aws.cloudwatch.MetricAlarm."
        )


def _steps(config: Config) -> list[Step]:
    # AWS keeps the steps as a set, so that their order says nothing.
    steps = [
        Step(
            _bound(step.get("metricIntervalLowerBound")),
            _bound(step.get("metricIntervalUpperBound")),
            step["scalingAdjustment"],
        )
        for step in config.get("stepAdjustments") or ()
    ]
    return sorted(steps, key=lambda step: float("-inf") if step.lower is None else step.lower)


def _bound(value: str | float | None) -> float | None:
    # AWS's provider reads a bound that is not there back as an empty text.
    return None if value is None or value == "" else float(value)


def _kind(config: Config) -> Iterator[str]:
    kind = config.get("adjustmentType")
    if kind != ADDS:
        yield (
            f"adjustmentType {kind} is not {ADDS}, so the plan does not say how many tasks a step "
            f"adds. {ADDS} passes."
        )


def _bounds(steps: Sequence[Step]) -> Iterator[str]:
    defects = [*_first(steps), *_gaps(steps), *_last(steps)]
    if defects:
        yield f"{'; '.join(defects)}. Bounds that pass: {_passing(steps)}."


def _first(steps: Sequence[Step]) -> Iterator[str]:
    if not steps:
        yield "there is no step"
        return
    first = steps[0]
    if first.lower is not None and first.lower != 0:
        yield f"the first step starts at {first.lower:g}, not at 0"
    if first.lower is None and first.upper is None:
        yield "a step has no bound at all"


def _gaps(steps: Sequence[Step]) -> Iterator[str]:
    for number, (step, above) in enumerate(pairwise(steps), start=1):
        if step.upper != above.lower or step.lower == above.lower:
            yield (
                f"step {number} covers {_span(step)} and step {number + 1} {_span(above)}: the "
                "next step has to start where this one ends"
            )


def _last(steps: Sequence[Step]) -> Iterator[str]:
    if steps and steps[-1].upper is not None:
        yield f"nothing is added from {steps[-1].upper:g} on"


def _passing(steps: Sequence[Step]) -> str:
    """The bounds mended: from 0, each step up to the start of the next one, the last one open."""
    lowers = {step.lower for step in steps[1:] if step.lower is not None}
    starts = [0, *sorted(lower for lower in lowers if lower > 0)]
    spans = [f"{low:g} to {high:g}" for low, high in pairwise(starts)]
    return ", ".join([*spans, f"{starts[-1]:g} without an upper bound"])


def _span(step: Step) -> str:
    start = "no lower bound" if step.lower is None else f"{step.lower:g}"
    end = "no upper bound" if step.upper is None else f"{step.upper:g}"
    return f"{start} to {end}"


def _adding(steps: Sequence[Step]) -> Iterator[str]:
    for step in steps:
        if step.add <= 0:
            yield (
                f"scalingAdjustment {step.add:g} of the step {_span(step)} is not above 0: steps "
                "only add, and target tracking removes. A scalingAdjustment of 1 passes."
            )


STEP_BOUNDS = PlanRule(
    name="cooldown-step-bounds",
    description="A step policy has an alarm, and adds tasks at every level above its threshold.",
    protects_from=(
        "In a gap between two steps nothing is added, above the last one least of all, and "
        "without an alarm the policy is never asked. Most of it AWS refuses half-way through an "
        "update."
    ),
    source=(
        "Practices S2-06 and S4-02; AWS: Application Auto Scaling API, StepAdjustment; "
        "Application Auto Scaling User Guide, step scaling."
    ),
    types={SCALING_POLICY},
    judge=_step_bounds,
    severity=Severity.HIGH,
    remediation=(
        "Correct stepScalingPolicyConfiguration: ChangeInCapacity, the first step from 0, each "
        "next one from where the one before ends, the last one without an upper bound, every "
        "scalingAdjustment above 0; and give an alarm this policy's arn as alarmActions. "
        "evenkeel:scaling.steps makes all of it."
    ),
)

RULES: list[Rule] = [STEP_BOUNDS]
