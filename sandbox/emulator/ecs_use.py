"""What tasks use of their CPU and memory: told for simulated ones, measured for real ones.

`POST /_evenkeel/use` tells it, for one service from now on: `{"account", "region", "cluster",
"service", "cpuTotal", "memoryEach", "tasks": {"<task id>": {"cpu", "memory"}}}`. Every value is in
percent of what one task declares. `cpuTotal` is split evenly over the RUNNING tasks without a `cpu`
of their own, `memoryEach` is of each task without a `memory` of its own; what is left out is 0.
It is kept in memory alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ministack.core.responses import get_account_id, get_region
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.emulator.ecs_records import short
from sandbox.emulator.wire import Record

FULL = 100.0  # percent: Fargate gives a task no more than it declares


class UseError(ValueError):
    """The body of a call is not what it must be; the message says where."""


@dataclass(frozen=True)
class Used:
    """What a task uses, in percent of what it declares, 0 to FULL."""

    cpu: float
    memory: float


class _OfTask(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    cpu: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    memory: float | None = Field(default=None, ge=0, allow_inf_nan=False)


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    account: str = Field(pattern=r"^\d{12}$")
    region: str
    cluster: str
    service: str
    cpu_total: float | None = Field(default=None, alias="cpuTotal", ge=0, allow_inf_nan=False)
    memory_each: float | None = Field(default=None, alias="memoryEach", ge=0, allow_inf_nan=False)
    tasks: Mapping[str, _OfTask] = {}


_told: dict[tuple[str, str, str, str], _Told] = {}  # by account, region, cluster and service
_NOTHING = _OfTask()


def take(body: bytes) -> None:
    """Keep what a service's simulated tasks use, in the place of the last. Raises UseError."""
    try:
        told = _Told.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UseError(f"{where or 'the body'}: {first['msg']}") from error
    _told[told.account, told.region, told.cluster, told.service] = told


def told(cluster: str, service: str, running: Iterable[Record]) -> dict[str, Used]:
    """What the service's RUNNING simulated tasks use, by ARN; in the caller's account, region."""
    arns = [str(task["taskArn"]) for task in running]
    said = _told.get((get_account_id(), get_region(), cluster, service))
    if said is None:
        return dict.fromkeys(arns, Used(0, 0))
    own = {arn: said.tasks.get(short(arn), _NOTHING) for arn in arns}
    sharers = sum(each.cpu is None for each in own.values())
    share = (said.cpu_total or 0) / max(1, sharers)
    return {
        arn: Used(
            min(FULL, share if each.cpu is None else each.cpu),
            min(FULL, (said.memory_each or 0) if each.memory is None else each.memory),
        )
        for arn, each in own.items()
    }
