"""What AWS refuses in a task definition."""

import json
import re
from typing import Any

from sandbox.provider.resource_type import rule
from sandbox.provider.values import Properties

# CPU units → lowest, highest memory and step, in MiB; the smallest size has its own list.
# Source: BC:ecs/RegisterTaskDefinitionRequest.memory.
_FARGATE = {
    512: (1024, 4096, 1024), 1024: (2048, 8192, 1024), 2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024), 8192: (16384, 61440, 4096), 16384: (32768, 122880, 8192),
}  # fmt: skip


_SMALLEST = (512, 1024, 2048)


# Container health check: lowest and highest. Source: BC:ecs/HealthCheck.
_CHECK = {"interval": (5, 300), "timeout": (2, 60), "retries": (1, 10), "startPeriod": (0, 300)}


def _size(text: Any) -> int | None:
    """`1024`, `1 vCPU` or `2 GB` in units; None where it is none of them."""
    match = re.fullmatch(r"([\d.]+)\s*(vcpu|gb|)", str(text).strip().lower())
    if not match:
        return None
    return int(float(match[1]) * 1024) if match[2] else int(float(match[1]))


def _fargate(inputs: Properties) -> bool:
    return "FARGATE" in (inputs.get("requiresCompatibilities") or [])


@rule(
    "cpu", "memory", "requiresCompatibilities",
    what="CPU and memory are a pair that Fargate has",
    source="BC:ecs/RegisterTaskDefinitionRequest.memory; task-cpu-memory-error page",
)  # fmt: skip
def _pair(inputs: Properties) -> str | None:
    if not _fargate(inputs):
        return None
    cpu, memory = _size(inputs.get("cpu")), _size(inputs.get("memory"))
    if cpu != 256 and cpu not in _FARGATE:
        return f"ClientException: Invalid 'cpu' setting for task: {inputs.get('cpu')}"
    low, high, step = _FARGATE.get(cpu, (0, 0, 1))
    fits = memory in _SMALLEST if cpu == 256 else memory in range(low, high + 1, step)
    if fits:
        return None
    allowed = f"{low} to {high} in steps of {step}" if cpu != 256 else "512, 1024 or 2048"
    return (
        f"ClientException: No Fargate configuration exists for given values: {cpu} CPU, "
        f"{inputs.get('memory')} memory; with this CPU memory is {allowed} MiB"
    )


@rule(
    "networkMode", "requiresCompatibilities",
    what="Fargate needs network mode awsvpc",
    source="BC:ecs/RegisterTaskDefinitionRequest.networkMode",
)  # fmt: skip
def _awsvpc(inputs: Properties) -> str | None:
    if _fargate(inputs) and inputs.get("networkMode") != "awsvpc":
        return "ClientException: Fargate only supports network mode 'awsvpc'."
    return None


@rule(
    "executionRoleArn", "containerDefinitions", "requiresCompatibilities",
    what="Fargate needs an execution role for secrets and awslogs",
    source="AWS's ClientException; ECS developer guide, task execution role",
)  # fmt: skip
def _execution_role(inputs: Properties) -> str | None:
    if not _fargate(inputs) or inputs.get("executionRoleArn"):
        return None
    for container in declared_containers(inputs):
        driver = (container.get("logConfiguration") or {}).get("logDriver")
        if driver == "awslogs":
            return (
                "ClientException: Fargate requires task definition to have execution role ARN to "
                "support log driver awslogs."
            )
        if container.get("secrets"):
            return (
                "ClientException: When you are specifying container secrets, you must also "
                "specify a value for 'executionRoleArn'."
            )
    return None


@rule("ephemeralStorage", what="ephemeral storage 21-200 GiB", source="BC:ecs/EphemeralStorage")
def _storage(inputs: Properties) -> str | None:
    size = (inputs.get("ephemeralStorage") or {}).get("sizeInGib")
    if size is None or 21 <= size <= 200:
        return None
    return f"ClientException: ephemeralStorage.sizeInGiB must be between 21 and 200, not {size}"


