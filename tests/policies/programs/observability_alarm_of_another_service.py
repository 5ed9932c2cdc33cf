"""An alarm on the tasks of another service."""

from tests.policies.programs import mutated

mutated(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    name="evenkeel-production-at-max",
    dimensions={"ClusterName": "evenkeel-production", "ServiceName": "web"},
)
