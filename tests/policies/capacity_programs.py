"""Small programs that the capacity policies accept, and their judgement by these alone."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from policies.capacity import RULES
from tests.policies.judging import STAGE, Finding, findings
from tests.support.program import register

FARGATE: Any = [{"capacity_provider": "FARGATE", "weight": 1}]


def judged(
    *resources: Callable[[], object],
    config: Mapping[str, Any] = STAGE,
    name: str = "production",
    preview: bool = True,
) -> list[Finding]:
    """What the capacity policies say of a program that registers *resources*."""

    def program() -> None:
        for resource in resources:
            resource()

    return findings(register(program, preview=preview, stage=name, config=config), RULES)


def messages(policy: str, found: Iterable[Finding]) -> list[str]:
    """What *policy* says."""
    return [finding.message for finding in found if finding.policy == policy]


def unknown(kind: type[Any] = str) -> pulumi.Output[Any]:
    """A text or number that no preview knows: it follows from another resource's ARN."""
    return aws.sns.Topic("later").arn.apply(lambda text: kind(len(text)))


def service(
    name: str = "web",
    cluster: pulumi.Input[str] | None = "web",
    ignore: tuple[str, ...] = ("desiredCount",),
    subnets: pulumi.Input[list[Any]] | None = None,
    strategies: Any = FARGATE,
    **properties: Any,
) -> aws.ecs.Service:
    """An ECS service; the compliant one when nothing is given."""
    network = {"subnets": ["subnet-0a", "subnet-0b"] if subnets is None else subnets}
    return aws.ecs.Service(
        name,
        name=name,
        cluster=cluster,
        desired_count=2,
        capacity_provider_strategies=strategies or None,
        network_configuration=properties.pop("network_configuration", network),
        opts=pulumi.ResourceOptions(ignore_changes=[*ignore]),
        **properties,
    )


def task(
    cpu: Any = "512",
    memory: Any = "1024",
    workers: str | None = "4",
    requires: tuple[str, ...] = ("FARGATE",),
    documents: pulumi.Input[str] | None = None,
) -> aws.ecs.TaskDefinition:
    """A task definition; the compliant one when nothing is given."""
    variables = [{"name": "STAGE", "value": "9"}]
    if workers is not None:
        variables.append({"name": "WEB_CONCURRENCY", "value": workers})
    containers = [{"name": "web", "image": "web", "environment": variables}, {"name": "proxy"}]
    return aws.ecs.TaskDefinition(
        "web",
        family="web",
        cpu=cpu,
        memory=memory,
        requires_compatibilities=[*requires] or None,
        container_definitions=json.dumps(containers) if documents is None else documents,
    )
