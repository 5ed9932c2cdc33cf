"""An alarm on the average of errors, each of which counts as 1."""

from tests.policies.programs import mutated

mutated(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    name="evenkeel-production-target-5xx",
    statistic="Average",
)
