"""What an alarm is judged by: its rule, and the datapoints of its evaluation range.

Windows slide: at each minute they end with it, whatever the period (CloudWatch user guide, "Alarm
evaluation": a period of 5 minutes is judged at minute 6 over minutes 2 to 6).
"""

from sandbox.emulator.cloudwatch_judging import COMPARISONS, RANGE_BEYOND, Rule
from sandbox.emulator.cloudwatch_queries import answer, datapoints, period_of, single
from sandbox.emulator.wire import Record

Points = list[tuple[float, float | None]]


def rule(alarm: Record) -> Rule | None:
    """The alarm's rule; None for one of a kind that is not judged here (anomaly detection)."""
    if alarm["ComparisonOperator"] not in COMPARISONS or alarm.get("Threshold") is None:
        return None
    return Rule(
        comparison=alarm["ComparisonOperator"],
        threshold=float(alarm["Threshold"]),
        periods=alarm["EvaluationPeriods"],
        points=alarm.get("DatapointsToAlarm") or alarm["EvaluationPeriods"],
        missing=alarm.get("TreatMissingData") or "missing",
    )


def points(alarm: Record, end: float) -> Points:
    """The datapoints of the evaluation range that ends at sandbox second *end*, oldest first.

    Raises Refusal for an alarm that does not watch one time series.
    """
    length, queries = period(alarm), queries_of(alarm)
    number = alarm["EvaluationPeriods"] + RANGE_BEYOND
    start = end - number * length
    times = [start + i * length for i in range(number)]
    values = answer(queries, lambda stat: datapoints(stat, start, end), times)
    watched = single(queries, values)
    return [(at, watched.get(at)) for at in times]


def too_few(alarm: Record, end: float) -> bool:
    """Whether a percentile is to wait for more samples (user guide, "Percentile-based alarms and
    low data samples"): fewer than 10 beyond it in the alarm's periods."""
    percentile = alarm.get("ExtendedStatistic")
    if alarm.get("EvaluateLowSampleCountPercentile") != "ignore" or percentile is None:
        return False
    beyond = min(percent := float(percentile[1:]), 100 - percent)
    stat = {**queries_of(alarm)[0]["MetricStat"], "Stat": "SampleCount"}
    start = end - alarm["EvaluationPeriods"] * period(alarm)
    return sum(datapoints(stat, start, end).values()) * beyond < 1000


def period(alarm: Record) -> int:
    """The length of the alarm's periods in seconds."""
    return next(period_of(q["MetricStat"]) for q in queries_of(alarm) if "MetricStat" in q)


def queries_of(alarm: Record) -> list[Record]:
    """The alarm's metric queries; one for an alarm on one metric."""
    if alarm.get("Metrics"):
        found: list[Record] = alarm["Metrics"]
        return found
    metric = {name: alarm.get(name) for name in ("Namespace", "MetricName", "Dimensions")}
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic")
    stat = {"Metric": metric, "Period": alarm.get("Period"), "Stat": statistic}
    return [{"Id": "metric", "MetricStat": stat}]
