"""A step policy whose alarm tells nobody, so that nothing ever starts it."""

from tests.policies.programs import mutated

mutated(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    name="evenkeel-production-cpu-steps",
    alarm_actions=[],
)
