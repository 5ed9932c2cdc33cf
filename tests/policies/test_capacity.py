"""Never more tasks than the database can hold."""

import pytest

from tests.policies.capacity_programs import judged, messages
from tests.policies.judging import STAGE, fired, schedule, stage, target

TIMES = "×"
PEAK = {"name": "peak", "cron": "0 8 ? * MON-FRI *", "min": 6, "max": 8}
STEADY, SURGE = "capacity-db-steady", "capacity-db-surge"


def _database(limit: int, pool: int = 20, reserved: int = 10) -> dict[str, int]:
    return {
        "maxConnections": limit,
        "connectionsPerTask": pool,
        "reservedConnections": reserved,
    }


def test_the_compliant_program_passes() -> None:
    """The factory that every mutation starts from fires nothing, at preview and at update."""
    assert judged(target, schedule) == []
    assert judged(target, schedule, preview=False) == []


@pytest.mark.parametrize(
    ("limit", "most", "refused"),
    [
        pytest.param(90, 4, False, id="S0-11: 4 of 20 at 90"),
        pytest.param(90, 5, True, id="S0-12: 5 of 20 at 90"),
        pytest.param(100, 5, True, id="S0-12: 5 of 20 at 100, no headroom"),
        pytest.param(110, 5, False, id="equal to the limit"),
        pytest.param(109, 5, True, id="one over the limit"),
    ],
)
def test_tasks_fit_the_database_at_rest(limit: int, most: int, refused: bool) -> None:
    """4 tasks of 20 fit 90 connections with 10 kept free (S0-11); 5 do not, nor at 100 (S0-12)."""
    config = stage(capacity={"max": most, "schedules": []}, database=_database(limit))
    found = judged(lambda: target(high=most), config=config)

    assert ((STEADY, "web") in fired(found)) is refused


def test_the_steady_sum_is_in_the_message() -> None:
    """A refusal shows every number of the sum, the database, and values that pass (S0-12)."""
    config = stage(capacity={"max": 5, "schedules": [PEAK]}, database=_database(90))
    found = judged(lambda: target(high=5), config=config)

    assert fired(found) == {(STEADY, "web"), (SURGE, "web")}
    assert messages(STEADY, found) == [
        f"web: 5 tasks {TIMES} 20 connections + 10 reserved = 110 > 90 "
        "(db.t4g.medium, postgres, by maxConnections). No max of 2 or more fits 20 connections a "
        "task; at max 8 the largest pool is 4."
    ]


def test_the_deploy_sum_is_in_the_message() -> None:
    """A deploy doubles the tasks: 8 of 20 need 332 connections, of which Aurora MySQL has 90."""
    aurora = {"engine": "aurora-mysql", "maxConnections": None}
    found = judged(target, config=stage(database=aurora))

    assert fired(found) == {(STEADY, "web"), (SURGE, "web")}
    assert messages(SURGE, found) == [
        f"web: 16 tasks during a deploy (8 {TIMES} 2) {TIMES} 20 connections + 2 migration + "
        "10 reserved = 332 > 90 (db.t4g.medium, aurora-mysql). No max of 2 or more fits "
        "20 connections a task; at max 8 the largest pool is 4."
    ]


def test_a_database_for_the_steady_state_alone_is_refused() -> None:
    """S0's 4 tasks of 20 fit 90 connections until the next deploy, which takes 172."""
    config = stage(capacity={"min": 1, "max": 4}, database=_database(90), tier="staging")
    found = judged(lambda: target(high=4), config=config, name="staging")

    assert fired(found) == {(SURGE, "web")}
    assert f"8 tasks during a deploy (4 {TIMES} 2)" in found[0].message
    assert "= 172 > 90" in found[0].message
    assert found[0].message.endswith(
        "The largest max that fits 20 connections a task is 1; at max 4 the largest pool is 9."
    )


