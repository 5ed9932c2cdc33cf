"""PutMetricAlarm's parameters: an alarm on a metric, and one on an expression."""

from typing import Any

METRIC = {"Namespace": "Shop", "MetricName": "Busy"}
ALARM: dict[str, Any] = {
    "AlarmName": "busy",
    **METRIC,
    "Dimensions": [{"Name": "Service", "Value": "web"}],
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 2,
    "Threshold": 70.0,
    "ComparisonOperator": "GreaterThanThreshold",
}
PENDING: dict[str, Any] = {
    "AlarmName": "pending",
    "EvaluationPeriods": 2,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "Metrics": [
        {
            "Id": name,
            "ReturnData": False,
            "MetricStat": {
                "Metric": {"Namespace": "Shop", "MetricName": name},
                "Period": 60,
                "Stat": "Maximum",
            },
        }
        for name in ("desired", "running")
    ]
    + [{"Id": "pending", "Expression": "desired - running"}],
}
