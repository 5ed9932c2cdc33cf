"""The connection sum and the limits it is held against."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.capacity import Budget, ConnectionSum, connection_limit, surge_tasks


def budget(
    per_task: int, limit: int, *, migration: int = 0, reserved: int = 0, healthy: int = 100,
    most: int = 200, start: int = 185, drain: int = 330,
) -> Budget:  # fmt: skip
    def surge(tasks: int):  # type: ignore[no-untyped-def]
        return surge_tasks(tasks, healthy, most, start, drain)

    return Budget(per_task, migration, reserved, limit, surge)


def test_four_tasks_of_twenty_leave_ten_of_ninety() -> None:
    """S0-11: 4 x 20 = 80 connections, headroom 10 at a limit of 90 and 20 at 100."""
    assert budget(20, 90).steady(4).headroom == 10
    assert budget(20, 100).steady(4).headroom == 20


def test_five_tasks_do_not_fit_ninety_nor_a_hundred_with_headroom() -> None:
    """S0-12: 5 x 20 = 100 is beyond 90, and beyond 100 once 10 are reserved."""
    assert not budget(20, 90).steady(5).fits
    assert not budget(20, 100, reserved=10).steady(5).fits


def test_largest_steady_max_starts_from_the_database() -> None:
    """S0-14: floor((limit - reserved) / connections per task)."""
    assert budget(20, 90, reserved=10).largest_steady_max == 4
    assert budget(20, 90, reserved=11).largest_steady_max == 3


def test_a_deployment_doubles_the_sum() -> None:
    """F2, K15: four tasks become eight at 100/200, 160 connections, and 90 refuses them."""
    deploying = budget(20, 90, migration=2, reserved=10).deploying(4)
    assert (deploying.tasks, deploying.total, deploying.headroom) == (8, 172, -82)
    assert not deploying.fits


def test_largest_max_counts_the_deployment_migration_and_reserve() -> None:
    """F3: 405 - 2 - 10 = 393 connections are 19 tasks of 20, so nine that are deployed as 18."""
    assert budget(20, 405, migration=2, reserved=10).largest_max == 9


def test_no_task_fits_a_limit_below_two_pools() -> None:
    """A database that cannot take one task and its successor has no legal max."""
    small = budget(50, 90)
    assert small.largest_max == 0
    assert small.smallest_max(1) is None


def test_a_max_that_cannot_be_deployed_is_not_legal() -> None:
    """At 100/125 three tasks can start none (floor(3.75) = 3), so four is the smallest max."""
    assert budget(1, 1000, most=125).smallest_max(2) == 4


def test_largest_pool_shares_what_a_deployment_leaves() -> None:
    """(405 - 2 - 10) / 16 tasks = 24 connections each."""
    assert budget(20, 405, migration=2, reserved=10).largest_pool(8) == 24


def test_the_sum_shows_its_numbers() -> None:
    """A message can quote the whole sum."""
    shown = str(ConnectionSum(16, 20, 2, 10, 405))
    assert shown == "16 tasks × 20 connections + 2 migration + 10 reserved = 332, limit 405"


SETTINGS = {
    "per_task": st.integers(1, 60),
    "limit": st.integers(1, 600),
    "migration": st.integers(0, 20),
    "reserved": st.integers(0, 40),
    "healthy": st.sampled_from([0, 50, 75, 100]),
    "most": st.sampled_from([110, 125, 150, 200]),
}


@given(**SETTINGS)
def test_largest_max_is_legal_and_one_more_is_not(**settings: int) -> None:
    """The largest legal max is legal, and no greater number is."""
    given_budget = budget(**settings)
    largest = given_budget.largest_max
    assert largest == 0 or given_budget.is_legal(largest)
    assert not any(given_budget.is_legal(largest + more) for more in range(1, 60))


@given(tasks=st.integers(1, 40), **SETTINGS)
def test_largest_pool_fits_and_one_more_does_not(tasks: int, **settings: int) -> None:
    """With the largest pool a deployment fits; with one connection more it does not."""
    pool = budget(**settings).largest_pool(tasks)
    assert pool == 0 or budget(**{**settings, "per_task": pool}).deploying(tasks).fits
    assert not budget(**{**settings, "per_task": pool + 1}).deploying(tasks).fits


@pytest.mark.parametrize(
    ("engine", "instance_class", "limit"),
    [
        ("aurora-mysql", "db.t4g.medium", 90),
        ("aurora-mysql", "db.r6g.xlarge", 2000),
        ("aurora-postgresql", "db.t4g.medium", 405),
        ("aurora-postgresql", "db.r6g.large", 1722),
        ("postgres", "db.t4g.medium", 405),
        ("postgres", "db.t4g.micro", 78),
        ("postgres", "db.r6g.4xlarge", 5000),
        ("mysql", "db.t4g.medium", 307),
        ("mariadb", "db.r6g.large", 648),
    ],
)
def test_limit_by_engine_and_class(engine: str, instance_class: str, limit: int) -> None:
    """F14, K14: the same class takes 90 connections on Aurora MySQL and about 400 on PostgreSQL."""
    assert connection_limit(engine, instance_class).connections == limit


@pytest.mark.parametrize(
    ("instance_class", "measured"),
    [("db.t2.small", 198), ("db.t2.medium", 413), ("db.t2.large", 856), ("db.m5.large", 856)],
)
def test_formula_stays_below_what_was_measured(instance_class: str, measured: int) -> None:
    """A PostgreSQL limit is never promised above `show max_connections` on a real instance."""
    assert 0.9 * measured <= connection_limit("postgres", instance_class).connections <= measured


def test_declared_limit_stands_before_the_table() -> None:
    """maxConnections is taken as it is, whatever the class, and named as the source."""
    declared = connection_limit("aurora-mysql", "db.serverless", 250)
    assert declared.connections == 250
    assert "maxConnections" in declared.source


@pytest.mark.parametrize(
    ("engine", "instance_class"),
    [
        ("postgres", "db.serverless"),
        ("postgres", "db.q9.large"),
        ("postgres", "db.r6g.micro"),
        ("postgres", "db.r6g.huge"),
        ("aurora-mysql", "db.t4g.small"),
        ("oracle", "db.r6g.large"),
    ],
)
def test_unknown_class_has_no_limit(engine: str, instance_class: str) -> None:
    """No limit is made up for a class without a documented one or a formula."""
    with pytest.raises(LookupError):
        connection_limit(engine, instance_class)
