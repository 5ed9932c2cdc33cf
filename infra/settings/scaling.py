"""What makes the service scale: target tracking, steps, forecasts."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from infra.capacity import MOST_TASKS
from infra.settings.problems import Finding, RefusalError, refuse
from infra.settings.section import Says, Seconds, Section, Several, Tasks, Unit

Metric = Literal["cpu", "memory", "requestsPerTarget"]
# Application Auto Scaling takes any positive target; percent for cpu and memory, requests a
# minute for requestsPerTarget.
Level = Annotated[float, Unit("percent, or requests a minute"), Says("a number above 0")]
# Fixed quota of Application Auto Scaling.
MOST_ADJUSTMENTS = 20


class Target(Section):
    """Target tracking: keep a metric at a level."""

    metric: Metric = Field(description="What is measured, as the service's average.")
    target: Level = Field(gt=0, le=1e100, description="Level to keep.")
    scale_out_cooldown: Seconds = Field(
        60, ge=0, le=2147483647, description="Time after a scale-out before a further one."
    )
    scale_in_cooldown: Seconds = Field(
        300, ge=0, le=2147483647, description="Time after a scale-in before the next one."
    )


class Adjustment(Section):
    """One step: how far above the threshold, how many tasks more."""

    from_: Annotated[float, Says("a number, 0 or more")] = Field(
        alias="from", ge=0, le=1e100, description="Lower edge, relative to the threshold."
    )
    to: float | None = Field(
        None, gt=0, le=1e100, description="Upper edge, not included; null: no upper edge."
    )
    add: Tasks = Field(ge=1, le=MOST_TASKS, description="Tasks to add; steps never remove.")

    @field_validator("to")
    @classmethod
    def _above_from(cls, value: float | None, info: ValidationInfo) -> float | None:
        low = info.data.get("from_")
        if value is not None and low is not None and value <= low:
            raise RefusalError(Finding(f"above from, which is {low:g}", "raise to or lower from"))
        return value


class Step(Section):
    """Step scaling: add tasks by how far a metric is above a threshold."""

    metric: Metric = Field(description="What is measured.")
    threshold: Level = Field(gt=0, le=1e100, description="Level of the alarm.")
    cooldown: Seconds = Field(
        60, ge=0, le=2147483647, description="Time after a step before a further one."
    )
    adjustments: Annotated[
        Several[Adjustment], Field(min_length=1, max_length=MOST_ADJUSTMENTS)
    ] = Field(description="The steps, from the threshold upwards without a gap.")

    @field_validator("adjustments")
    @classmethod
    def _contiguous(cls, value: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
        refuse([*_gaps(value), *_edges(value)])
        return value


class Predictive(Section):
    """Predictive scaling: add tasks ahead of a forecast load; never removes any."""

    metric: Metric = Field(description="What is forecast.")
    target: Level = Field(gt=0, le=1e100, description="Level to keep.")
    mode: Literal["forecastOnly", "forecastAndScale"] = Field(
        "forecastOnly", description="Only forecast, or scale as well."
    )


class Scaling(Section):
    """Which policies scale the service."""

    scale_in: Literal["targetTracking", "sessionAware"] = Field(
        "targetTracking", description="Who removes tasks; sessionAware is not available yet."
    )
    targets: Several[Target] = Field(
        (Target(metric="cpu", target=60), Target(metric="memory", target=80)),
        description="Target-tracking policies, one for a metric.",
    )
    steps: Several[Step] = Field((), description="Step policies, one for a metric.")
    predictive: Predictive | None = Field(None, description="Predictive scaling; null: none.")

    @field_validator("scale_in")
    @classmethod
    def _available(cls, value: str) -> str:
        if value == "sessionAware":
            raise RefusalError(
                Finding(
                    "targetTracking; the session-aware autoscaler is not available yet",
                    "write scaleIn: targetTracking",
                )
            )
        return value

    @field_validator("targets")
    @classmethod
    def _targets_distinct(cls, value: tuple[Target, ...]) -> tuple[Target, ...]:
        refuse(_repeated(value))
        return value

    @field_validator("steps")
    @classmethod
    def _steps_distinct(cls, value: tuple[Step, ...]) -> tuple[Step, ...]:
        refuse(_repeated(value))
        return value


def _repeated(policies: Sequence[Target | Step]) -> list[Finding]:
    metrics = [policy.metric for policy in policies]
    return [
        Finding("a metric that no other entry of the list has", "remove one", (index, "metric"), m)
        for index, m in enumerate(metrics)
        if m in metrics[:index]
    ]


# Application Auto Scaling refuses gaps, overlaps, and an upper edge of the last step
# (API reference, StepAdjustment).
def _gaps(steps: Sequence[Adjustment]) -> list[Finding]:
    edges = [0.0, *(step.to for step in steps[:-1])]
    return [
        Finding(
            f"{edge:g}, where the step before ends" if index else "0 for the first step",
            "let each step start where the one before ends",
            (index, "from"),
            step.from_,
        )
        for index, (step, edge) in enumerate(zip(steps, edges, strict=True))
        if edge is not None and step.from_ != edge
    ]


def _edges(steps: Sequence[Adjustment]) -> list[Finding]:
    open_ended = [
        Finding("a number, in every step but the last", "give it an end", (index, "to"), None)
        for index, step in enumerate(steps[:-1])
        if step.to is None
    ]
    last, place = steps[-1].to, (len(steps) - 1, "to")
    if last is None:
        return open_ended
    allowed = "null in the last step, so that no value is above every step"
    return [*open_ended, Finding(allowed, "remove to from the last step", place, last)]
