"""What PutMetricAlarm refuses beyond single members: its API reference, and what is not judged."""

from sandbox.emulator.cloudwatch_judging import COMPARISONS
from sandbox.emulator.cloudwatch_points import queries_of
from sandbox.emulator.cloudwatch_queries import check, period_of, single
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

HOUR, DAY = 3600, 86400
_SHORT_PERIODS = (10, 20, 30)
_NOT_JUDGED = (
    "EvaluationCriteria",
    "EvaluationInterval",
    "EvaluationWindow",
    "ThresholdMetricId",
    "WarmUpConfiguration",
)


def check_alarm(data: Record) -> None:
    """Refuse an alarm that AWS refuses, or that the sandbox could not judge as AWS does."""
    _check_kind(data)
    if ("Metrics" in data) == ("MetricName" in data):
        raise _invalid("Specify either MetricName or Metrics, not both")
    if "Metrics" not in data:
        if "Namespace" not in data or "Period" not in data:
            raise _invalid("Namespace and Period are required for an alarm on one metric")
        if ("Statistic" in data) == ("ExtendedStatistic" in data):
            raise _invalid("Specify either Statistic or ExtendedStatistic, not both")
    _check_watched(data)
    _check_counts(data)


def _check_counts(data: Record) -> None:
    """Refuse numbers of datapoints, and treatments of missing ones, that make no sense."""
    points, periods = data.get("DatapointsToAlarm"), data["EvaluationPeriods"]
    if points is not None and points > periods:
        raise _invalid(f"DatapointsToAlarm {points} must not exceed EvaluationPeriods {periods}")
    missing = data.get("TreatMissingData", "missing")
    if missing not in ("breaching", "notBreaching", "ignore", "missing"):
        raise _invalid(f"Option {missing} is not supported for treatMissingData")
    few = data.get("EvaluateLowSampleCountPercentile", "evaluate")
    if few not in ("evaluate", "ignore"):
        raise _invalid(f"Option {few} is not supported for evaluateLowSampleCountPercentile")


def _check_kind(data: Record) -> None:
    """Refuse kinds of alarm that CloudWatch judges and the sandbox does not."""
    for member in _NOT_JUDGED:
        if member in data:
            raise _invalid(f"The sandbox judges static thresholds only: leave out {member}")
    if data["ComparisonOperator"] not in COMPARISONS:
        offered = ", ".join(COMPARISONS)
        raise _invalid(f"ComparisonOperator {data['ComparisonOperator']}: use one of {offered}")
    if "Threshold" not in data:
        raise _invalid("Threshold is required for an alarm on a static threshold")


def _check_watched(data: Record) -> None:
    """Refuse metrics, periods and expressions that make no single time series."""
    queries = queries_of(data)
    periods = {period_of(q["MetricStat"]) for q in queries if "MetricStat" in q}
    if len(periods) != 1:
        raise _invalid("An alarm needs at least one metric, and all of them with the same Period")
    period = periods.pop()
    if period not in _SHORT_PERIODS and period % 60:
        raise _invalid(f"Period {period} must be 10, 20, 30 or a multiple of 60")
    single(queries, check(queries))
    total, limit = period * data["EvaluationPeriods"], DAY if period < HOUR else 7 * DAY
    if total > limit:
        message = (
            f"EvaluationPeriods x Period is {total} seconds; the most for a Period of {period}"
        )
        raise _invalid(f"{message} is {limit}")


def _invalid(message: str) -> Refusal:
    return Refusal("ValidationError", message)