@pytest.mark.parametrize("limit", [331, 332])
def test_the_deploy_sum_may_equal_the_limit(limit: int) -> None:
    """332 connections fit a limit of 332 and not one of 331."""
    found = judged(target, config=stage(database=_database(limit)))

    assert fired(found) == ({(SURGE, "web")} if limit < 332 else set())


def test_fewer_tasks_in_a_deploy_need_fewer_connections() -> None:
    """The sum follows the deploy: at 125 %, 8 old with 2 new, then 2 more while 2 leave."""
    config = stage(
        database=_database(251),
        deployment={"maximumPercent": 125},
        routing={"http": {"deregistrationDelay": 0}, "websocket": None},
        service={"stopTimeoutSeconds": 10},
    )
    found = judged(target, config=config)

    assert f"12 tasks during a deploy (8 + 4) {TIMES} 20" in found[0].message
    assert "= 252 > 251" in found[0].message


def test_a_schedule_is_judged_alone() -> None:
    """A schedule that raises max past the database is refused, whatever the target says."""
    found = judged(target, lambda: schedule(high=20))

    assert fired(found) == {(STEADY, "morning"), (SURGE, "morning")}
    assert f"40 tasks during a deploy (20 {TIMES} 2)" in messages(SURGE, found)[0]
    assert "at max 20 the largest pool is 9." in messages(SURGE, found)[0]


def test_a_schedule_may_leave_bounds_as_they_are() -> None:
    """A scheduled action that sets one bound is judged by that one."""
    assert judged(lambda: schedule(low=None)) == []
    assert judged(lambda: schedule(high=None)) == []
    assert fired(judged(lambda: schedule(low=None, high=10))) == {(SURGE, "morning")}


def test_a_larger_database_is_named_where_no_pool_fits() -> None:
    """When every worker keeps one connection and that is too much, the limit needed is named."""
    config = stage(
        service={"workers": {"count": 8, "memoryMiB": 32}}, database=_database(90, pool=8)
    )
    found = judged(target, config=config)

    assert fired(found) == {(SURGE, "web")}
    assert found[0].message.endswith("; max 8 needs 140 connections.")
    config["evenkeel:database"]["maxConnections"] = 140
    assert judged(target, config=config) == []


@pytest.mark.parametrize(
    ("limit", "advice"),
    [(252, "is 6; at max"), (251, "is 5, with no min above it (now 6); at max")],
)
def test_a_max_below_a_planned_minimum_says_so(limit: int, advice: str) -> None:
    """Where lowering max alone would contradict a minimum, the message says what goes with it."""
    config = stage(capacity={"schedules": [PEAK]}, database=_database(limit))
    found = judged(target, config=config)

    assert fired(found) == {(SURGE, "web")}
    assert f"The largest max that fits 20 connections a task {advice}" in found[0].message


@pytest.mark.parametrize("changed", [{}, {"connectionsPerTask": 4}])
def test_the_pool_that_a_message_names_passes(changed: dict[str, int]) -> None:
    """Taken literally, the fix of the example message satisfies the whole pack."""
    aurora = {"engine": "aurora-mysql", "maxConnections": None, **changed}

    assert (judged(target, config=stage(database=aurora)) == []) is bool(changed)


def test_other_services_are_left_alone() -> None:
    """A DynamoDB table's or an Aurora replica's target says nothing about tasks."""
    assert judged(lambda: target(low=0, high=40_000, namespace="dynamodb")) == []
    assert judged(lambda: schedule(low=0, high=40_000, namespace="rds"), config=STAGE) == []


def test_the_base_that_a_schedule_hides_is_judged() -> None:
    """S0-12: the target carries a schedule's max of 8 now; the stage's own of 10 comes back."""
    hidden = judged(target, config=stage(capacity={"max": 10}))
    carried = judged(lambda: target(high=10), config=stage(capacity={"max": 8}))

    assert fired(hidden) == fired(carried) == {(SURGE, "web")}
    assert "(10 × 2)" in hidden[0].message
