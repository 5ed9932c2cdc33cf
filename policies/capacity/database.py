"""The database holds the connections of every task that may run, and of every deploy."""

from collections.abc import Iterator

from pulumi_policy import Severity

from infra.settings import Settings
from policies import facts
from policies.capacity import advice
from policies.capacity.tasks import BOUNDED, TIMES, most_of
from policies.plan import Resource
from policies.rules import ResourceRule

SOURCE = (
    "Practices S0-11, S0-12 and S0-13. AWS: RDS and Aurora User Guides, max_connections by engine "
    "and instance class."
)
FIT_THE_DATABASE = (
    "Lower max in evenkeel:capacity (or in the schedule of this name) or connectionsPerTask in "
    "evenkeel:database, or use a database with more connections."
)


def _db_steady(resource: Resource) -> Iterator[str]:
    most = most_of(resource)
    if most is None:
        return
    settings = facts.stage()
    total = settings.budget.steady(most)
    if not total.fits:
        yield (
            f"{most} tasks {TIMES} {total.per_task} connections + {total.reserved} reserved = "
            f"{total.total} > {total.limit} ({_database(settings)}). {pool_advice(settings, most)}"
        )


def _db_surge(resource: Resource) -> Iterator[str]:
    most = most_of(resource)
    if most is None:
        return
    settings = facts.stage()
    total = settings.budget.deploying(most)
    if not total.fits:
        yield (
            f"{total.tasks} tasks during a deploy ({split(total.tasks, most)}) {TIMES} "
            f"{total.per_task} connections + {total.migration} migration + {total.reserved} "
            f"reserved = {total.total} > {total.limit} ({_database(settings)}). "
            f"{pool_advice(settings, most)}"
        )


def split(peak: int, most: int) -> str:
    """The tasks of a deploy as the stage's own and the others."""
    return f"{most} {TIMES} 2" if peak == 2 * most else f"{most} + {peak - most}"


def pool_words(settings: Settings) -> str:
    """The limit that a pool is."""
    return f"{settings.database.connections_per_task} connections a task"


def pool_advice(settings: Settings, most: int) -> str:
    """Values that pass every policy: a max for the pool as it is, and a pool for the max."""
    first = advice.max_words(settings, pool_words(settings), advice.fits_database)
    peak = advice.peak_of(settings, most)
    wanted = advice.needs(settings, peak)
    pool = advice.largest_pool(settings, peak)
    if pool is not None:
        beside = advice.listed(", with ", wanted)
        return f"{first}; at max {peak}{beside}{',' if beside else ''} the largest pool is {pool}."
    needed = f"{advice.connections(settings, peak)} connections"
    return f"{first}; max {peak} needs {advice.listed('', [needed, *wanted])}."


def _database(settings: Settings) -> str:
    database = settings.database
    declared = ", by maxConnections" if database.max_connections is not None else ""
    return f"{database.instance_class}, {database.engine}{declared}"


DB_STEADY = ResourceRule(
    name="capacity-db-steady",
    description="The database holds the connections of every task that may run.",
    protects_from=(
        "At the peak of the load, when the last task starts, the database refuses connections to "
        "all of them."
    ),
    source=SOURCE,
    types=BOUNDED,
    judge=_db_steady,
    severity=Severity.CRITICAL,
    remediation=FIT_THE_DATABASE,
)

DB_SURGE = ResourceRule(
    name="capacity-db-surge",
    description="The database holds a deploy's connections: every task alive, and a migration.",
    protects_from=(
        "A deploy under load runs old and new tasks together, and the old ones keep their pools "
        "until they have drained: the database refuses connections in the middle of it."
    ),
    source=f"{SOURCE} AWS: ECS API, DeploymentConfiguration.",
    types=BOUNDED,
    judge=_db_surge,
    severity=Severity.CRITICAL,
    remediation=FIT_THE_DATABASE,
)
