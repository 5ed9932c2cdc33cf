"""ECS: task definitions; each change registers a new revision."""

import json
from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.ecs.clusters import RETAG
from sandbox.provider.ecs.task_definition_limits import RULES, declared_containers
from sandbox.provider.requests import Request, request, translated
from sandbox.provider.resource_type import ResourceType, nothing_in_place
from sandbox.provider.tags import as_list, from_list
from sandbox.provider.values import UNKNOWN, Properties, is_known


def _request(inputs: Properties) -> Iterator[Request]:
    given = inputs.get("containerDefinitions")
    containers: Any = UNKNOWN
    if is_known(given):
        containers = translated("ecs", "ContainerDefinitions", declared_containers(inputs))
    rest = {name: value for name, value in inputs.items() if name != "containerDefinitions"}
    yield request(
        "ecs", "RegisterTaskDefinition", rest, containerDefinitions=containers,
        tags=as_list(inputs, lower=True),
    )  # fmt: skip


def _left(aws: Aws, inputs: Properties) -> Iterator[str]:
    """The newest revision; an older one that is equal is what the stack has left behind."""
    family = inputs["family"]
    answer = aws.call(
        "ecs", "ListTaskDefinitions", familyPrefix=family, status="ACTIVE", sort="DESC"
    )
    arns = [arn for arn in answer["taskDefinitionArns"] if f"/{family}:" in arn]
    yield from arns[:1]


def _read(aws: Aws, arn: str, _inputs: Properties) -> Properties | None:
    answer = aws.found(
        "ecs", "DescribeTaskDefinition", "ClientException", taskDefinition=arn, include=["TAGS"]
    )
    if answer is None or answer["taskDefinition"].get("status") == "INACTIVE":
        return None
    found = answer["taskDefinition"]
    return {
        "family": found["family"],
        "containerDefinitions": json.dumps(found["containerDefinitions"], default=str),
        "cpu": found.get("cpu"),
        "memory": found.get("memory"),
        "networkMode": found.get("networkMode"),
        "requiresCompatibilities": found.get("requiresCompatibilities"),
        "executionRoleArn": found.get("executionRoleArn"),
        "taskRoleArn": found.get("taskRoleArn"),
        "runtimePlatform": found.get("runtimePlatform"),
        "ephemeralStorage": found.get("ephemeralStorage"),
        "volumes": found.get("volumes"),
        "pidMode": found.get("pidMode"),
        "arn": found["taskDefinitionArn"],
        "arnWithoutRevision": found["taskDefinitionArn"].rsplit(":", 1)[0],
        "revision": found["revision"],
        "tags": from_list(answer.get("tags")),
    }


def _delete(aws: Aws, arn: str, outputs: Properties) -> None:
    if not outputs.get("skipDestroy"):
        aws.found("ecs", "DeregisterTaskDefinition", "ClientException", taskDefinition=arn)


_PROPERTIES = frozenset(
    {"family", "containerDefinitions", "cpu", "memory", "networkMode", "requiresCompatibilities",
     "executionRoleArn", "taskRoleArn", "runtimePlatform", "ephemeralStorage", "volumes", "pidMode"}
)  # fmt: skip


TASK_DEFINITION = ResourceType(
    token="aws:ecs/taskDefinition:TaskDefinition",
    create=lambda aws, inputs: str(
        aws.send(next(_request(inputs)))["taskDefinition"]["taskDefinitionArn"]
    ),
    left=_left,
    read=_read,
    update=nothing_in_place,
    delete=_delete,
    requests=_request,
    properties=_PROPERTIES | {"skipDestroy", "trackLatest"},
    required=frozenset({"family", "containerDefinitions"}),
    replaces=_PROPERTIES,
    computed=frozenset({"arn", "arnWithoutRevision", "revision"}),
    sets=frozenset({"requiresCompatibilities", "volumes"}),
    unread=frozenset({"skipDestroy", "trackLatest"}),
    defaults={"skipDestroy": False, "trackLatest": False},
    retag=RETAG,
    rules=RULES,
    open=("that image, roles and secrets exist (ECS finds out at the start of a task)",
          "the resource's id is the ARN (with AWS's provider: the family)"),
)  # fmt: skip
