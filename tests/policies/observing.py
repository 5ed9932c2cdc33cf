"""Small programs for the policies of observability, and what these say of them."""

from collections.abc import Callable
from typing import Any

import pulumi_aws as aws

from policies.observability import RULES
from tests.policies.judging import STAGE, Finding, findings
from tests.support.program import register

TOPIC = "arn:aws:sns:eu-west-1:123456789012:ops"
SERVICE = {"ClusterName": "web", "ServiceName": "web"}


def judged(
    *resources: Callable[[], object], config: Any = STAGE, preview: bool = True
) -> list[Finding]:
    """What observability's policies say of a program that registers *resources*."""

    def program() -> None:
        for resource in resources:
            resource()

    return findings(register(program, preview=preview, stage="dev", config=config), RULES)


def alarm(name: str = "at-max", **changed: Any) -> None:
    """The alarm at the maximum of 8 of the stage; *changed* properties aside."""
    given: Any = {
        "namespace": "ECS/ContainerInsights",
        "metric_name": "DesiredTaskCount",
        "dimensions": SERVICE,
        "statistic": "Maximum",
        "comparison_operator": "GreaterThanOrEqualToThreshold",
        "threshold": 8,
        "evaluation_periods": 5,
        "alarm_actions": [TOPIC],
        **changed,
    }
    aws.cloudwatch.MetricAlarm(name, **given)
