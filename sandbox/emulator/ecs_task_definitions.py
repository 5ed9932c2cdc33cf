"""Task definitions: families, revisions, and the rules of Fargate."""

import json
from typing import Any

from ministack.core.responses import get_account_id

from sandbox.emulator.ecs_records import (
    arn,
    definition,
    definitions,
    now,
    services,
    tag_list,
    tags,
)
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

# CPU units -> MiB of memory (RegisterTaskDefinitionRequest.memory)
_MEMORY = {
    256: (512, 1024, 2048),
    512: range(1024, 4097, 1024),
    1024: range(2048, 8193, 1024),
    2048: range(4096, 16385, 1024),
    4096: range(8192, 30721, 1024),
    8192: range(16384, 61441, 4096),
    16384: range(32768, 122881, 8192),
}
_STOP_TIMEOUT = (2, 120)


def register(request: Record) -> Record:
    """RegisterTaskDefinition: the family's next revision."""
    _check(request)
    family = request["family"]
    revisions = [int(revision) for (name, revision) in definitions.keys() if name == family]  # noqa: SIM118
    revision = max(revisions, default=0) + 1
    name = arn(f"task-definition/{family}:{revision}")
    record = {
        **{n: v for n, v in request.items() if n != "tags"},
        "taskDefinitionArn": name,
        "revision": revision,
        "status": "ACTIVE",
        "containerDefinitions": [_whole(c, request) for c in request["containerDefinitions"]],
        "volumes": request.get("volumes", []),
        "placementConstraints": request.get("placementConstraints", []),
        "requiresCompatibilities": request.get("requiresCompatibilities", []),
        "compatibilities": ["EC2", "FARGATE"],
        "registeredAt": now(),
        "registeredBy": f"arn:aws:iam::{get_account_id()}:root",
    }
    definitions[family, revision] = record
    tags[name] = request.get("tags", [])
    return {"taskDefinition": record, "tags": tag_list(name)}


def describe(request: Record) -> Record:
    """DescribeTaskDefinition; inactive ones too."""
    record = _known(request["taskDefinition"])
    answer: Record = {"taskDefinition": record}
    if "TAGS" in request.get("include", []):
        answer["tags"] = tag_list(record["taskDefinitionArn"])
    return answer


def deregister(request: Record) -> Record:
    """DeregisterTaskDefinition: INACTIVE, and still describable."""
    if ":" not in request["taskDefinition"].rpartition("/")[2]:
        raise Refusal("InvalidParameterException", "Missing revision")
    record = _known(request["taskDefinition"])
    record.update(status="INACTIVE", deregisteredAt=now())
    return {"taskDefinition": record}


def delete(request: Record) -> Record:
    """DeleteTaskDefinitions; only inactive ones, and gone when nothing uses them."""
    gone, failures = [], []
    for name in request["taskDefinitions"]:
        record = definition(name)
        if record is None or record["status"] == "ACTIVE":
            reason = (
                "The specified task definition is still in ACTIVE status. Please deregister the"
                " target and try again."
            )
            failures.append({"arn": name, "reason": reason if record else "MISSING"})
            continue
        used = any(
            d["taskDefinition"] == record["taskDefinitionArn"]
            for s in services.values()
            for d in s["deployments"]
        )
        record.update(status="DELETE_IN_PROGRESS", deleteRequestedAt=now())
        if not used:
            definitions.pop((record["family"], record["revision"]))
            tags.pop(record["taskDefinitionArn"], None)
        gone.append(record)
    return {"taskDefinitions": gone, "failures": failures}


def listed(request: Record) -> Record:
    """ListTaskDefinitions by family prefix and status, in order."""
    prefix, status = request.get("familyPrefix"), request.get("status", "ACTIVE")
    found = [
        d
        for (family, _), d in definitions.items()
        if d["status"] == status and prefix in (None, family)
    ]
    found.sort(key=lambda d: (d["family"], d["revision"]), reverse=request.get("sort") == "DESC")
    return _page([d["taskDefinitionArn"] for d in found], request, "taskDefinitionArns")


def families(request: Record) -> Record:
    """ListTaskDefinitionFamilies."""
    prefix, status = request.get("familyPrefix", ""), request.get("status", "ACTIVE")
    live = {d["family"] for d in definitions.values() if d["status"] == "ACTIVE"}
    every = {d["family"] for d in definitions.values()}
    wanted = {"ACTIVE": live, "INACTIVE": every - live}.get(status, every)
    return _page(sorted(f for f in wanted if f.startswith(prefix)), request, "families")


def _page(found: list[str], request: Record, result: str) -> Record:
    start = int(request.get("nextToken", "0"))
    end = start + request.get("maxResults", 100)
    more = {"nextToken": str(end)} if end < len(found) else {}
    return {result: found[start:end], **more}


def _known(name: str) -> Record:
    record = definition(name)
    if record is None:
        raise Refusal("ClientException", "Unable to describe task definition.")
    return record


def _whole(container: Record, request: Record) -> Record:
    """A container definition with the members that AWS fills in."""
    ports: list[Any] = [
        {"protocol": "tcp", "hostPort": port["containerPort"], **port}
        for port in container.get("portMappings", [])
    ]
    empty = ("environment", "mountPoints", "volumesFrom", "systemControls")
    whole = {"cpu": 0, "essential": True, **{n: [] for n in empty}, **container}
    if request.get("networkMode") == "awsvpc" or ports:
        whole["portMappings"] = ports
    return whole


def _check(request: Record) -> None:
    names = [container.get("name") for container in request["containerDefinitions"]]
    if not names or None in names or len(set(names)) < len(names):
        raise _client("Container definitions must have unique names.")
    if any(not container.get("image") for container in request["containerDefinitions"]):
        raise _client("Container.image should not be null or empty.")
    if len(json.dumps(request)) > 65536:
        raise _client("The size of the task definition exceeds 64 KB.")
    if "FARGATE" in request.get("requiresCompatibilities", []):
        _check_fargate(request)


def _check_fargate(request: Record) -> None:
    if request.get("networkMode") != "awsvpc":
        raise _client("Fargate only supports network mode 'awsvpc'.")
    if "cpu" not in request or "memory" not in request:
        raise _client(
            "Fargate requires task definition to have cpu and memory defined at task level."
        )
    cpu, memory = request["cpu"], request["memory"]
    if not cpu.isdigit() or int(cpu) not in _MEMORY:
        raise _client(f"Invalid 'cpu' setting for task. CPU was {cpu}.")
    if not memory.isdigit() or int(memory) not in _MEMORY[int(cpu)]:
        raise _client(
            "No Fargate configuration exists for given values:"
            f" {cpu} CPU, {memory} memory. See the Amazon ECS documentation for valid values."
        )
    storage = request.get("ephemeralStorage", {}).get("sizeInGiB", 21)
    if not 21 <= storage <= 200:
        raise _client(f"Ephemeral storage of {storage} GiB is not between 21 and 200 GiB.")
    for container in request["containerDefinitions"]:
        _check_container(container, request)


def _check_container(container: Record, request: Record) -> None:
    low, high = _STOP_TIMEOUT
    timeout = container.get("stopTimeout", low)
    if not low <= timeout <= high:
        raise _client(
            f"Container {container['name']} has a stopTimeout of {timeout};"
            f" Fargate takes {low} to {high} seconds."
        )
    if container.get("secrets") and not request.get("executionRoleArn"):
        raise _client(
            "When you are specifying container secrets, you must also specify a value for"
            " 'executionRoleArn'."
        )


def _client(message: str) -> Refusal:
    return Refusal("ClientException", message)
