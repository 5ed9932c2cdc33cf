"""Which state an alarm's datapoints mean: CloudWatch user guide, "Alarm evaluation" and
"Configuring how CloudWatch alarms treat missing data".

AWS does not say how far the evaluation range goes beyond the alarm's periods; its examples show
5 for 3, so here it is two periods.
"""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"
RANGE_BEYOND = 2
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When an alarm goes off: *points* of the last *periods* datapoints breach the threshold."""

    comparison: str
    threshold: float
    periods: int
    points: int
    missing: str = "missing"

    def breached(self, value: float) -> bool:
        """Whether one datapoint breaches the threshold."""
        return COMPARISONS[self.comparison](value, self.threshold)


@dataclass(frozen=True)
class Verdict:
    """A state, and what it was judged by: (start of a period, value), the newest first.

    *filled* is how many missing datapoints were put in by the rule for them.
    """

    state: str
    evaluated: list[tuple[float, float]] = field(default_factory=list)
    filled: int = 0


def judge(rule: Rule, points: Sequence[tuple[float, float | None]], state: str) -> Verdict:
    """The state that follows *state* on the datapoints of an evaluation range, the oldest first."""
    newest_first = [(at, value) for at, value in reversed(points) if value is not None]
    evaluated = newest_first[: rule.periods]
    filled = rule.periods - len(evaluated)
    breaching = sum(rule.breached(value) for _, value in evaluated)
    if filled and rule.missing == "breaching":
        breaching += filled
    decided = (
        breaching >= rule.points or not filled or rule.missing in ("breaching", "notBreaching")
    )
    if decided:
        return Verdict(ALARM if breaching >= rule.points else OK, evaluated, filled)
    if any(not rule.breached(value) for _, value in evaluated):
        return Verdict(OK, evaluated, filled)
    if rule.missing == "ignore":
        return Verdict(state, evaluated, filled)
    if _breached_long_ago(rule, points):
        return Verdict(ALARM, evaluated, filled)
    return Verdict(INSUFFICIENT_DATA, evaluated, filled)


def _breached_long_ago(rule: Rule, points: Sequence[tuple[float, float | None]]) -> bool:
    """Whether the oldest datapoint, all of which breach, is as old as the datapoints to alarm.

    "Avoiding premature transitions to alarm state" of the user guide.
    """
    oldest = next((i for i, (_, value) in enumerate(points) if value is not None), len(points))
    return len(points) - oldest >= rule.points
