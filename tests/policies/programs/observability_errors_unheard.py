"""An alarm on errors that tells nobody."""

from tests.policies.programs import mutated

mutated(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    name="evenkeel-production-elb-5xx",
    alarm_actions=lambda _: [],
)
