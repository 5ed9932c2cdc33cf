"""A task has a size that Fargate has."""

from collections.abc import Iterator

from pulumi_policy import Severity

from infra.capacity import FARGATE_MEMORY_MIB, smallest_size
from policies.plan import Resource
from policies.resource_types import TASK_DEFINITION
from policies.rules import ResourceRule

# The ECS API takes "1024" and "1 vCPU", "2048" and "2 GB"; the words count 1,024 each.
UNITS = {"": 1, "vcpu": 1024, "gb": 1024}
LARGEST_CPU = max(FARGATE_MEMORY_MIB)


def _task_size(resource: Resource) -> Iterator[str]:
    if "FARGATE" not in (resource.props.get("requiresCompatibilities") or []):
        return
    cpu, memory = size(resource, "cpu"), size(resource, "memory")
    if memory in FARGATE_MEMORY_MIB.get(cpu, ()):
        return
    largest = (LARGEST_CPU, FARGATE_MEMORY_MIB[LARGEST_CPU][-1])
    units, mib = smallest_size(cpu, memory) or largest
    yield (
        f"cpu {_shown(cpu)} with memory {_shown(memory)}: Fargate has {_sizes(cpu)}. A cpu of "
        f"{units} with a memory of {mib} passes."
    )


def size(resource: Resource, key: str) -> int:
    """CPU units or MiB of a task; 0: not given. Raises ValueError for anything else."""
    text = str(resource.props.get(key) or "").lower().replace(" ", "")
    number = text.rstrip("vcpugb")
    return round(float(number) * UNITS[text[len(number) :]]) if text else 0


def _shown(given: int) -> str:
    return str(given) if given else "not given"


def _sizes(cpu: int) -> str:
    sizes = FARGATE_MEMORY_MIB.get(cpu)
    if sizes is None:
        return f"cpu {', '.join(map(str, FARGATE_MEMORY_MIB))}"
    if len(sizes) == 3:
        return f"{', '.join(map(str, sizes))} MiB for it"
    return f"{sizes[0]} to {sizes[-1]} MiB in steps of {sizes[1] - sizes[0]} for it"


TASK_SIZE = ResourceRule(
    name="capacity-task-size",
    description="A Fargate task has a pair of CPU and memory that Fargate has.",
    protects_from=(
        "A preview takes any pair; AWS refuses a wrong one at the update, when other resources "
        "have changed already."
    ),
    source="AWS: ECS API, RegisterTaskDefinition, cpu and memory.",
    types={TASK_DEFINITION},
    judge=_task_size,
    severity=Severity.MEDIUM,
    remediation=(
        "Choose cpu and memory in evenkeel:service, or of the task definition, from the table in "
        "RegisterTaskDefinition."
    ),
)
