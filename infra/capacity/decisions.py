"""What a scaling policy asks for, given a metric."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True)
class StepAdjustment:
    """Tasks to add while the metric is `lower` to `upper` (not included) above the threshold."""

    lower: float
    upper: float | None
    add: int


def tracked_tasks(running: int, metric: float, target: float) -> int:
    """Tasks that target tracking asks for: ceil(running x metric / target).

    AWS does not publish the formula; it is what is seen, and what the practice articles use.
    """
    # Rounded first, so that 3 x 0.7 / 0.7 asks for 3 tasks and not for 4.
    return ceil(round(running * metric / target, 9))


def step_tasks(threshold: float, adjustments: Iterable[StepAdjustment], metric: float) -> int:
    """Tasks that step scaling adds at *metric*; edges count from the threshold, lower included."""
    above = metric - threshold
    for step in adjustments:
        if step.lower <= above and (step.upper is None or above < step.upper):
            return step.add
    return 0
