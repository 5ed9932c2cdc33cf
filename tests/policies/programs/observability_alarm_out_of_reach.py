"""An alarm at a number of tasks that the service never has."""

from tests.policies.programs import mutated

mutated("aws:cloudwatch/metricAlarm:MetricAlarm", name="evenkeel-production-at-max", threshold=9)
