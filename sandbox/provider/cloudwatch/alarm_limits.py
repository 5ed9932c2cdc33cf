"""What AWS refuses in a metric alarm."""

from sandbox.provider.resource_type import rule
from sandbox.provider.values import Properties

METRIC = ("metricName", "namespace", "statistic", "extendedStatistic", "period", "unit")


@rule(
    "period", "evaluationPeriods", "datapointsToAlarm",
    what="period 10, 20, 30 or a multiple of 60 s; at most a day in all (a week from one hour "
    "up); datapoints at most the periods",
    source="BC:cloudwatch/PutMetricAlarmInput.Period, EvaluationPeriods, DatapointsToAlarm",
)  # fmt: skip
def _periods(inputs: Properties) -> str | None:
    period, periods = inputs.get("period"), inputs.get("evaluationPeriods", 1)
    if period is not None and (period < 1 or (period not in (10, 20, 30) and period % 60)):
        return (
            f"ValidationError: Metric alarm period {period} is invalid: 10, 20, 30 or a multiple "
            "of 60 seconds"
        )
    longest = 7 * 86400 if (period or 0) >= 3600 else 86400
    if period and period * periods > longest:
        return (
            "ValidationError: Metrics cannot be checked across more than a day "
            "(EvaluationPeriods * Period must be <= 86400)"
        )
    points = inputs.get("datapointsToAlarm")
    if points is not None and not 1 <= points <= periods:
        return (
            f"ValidationError: DatapointsToAlarm {points} must be between 1 and EvaluationPeriods "
            f"{periods}"
        )
    return None


@rule(
    "treatMissingData",
    what="missing, ignore, breaching or notBreaching",
    source="BC:cloudwatch/PutMetricAlarmInput.TreatMissingData",
)
def _missing_data(inputs: Properties) -> str | None:
    allowed = ("missing", "ignore", "breaching", "notBreaching")
    value = inputs.get("treatMissingData", "missing")
    if value not in allowed:
        return f"ValidationError: Invalid treatMissingData '{value}': one of {', '.join(allowed)}"
    return None


@rule(
    "metricName", "metricQueries", "statistic", "extendedStatistic",
    what="one metric with a statistic, or metric queries of which one returns data",
    source="BC:cloudwatch/PutMetricAlarmInput.Metrics, Statistic",
)  # fmt: skip
def _one_metric(inputs: Properties) -> str | None:
    queries = inputs.get("metricQueries")
    if queries:
        both = [name for name in (*METRIC, "dimensions") if inputs.get(name) is not None]
        if both:
            return f"ValidationError: metricQueries cannot stand with {', '.join(both)}"
        returning = [q for q in queries if q.get("returnData")]
        if len(returning) != 1:
            return "ValidationError: Exactly one element of the metrics list should return data."
        ids = [q.get("id") for q in queries]
        if len(set(ids)) < len(ids):
            return "ValidationError: The values for parameter 'Id' in 'Metrics' must be unique"
        return None
    if not inputs.get("metricName"):
        return "ValidationError: MetricName or metricQueries is required"
    if bool(inputs.get("statistic")) == bool(inputs.get("extendedStatistic")):
        return "ValidationError: exactly one of Statistic and ExtendedStatistic must be specified"
    if inputs.get("period") is None or not inputs.get("namespace"):
        return "ValidationError: MetricName needs Namespace and Period"
    return None


@rule(
    "alarmActions",
    "okActions",
    "insufficientDataActions",
    what="at most 5 actions a state, each an ARN",
    source="BC:cloudwatch/PutMetricAlarmInput.AlarmActions",
)
def _five_actions(inputs: Properties) -> str | None:
    for name in ("alarmActions", "okActions", "insufficientDataActions"):
        actions = inputs.get(name) or []
        if len(actions) > 5:
            return f"ValidationError: {name} has at most 5 entries, not {len(actions)}"
        wrong = next((a for a in actions if not str(a).startswith("arn:")), None)
        if wrong:
            return f"ValidationError: Invalid action ARN: {wrong}"
    return None


RULES = (
    _periods,
    _missing_data,
    _one_metric,
    _five_actions,
)
