"""An alarm that waits for more tasks than the maximum."""

from tests.policies.programs import mutated

mutated(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    name="evenkeel-production-at-max",
    comparison_operator="GreaterThanThreshold",
)
