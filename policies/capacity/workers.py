"""A task has the memory that its worker processes take."""

import json
from collections.abc import Iterator

from pulumi_policy import Severity

from infra.capacity import FARGATE_MEMORY_MIB
from infra.settings import Settings
from policies import facts
from policies.capacity.task_size import size
from policies.capacity.tasks import TIMES
from policies.plan import Resource
from policies.resource_types import TASK_DEFINITION
from policies.rules import ResourceRule

WORKERS = "WEB_CONCURRENCY"


def _workers_fit(resource: Resource) -> Iterator[str]:
    settings = facts.stage()
    count = _workers(resource)
    if not count:
        return
    each, memory = settings.service.workers.memory_mib, size(resource, "memory")
    if count * each > memory:
        yield (
            f"{count} workers ({WORKERS}) {TIMES} {each} MiB = {count * each} MiB > {memory} MiB, "
            f"the task's memory. {_advice(settings, memory // each, count * each)}."
        )


def _workers(resource: Resource) -> int:
    containers = json.loads(resource.props["containerDefinitions"])
    return sum(
        int(variable["value"])
        for container in containers
        for variable in container.get("environment") or []
        if variable["name"] == WORKERS
    )


def _advice(settings: Settings, fitting: int, needed: int) -> str:
    cpu = settings.service.cpu
    memory = next((size for size in FARGATE_MEMORY_MIB[cpu] if size >= needed), None)
    advised = [f"a workers.count of {fitting} passes"] if fitting else []
    if memory is not None:
        advised.append(f"a memory of {memory} passes")
    if not advised:
        advised = [f"no memory that Fargate has for cpu {cpu} holds one worker"]
    text = "; ".join(advised)
    return text[0].upper() + text[1:]


WORKERS_FIT = ResourceRule(
    name="capacity-workers-fit",
    description="A task's worker processes fit its memory.",
    protects_from=(
        "Under load every worker grows to its full size, the kernel kills the container, and the "
        "load of the lost task moves to the next."
    ),
    source="Practice S3-11.",
    types={TASK_DEFINITION},
    judge=_workers_fit,
    severity=Severity.HIGH,
    remediation=(
        "Lower workers.count or raise memory in evenkeel:service; elsewhere WEB_CONCURRENCY or "
        "the task definition's memory."
    ),
)