@rule(
    "containerDefinitions",
    what="containers: JSON list, unique names, one essential, stopTimeout 2-120, host port equal, "
    "health check ranges, dependsOn and secrets complete",
    source="BC:ecs/ContainerDefinition, HealthCheck; RegisterTaskDefinition's ClientExceptions",
)
def _containers_fault(inputs: Properties) -> str | None:
    try:
        containers = json.loads(inputs["containerDefinitions"])
    except ValueError as error:
        return f"ClientException: ECS Task Definition container_definitions is invalid: {error}"
    if not isinstance(containers, list) or not containers:
        return "ClientException: Container list cannot be empty."
    names = [container.get("name") for container in containers]
    if len(set(names)) < len(names):
        return "ClientException: Container names must be unique in a task definition."
    if not any(container.get("essential", True) for container in containers):
        return (
            "ClientException: Invalid 'essential' setting for container: at least one is essential."
        )
    return next((said for c in containers if (said := _container_fault(c, names, inputs))), None)


def _container_fault(container: Any, names: list[Any], inputs: Properties) -> str | None:
    name = container.get("name")
    if not container.get("image"):
        return f"ClientException: Container.image should not be null or empty ({name})."
    stop = container.get("stopTimeout")
    if _fargate(inputs) and stop is not None and not 2 <= stop <= 120:
        return (
            f"ClientException: Invalid 'stopTimeout' setting for container {name}: {stop}; on "
            "Fargate it is 2 to 120 seconds."
        )
    for mapping in container.get("portMappings") or []:
        host = mapping.get("hostPort")
        if inputs.get("networkMode") == "awsvpc" and host not in (None, mapping["containerPort"]):
            return (
                "ClientException: When networkMode=awsvpc, the host ports and container ports in "
                "port mappings must match."
            )
    check = container.get("healthCheck") or {}
    for field, (low, high) in _CHECK.items():
        if field in check and not low <= check[field] <= high:
            return (
                f"ClientException: Invalid healthCheck.{field} of container {name}: "
                f"{check[field]}; it is {low} to {high}."
            )
    if check and not check.get("command"):
        return f"ClientException: healthCheck of container {name} needs a command."
    for other in container.get("dependsOn") or []:
        if other.get("containerName") not in names or other.get("containerName") == name:
            return (
                f"ClientException: Container '{name}' depends on '{other.get('containerName')}', "
                "which is no other container of the task."
            )
    for secret in container.get("secrets") or []:
        if not secret.get("name") or not secret.get("valueFrom"):
            return f"ClientException: a secret of container {name} needs name and valueFrom."
    return None


@rule(
    "containerDefinitions", "memory",
    what="the containers' memory fits the task's; reservation at most the limit",
    source="RegisterTaskDefinition's ClientExceptions",
)  # fmt: skip
def _memory_fits(inputs: Properties) -> str | None:
    total = _size(inputs.get("memory"))
    wanted = 0
    for container in declared_containers(inputs):
        hard, soft = container.get("memory"), container.get("memoryReservation")
        if hard and soft and soft > hard:
            return (
                "ClientException: Invalid setting for container. The memory limit must be "
                "greater than or equal to the memory reservation."
            )
        wanted += soft or hard or 0
    if total and wanted > total:
        return (
            f"ClientException: Invalid 'memory' setting for task: the containers want {wanted} "
            f"MiB, the task has {total}"
        )
    return None


def declared_containers(inputs: Properties) -> list[dict[str, Any]]:
    try:
        found = json.loads(inputs.get("containerDefinitions") or "[]")
    except ValueError:
        return []
    return found if isinstance(found, list) else []


RULES = (
    _pair,
    _awsvpc,
    _execution_role,
    _storage,
    _containers_fault,
    _memory_fits,
)
