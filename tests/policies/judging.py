"""Runs the pack over a recorded program, and a small program that every policy accepts."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi_policy import Policy, ResourceValidationPolicy, StackValidationPolicy
from pulumi_policy.policy import _NotApplicableError

from infra.settings import load
from infra.stack import build
from policies import suppressions
from policies.pack import CATALOGUE
from policies.rules import Rule
from tests.policies.cases import Case
from tests.support.program import Program, register
from tests.support.stages import changed, config_of, shipped

IMAGE = "registry.example.com/web@sha256:" + "0" * 64

# A production stage that fits: 16 tasks in a deploy, 16 x 20 + 2 + 10 = 332 of 400.
STAGE: Mapping[str, Any] = {
    "aws:region": "eu-west-1",
    "evenkeel:tier": "production",
    "evenkeel:service": {"image": IMAGE, "port": 3000, "workers": {"count": 4}},
    "evenkeel:database": {
        "engine": "postgres",
        "instanceClass": "db.t4g.medium",
        "maxConnections": 400,
        "connectionsPerTask": 20,
        "migrationConnections": 2,
        "reservedConnections": 10,
    },
    "evenkeel:capacity": {"min": 2, "max": 8, "fargateVcpuQuota": 64},
    "evenkeel:routing": {
        "certificateArn": "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d",
        "websocket": {"path": "/socket.io"},
    },
}


@dataclass(frozen=True)
class Finding:
    """One violation."""

    policy: str
    resource: str
    message: str


class Scaling(pulumi.ComponentResource):
    """Stands for Evenkeel's own component: its children's urns bear its type."""

    def __init__(self) -> None:
        super().__init__("evenkeel:infra:Scaling", "web")


def stage(**sections: Any) -> dict[str, Any]:
    """The stage above with some keys of some sections changed: `stage(capacity={"max": 5})`."""
    changed = {}
    for name, value in sections.items():
        before = STAGE.get(f"evenkeel:{name}")
        merged = {**before, **value} if isinstance(before, dict) else value
        changed[f"evenkeel:{name}"] = merged
    return {**STAGE, **changed}


def target(
    low: pulumi.Input[int] = 2,
    high: pulumi.Input[int] = 8,
    namespace: pulumi.Input[str] = "ecs",
    parent: pulumi.Resource | None = None,
    name: str = "web",
) -> aws.appautoscaling.Target:
    """A scalable target; the compliant one when nothing is given."""
    return aws.appautoscaling.Target(
        name,
        resource_id="service/web/web",
        scalable_dimension="ecs:service:DesiredCount",
        service_namespace=namespace,
        min_capacity=low,
        max_capacity=high,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def schedule(
    low: pulumi.Input[int] | None = 4, high: pulumi.Input[int] | None = 8, namespace: str = "ecs"
) -> aws.appautoscaling.ScheduledAction:
    """A scheduled action; the compliant one when nothing is given."""
    return aws.appautoscaling.ScheduledAction(
        "morning",
        resource_id="service/web/web",
        scalable_dimension="ecs:service:DesiredCount",
        service_namespace=namespace,
        schedule="cron(0 8 ? * MON-FRI *)",
        timezone="UTC",
        scalable_target_action={"min_capacity": low, "max_capacity": high},
    )


def tracking(
    scale_in: pulumi.Input[int] | None = 300,
    scale_out: pulumi.Input[int] | None = 60,
    disable_scale_in: bool | None = None,
    namespace: str = "ecs",
) -> aws.appautoscaling.Policy:
    """A target-tracking policy; the compliant one when nothing is given."""
    return aws.appautoscaling.Policy(
        "cpu",
        policy_type="TargetTrackingScaling",
        resource_id="service/web/web",
        scalable_dimension="ecs:service:DesiredCount",
        service_namespace=namespace,
        target_tracking_scaling_policy_configuration={
            "target_value": 70,
            "predefined_metric_specification": {
                "predefined_metric_type": "ECSServiceAverageCPUUtilization"
            },
            "scale_in_cooldown": scale_in,
            "scale_out_cooldown": scale_out,
            "disable_scale_in": disable_scale_in,
        },
    )


def group(
    algorithm: pulumi.Input[str] | None = "least_outstanding_requests",
    slow_start: pulumi.Input[int] | None = None,
) -> aws.lb.TargetGroup:
    """A target group; the compliant one when nothing is given."""
    return aws.lb.TargetGroup(
        "http",
        port=80,
        protocol="HTTP",
        vpc_id="vpc-1",
        load_balancing_algorithm_type=algorithm,
        slow_start=slow_start,
        health_check={"path": "/health", "interval": 30, "timeout": 5},
    )


def findings(program: Program, rules: Iterable[Rule] = CATALOGUE) -> list[Finding]:
    """Every violation, as the engine would ask for them: resource by resource, then the plan.

    A policy that does not apply says nothing; `reasons` has why.
    """
    found: list[Finding] = []
    suppressions.seen.clear()  # as in a pack that has just started
    policies = [rule.policy() for rule in rules]
    for resource in program.arguments():
        for policy in policies:
            if isinstance(policy, ResourceValidationPolicy):
                _ask(policy, resource, found)
    for policy in policies:
        if isinstance(policy, StackValidationPolicy):
            _ask(policy, program, found)
    return found


def _ask(policy: Policy, about: Any, found: list[Finding]) -> None:
    def report(message: str, urn: str | None = None) -> None:
        assert urn, "a violation names its resource"
        found.append(Finding(policy.name, urn.rpartition("::")[2], message))

    with suppress(_NotApplicableError):
        policy.validate(about, report)  # type: ignore[attr-defined]  # both kinds have it


def reasons(program: Program, rules: Iterable[Rule] = CATALOGUE) -> dict[str, str]:
    """Why policies do not apply to *program*: identifier → reason."""
    told = {}
    for rule in rules:
        policy = rule.policy()
        everything = (
            list(program.arguments()) if isinstance(policy, ResourceValidationPolicy) else [program]
        )
        for about in everything:
            try:
                policy.validate(about, lambda *_: None)  # type: ignore[attr-defined]
            except _NotApplicableError as error:
                told[rule.name] = error.reason or ""
    return told


def judged(
    *resources: Callable[[], object],
    config: Mapping[str, Any] = STAGE,
    name: str = "production",
    preview: bool = True,
    rules: Iterable[Rule] = CATALOGUE,
) -> list[Finding]:
    """The violations of a program that registers *resources*; by *rules* alone if given."""

    def program() -> None:
        for resource in resources:
            resource()

    return findings(register(program, preview=preview, stage=name, config=config), rules)


def fired(found: Iterable[Finding]) -> set[tuple[str, str]]:
    """Which policy fired on which resource."""
    return {(finding.policy, finding.resource) for finding in found}


def planned(case: Case, *, preview: bool, fixed: bool = False) -> Program:
    """What the program of *case* registers under its stage, with the fix or without."""
    edits = {**case.edits, **case.fix} if fixed else case.edits
    settings = changed(shipped(case.stage), edits)
    source = case.source(fixed=fixed)

    def program() -> None:
        if source is None:
            build(load())
        else:
            exec(compile(source, str(case.program), "exec"), {})

    return register(program, preview=preview, stage=case.stage, config=config_of(settings))
