"""A load balancer whose own errors no alarm watches."""

from tests.policies.programs import mutated

mutated(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    name="evenkeel-production-elb-5xx",
    metric_name="HTTPCode_ELB_3XX_Count",
)
