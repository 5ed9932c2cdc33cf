"""Capacity: enough tasks to survive, and never more than the database can hold."""

from collections.abc import Callable, Iterator

from pulumi_policy import ResourceValidationArgs, Severity

from infra.settings import Settings
from policies.resource_types import ECS, SCALABLE_TARGET, SCHEDULED_ACTION
from policies.support import resource_policy, stage

TIMES = "×"
# One task is an outage with every crash, every deploy of a bad image and every zone that fails;
# two are the least in production (practice S3-12), and no service scales to nothing (S2-10).
PRODUCTION_FLOOR = 2
FLOOR_ELSEWHERE = 1
BOUNDED = {SCALABLE_TARGET, SCHEDULED_ACTION}
FIT_THE_DATABASE = (
    "Lower max in evenkeel:capacity (or in the schedule of this name) or connectionsPerTask in "
    "evenkeel:database, or use a database with more connections."
)


def _floor(resource: ResourceValidationArgs) -> Iterator[str]:
    for key in ("minCapacity", "maxCapacity"):
        tasks = _bound(resource, key, min)
        if tasks is None:
            continue
        settings = stage()
        floor = _least(settings)
        if tasks < floor:
            advice = f"A min of {floor} passes" if key == "minCapacity" else _largest_max(settings)
            yield f"{key} {tasks} < {floor}, the least in tier {settings.tier}. {advice}."


def _db_steady(resource: ResourceValidationArgs) -> Iterator[str]:
    most = _bound(resource, "maxCapacity", max)
    if most is None:
        return
    settings = stage()
    total = settings.budget.steady(most)
    if not total.fits:
        yield (
            f"{most} tasks {TIMES} {total.per_task} connections + {total.reserved} reserved = "
            f"{total.total} > {total.limit} ({_database(settings)}). {_advice(settings, most)}"
        )


def _db_surge(resource: ResourceValidationArgs) -> Iterator[str]:
    most = _bound(resource, "maxCapacity", max)
    if most is None:
        return
    settings = stage()
    total = settings.budget.deploying(most)
    if not total.fits:
        yield (
            f"{total.tasks} tasks during a deploy ({_split(total.tasks, most)}) {TIMES} "
            f"{total.per_task} connections + {total.migration} migration + {total.reserved} "
            f"reserved = {total.total} > {total.limit} ({_database(settings)}). "
            f"{_advice(settings, most)}"
        )


def _bound(
    resource: ResourceValidationArgs, key: str, worst: Callable[[int, int], int]
) -> int | None:
    """The bound that this resource sets; None for other services, or where an action sets none.

    The target carries what is in force now, maybe a schedule's bounds. The stage's own come back
    with the schedule's end, so the worse of the two is judged.
    """
    if resource.props.get("serviceNamespace") != ECS:
        return None
    if resource.resource_type == SCALABLE_TARGET:
        own = stage().capacity
        return worst(int(resource.props[key]), own.min if key == "minCapacity" else own.max)
    value = resource.props["scalableTargetAction"].get(key)
    return None if value is None else int(value)


def _least(settings: Settings) -> int:
    return PRODUCTION_FLOOR if settings.tier == "production" else FLOOR_ELSEWHERE


def _split(tasks: int, most: int) -> str:
    return f"{most} {TIMES} 2" if tasks == 2 * most else f"{most} + {tasks - most}"


def _database(settings: Settings) -> str:
    database = settings.database
    declared = ", by maxConnections" if database.max_connections is not None else ""
    return f"{database.instance_class}, {database.engine}{declared}"


def _advice(settings: Settings, most: int) -> str:
    """Values that pass every policy: a max for the pool as it is, and a pool for the max."""
    capacity = settings.capacity
    peak = max(most, *(bounds.max for bounds in (capacity, *capacity.schedules)))
    pool = settings.budget.largest_pool(peak)
    if pool >= settings.service.workers.count:
        return f"{_largest_max(settings)}; at max {peak} the largest pool is {pool}."
    needed = settings.budget.deploying(peak).total
    return f"{_largest_max(settings)}; max {peak} needs {needed} connections."


def _largest_max(settings: Settings) -> str:
    capacity, pool = settings.capacity, settings.database.connections_per_task
    most, floor = settings.budget.largest_max, _least(settings)
    if most < floor:
        return f"No max of {floor} or more fits {pool} connections a task"
    planned = max(bounds.min for bounds in (capacity, *capacity.schedules))
    lower = f", with no min above it (now {planned})" if planned > most else ""
    return f"The largest max that fits {pool} connections a task is {most}{lower}"


FLOOR = resource_policy(
    "capacity-floor",
    "Production never runs fewer than two tasks, and no stage fewer than one.",
    types=BOUNDED,
    judge=_floor,
    severity=Severity.CRITICAL,
    remediation="Raise min (and max) in evenkeel:capacity, or in the schedule of this name.",
)

DB_STEADY = resource_policy(
    "capacity-db-steady",
    "The database holds the connections of every task that may run.",
    types=BOUNDED,
    judge=_db_steady,
    severity=Severity.CRITICAL,
    remediation=FIT_THE_DATABASE,
)

DB_SURGE = resource_policy(
    "capacity-db-surge",
    "The database holds the connections of a deploy: new, old and leaving tasks, and a migration.",
    types=BOUNDED,
    judge=_db_surge,
    severity=Severity.CRITICAL,
    remediation=FIT_THE_DATABASE,
)
