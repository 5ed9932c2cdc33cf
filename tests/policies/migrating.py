"""Small programs with a service and its migrations, and what single policies say of them."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from policies.resource_types import MIGRATION_RUN, ROLLOUT
from policies.rules import Rule
from tests.policies.judging import IMAGE, STAGE, findings
from tests.support.program import Program, register


def container(name: str = "web", image: str = IMAGE, **given: Any) -> dict[str, Any]:
    """A container definition as ECS reads it."""
    return {"name": name, "image": image, **given}


def service(
    *containers: dict[str, Any],
    family: str = "web",
    definitions: pulumi.Input[str] | None = None,
    task_definition: str | None = None,
    parent: pulumi.Resource | None = None,
    after: Sequence[pulumi.Resource] = (),
) -> aws.ecs.Service:
    """A service named as its family; one container that starts what its image says."""
    definition = aws.ecs.TaskDefinition(
        family,
        family=family,
        container_definitions=definitions or json.dumps(containers or [container()]),
    )
    return aws.ecs.Service(
        family,
        task_definition=task_definition or definition.arn,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[*after]),
    )


def run(
    *containers: dict[str, Any],
    phase: str = "migrate",
    family: str = "web-migration",
    task_definition: str | None = None,
    after: Sequence[pulumi.Resource] = (),
    **props: Any,
) -> pulumi.CustomResource:
    """A migration run named as its phase; bin/schema in the service's image."""
    own = containers or (container("migration", command=["bin/schema"]),)
    definition = aws.ecs.TaskDefinition(
        f"{family}-{phase}", family=family, container_definitions=json.dumps(own)
    )
    given = {"taskDefinition": task_definition or definition.arn, "phase": phase, **props}
    opts = pulumi.ResourceOptions(depends_on=[*after])
    return pulumi.CustomResource(MIGRATION_RUN, phase, given, opts)


def rollout(*after: pulumi.Resource, **props: pulumi.Input[Any]) -> pulumi.CustomResource:
    """A rollout that depends on *after*."""
    opts = pulumi.ResourceOptions(depends_on=[*after])
    return pulumi.CustomResource(ROLLOUT, "rollout", dict(props), opts)


def program(
    *resources: Callable[[], object],
    config: Mapping[str, Any] = STAGE,
    name: str = "production",
    preview: bool = True,
) -> Program:
    """The program that registers *resources*."""

    def build() -> None:
        for resource in resources:
            resource()

    return register(build, preview=preview, stage=name, config=config)


def told(rule: Rule, *resources: Callable[[], object], **given: Any) -> list[str]:
    """The messages of *rule* about the program of *resources*."""
    return [finding.message for finding in findings(program(*resources, **given), [rule])]
