"""Small programs around one scaled service, and what the rules of two areas say of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.settings import Settings
from infra.stack import build
from policies.rules import Rule
from tests.policies.judging import STAGE, Finding, findings, reasons
from tests.support.program import Program, register
from tests.support.stages import config_of

CPU, MEMORY = "ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization"
REQUESTS = "ALBRequestCountPerTarget"
SERVICE = "service/web/web"
Bound = str | None


def unknown(kind: Callable[[int], Any] = int) -> pulumi.Output[Any]:
    """A value that no preview knows: it follows from another resource's ARN."""
    return aws.sns.Topic("later").arn.apply(lambda text: kind(len(text)))


def tracked(
    name: str = "cpu",
    metric: pulumi.Input[str] = CPU,
    target: pulumi.Input[float] = 60,
    *,
    scale_in: pulumi.Input[int] | None = 300,
    scale_out: pulumi.Input[int] | None = 60,
    disable_scale_in: pulumi.Input[bool] | None = None,
    label: pulumi.Input[str] | None = None,
    own: Any = None,
    namespace: pulumi.Input[str] = "ecs",
    service: pulumi.Input[str] = SERVICE,
) -> aws.appautoscaling.Policy:
    """A target-tracking policy; the compliant one when nothing is given. *own*: a custom metric."""
    predefined = {"predefined_metric_type": metric, "resource_label": label}
    config: Any = {
        "target_value": target,
        "predefined_metric_specification": None if own else predefined,
        "customized_metric_specification": own,
        "scale_in_cooldown": scale_in,
        "scale_out_cooldown": scale_out,
        "disable_scale_in": disable_scale_in,
    }
    return aws.appautoscaling.Policy(
        name,
        policy_type="TargetTrackingScaling",
        resource_id=service,
        scalable_dimension="ecs:service:DesiredCount",
        service_namespace=namespace,
        target_tracking_scaling_policy_configuration=config,
    )


def stepped(
    *steps: tuple[Bound, Bound, pulumi.Input[int]],
    kind: pulumi.Input[str] | None = "ChangeInCapacity",
    namespace: str = "ecs",
    alarm: bool = True,
) -> aws.appautoscaling.Policy:
    """A step policy of these (lower bound, upper bound, adjustment), and an alarm for it."""
    policy = aws.appautoscaling.Policy(
        "burst",
        policy_type="StepScaling",
        resource_id=SERVICE,
        scalable_dimension="ecs:service:DesiredCount",
        service_namespace=namespace,
        step_scaling_policy_configuration={
            "adjustment_type": kind,
            "cooldown": 60,
            "step_adjustments": [
                {
                    "metric_interval_lower_bound": lower,
                    "metric_interval_upper_bound": upper,
                    "scaling_adjustment": add,
                }
                for lower, upper, add in steps
            ],
        },
    )
    if alarm:
        aws.cloudwatch.MetricAlarm(
            "burst",
            comparison_operator="GreaterThanOrEqualToThreshold",
            evaluation_periods=1,
            alarm_actions=["arn:aws:sns:eu-west-1:123456789012:ops", policy.arn],
        )
    return policy


def program(
    *resources: Callable[[], object],
    config: Mapping[str, Any] = STAGE,
    name: str = "production",
    preview: bool = True,
) -> Program:
    """The program that registers *resources* under a stage."""

    def registering() -> None:
        for resource in resources:
            resource()

    return register(registering, preview=preview, stage=name, config=config)


def verdict(
    rules: Rule | Sequence[Rule], *resources: Callable[[], object], **how: Any
) -> list[str]:
    """What *rules* say of the program with *resources*: the messages, in order."""
    judging = rules if isinstance(rules, Sequence) else [rules]
    return [finding.message for finding in findings(program(*resources, **how), judging)]


def applies(rule: Rule, *resources: Callable[[], object], **how: Any) -> bool:
    """Whether *rule* has anything to judge in the program, or says that it does not apply."""
    return rule.name not in reasons(program(*resources, **how), [rule])


def of_stage(settings: Settings, rules: Iterable[Rule], *, preview: bool = True) -> list[Finding]:
    """What *rules* say of Evenkeel's own program under *settings*."""
    built = register(
        lambda: build(settings),
        preview=preview,
        stage=settings.stage,
        config=config_of(settings),
    )
    return findings(built, rules)
