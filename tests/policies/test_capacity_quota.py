"""The account's Fargate quota holds every task of a deploy."""

from typing import Any

import pytest

from tests.policies.capacity_programs import judged, messages
from tests.policies.judging import fired, schedule, stage, target

QUOTA = "capacity-fargate-quota"
MIGRATIONS = {"command": ["migrate"]}
ROOMY = {"maxConnections": 5000}


def _stage(quota: int, migrations: Any = None, purchase: str = "onDemand", **more: Any) -> Any:
    """Tier staging: 8 tasks of 1 vCPU, 16 of them in a deploy."""
    return stage(
        tier="staging",
        service={"cpu": 1024, "memory": 2048},
        capacity={"fargateVcpuQuota": quota, "purchase": purchase},
        migrations=migrations,
        **more,
    )


@pytest.mark.parametrize(
    ("quota", "migrations", "purchase", "refused"),
    [
        pytest.param(16, None, "onDemand", False, id="equal to the quota"),
        pytest.param(15, None, "onDemand", True, id="one beyond it"),
        pytest.param(17, MIGRATIONS, "onDemand", False, id="with a migration, equal"),
        pytest.param(16, MIGRATIONS, "onDemand", True, id="with a migration, one beyond"),
        pytest.param(16, MIGRATIONS, "spot", False, id="a migration is on demand, never on Spot"),
        pytest.param(15, MIGRATIONS, "spot", True, id="Spot has a quota too"),
    ],
)
def test_a_deploy_fits_the_quota(quota: int, migrations: Any, purchase: str, refused: bool) -> None:
    """S3-02: 8 tasks are 16 in a deploy, and a migration beside them takes one more on demand."""
    found = judged(target, config=_stage(quota, migrations, purchase), name="staging")

    assert fired(found) == ({(QUOTA, "web")} if refused else set())


def test_the_vcpu_sum_is_in_the_message() -> None:
    """A refusal shows tasks, size, sum and quota, and both values that pass."""
    on_demand = judged(target, config=_stage(10, MIGRATIONS), name="staging")
    spot = judged(target, config=_stage(10, MIGRATIONS, "spot"), name="staging")

    assert messages(QUOTA, on_demand) == [
        "web: 16 tasks during a deploy (8 × 2) + 1 migration × 1 vCPU = 17 > 10 (quota of Fargate "
        "on demand). The largest max that fits 10 vCPU is 4; max 8 needs a fargateVcpuQuota of 17."
    ]
    assert messages(QUOTA, spot) == [
        "web: 16 tasks during a deploy (8 × 2) × 1 vCPU = 16 > 10 (quota of Fargate Spot). The "
        "largest max that fits 10 vCPU is 5; max 8 needs a fargateVcpuQuota of 16."
    ]


def test_a_part_of_a_vcpu_needs_a_whole_one() -> None:
    """S3-02: 17 tasks of a quarter of a vCPU are 4.25, so they need a quota of 5."""
    config = stage(
        service={"cpu": 256, "memory": 1024, "workers": {"count": 1}},
        capacity={"fargateVcpuQuota": 4},
        migrations=MIGRATIONS,
    )
    found = judged(target, config=config)

    assert "× 0.25 vCPU = 4.25 > 4" in messages(QUOTA, found)[0]
    assert messages(QUOTA, found)[0].endswith("max 8 needs a fargateVcpuQuota of 5.")


def test_a_schedule_is_judged_by_its_own_max() -> None:
    """S2-07: an action that raises the max past the quota is refused, whatever the target says."""
    found = judged(
        target, lambda: schedule(high=9), config=_stage(16), name="staging"
    )  # fmt: skip

    assert fired(found) == {(QUOTA, "morning")}
    assert judged(lambda: schedule(high=None), config=_stage(1), name="staging") == []
    assert judged(lambda: target(namespace="rds"), config=_stage(1), name="staging") == []


def test_a_quota_for_less_than_the_floor_leaves_the_quota_alone() -> None:
    """S3-12: where not even two tasks fit the quota, no max is named."""
    config = stage(capacity={"fargateVcpuQuota": 1})
    found = judged(target, config=config)

    assert messages(QUOTA, found)[0].endswith(
        "No max of 2 or more fits 1 vCPU; max 8 needs a fargateVcpuQuota of 8."
    )


def test_the_other_limits_are_named_too() -> None:
    """S0-14: a max for the quota that the database does not hold is not named, nor the reverse."""
    config = _stage(12, database={"maxConnections": 200})
    found = judged(target, config=config, name="staging")

    assert messages(QUOTA, found)[0].endswith(
        "The largest max that fits 12 vCPU and every other limit is 4; max 8 needs a "
        "fargateVcpuQuota of 16 and a connectionsPerTask of 11."
    )
    assert messages("capacity-db-surge", found)[0].endswith(
        "The largest max that fits 20 connections a task is 4; at max 8, with a fargateVcpuQuota "
        "of 16, the largest pool is 11."
    )


def test_a_pool_below_the_workers_is_not_named() -> None:
    """S3-11: where a pool would not hold a connection for each worker, a larger database is."""
    config = _stage(12, database={"maxConnections": 60})
    found = judged(target, config=config, name="staging")

    assert messages(QUOTA, found)[0].endswith(
        "max 8 needs a fargateVcpuQuota of 16 and a database of 332 connections."
    )
    assert messages("capacity-db-surge", found)[0].endswith(
        "max 8 needs 332 connections and a fargateVcpuQuota of 16."
    )
