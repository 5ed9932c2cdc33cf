"""How long things take, and what scaling policies ask for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.capacity import (
    FARGATE_MEMORY_MIB,
    StepAdjustment,
    cost,
    detection_time,
    idle_timeout,
    longest_leave,
    scale_in_time,
    scale_out_time,
    step_tasks,
    time_to_healthy,
    tracked_tasks,
)

STEPS = (StepAdjustment(0, 15, 1), StepAdjustment(15, 30, 3), StepAdjustment(30, None, 5))


@pytest.mark.parametrize(
    ("running", "metric", "target", "tasks"),
    [(4, 85, 70, 5), (3, 90, 70, 4), (4, 95, 60, 7), (4, 70, 70, 4), (3, 0.7, 0.7, 3)],
)
def test_target_tracking_asks_for_the_ceiling(
    running: int, metric: float, target: float, tasks: int
) -> None:
    """S2-05: ceil(running x metric / target): 4 x 85 / 70 is 5, 3 x 90 / 70 is 4."""
    assert tracked_tasks(running, metric, target) == tasks


@given(running=st.integers(1, 500), metric=st.floats(1, 100), target=st.floats(1, 100))
def test_tracked_tasks_bring_the_metric_to_the_target(
    running: int, metric: float, target: float
) -> None:
    """With the tasks asked for, the same load is at the target or below, and not with one fewer."""
    tasks = tracked_tasks(running, metric, target)
    assert running * metric / tasks <= target * (1 + 1e-6)
    assert tasks == 1 or running * metric / (tasks - 1) > target * (1 - 1e-6)


@pytest.mark.parametrize(
    ("metric", "tasks"), [(69.9, 0), (70, 1), (75, 1), (84.9, 1), (85, 3), (90, 3), (100, 5)]
)
def test_step_scaling_adds_by_distance(metric: float, tasks: int) -> None:
    """S2-06: threshold 70: 75 adds one task, 90 three, 100 five; lower edges are included."""
    assert step_tasks(70, STEPS, metric) == tasks


def test_detection_takes_the_failed_checks() -> None:
    """S3-20: two failed checks at 30 s are 60 s."""
    assert detection_time(2, 30) == 60


def test_time_to_healthy_is_warm_up_and_checks() -> None:
    """S2-14: 60 + 2 x 30 + 5 = 125 s, which the grace period must cover."""
    assert time_to_healthy(60, 2, 30, 5) == 125


def test_leaving_takes_the_longer_drain_and_the_stop() -> None:
    """S0-17: of two target groups the longer drain counts, then stopTimeout."""
    assert longest_leave((60, 300), 30) == 330


@pytest.mark.parametrize(
    ("longest_request", "ping", "seconds"),
    [(30, None, 60), (30, 25, 60), (30, 40, 90), (100, 25, 105)],
)
def test_idle_timeout_outlasts_requests_and_pings(
    longest_request: int, ping: int | None, seconds: int
) -> None:
    """max(60, request + 5, 2 x ping + 10)."""
    assert idle_timeout(longest_request, ping) == seconds


def test_scale_out_waits_for_the_alarm_the_start_and_health() -> None:
    """S2-15: 3 x 60 s of alarm, 60 s of start, 125 s to healthy."""
    assert scale_out_time(125) == 365


@pytest.mark.parametrize(
    ("tasks", "cooldown", "seconds"),
    [(0, 300, 0), (1, 300, 900), (6, 300, 2400), (3, 0, 1020), (2, 43200, 44100)],
)
def test_scale_in_takes_fifteen_minutes_and_the_cooldowns(
    tasks: int, cooldown: int, seconds: int
) -> None:
    """S3-16: 15 datapoints, then one decision a cooldown; 43,200 s hold the second."""
    assert scale_in_time(tasks, cooldown) == seconds


def test_half_a_vcpu_costs_eighteen_dollars_a_month() -> None:
    """0.5 vCPU and 1 GB for 730 hours: 18.02 USD on x86 in us-east-1."""
    assert round(cost.monthly_cost(1, 512, 1024), 2) == 18.02


@pytest.mark.parametrize(
    ("cpu", "first", "last", "count"),
    [
        (256, 512, 2048, 3),
        (512, 1024, 4096, 4),
        (1024, 2048, 8192, 7),
        (2048, 4096, 16384, 13),
        (4096, 8192, 30720, 23),
        (8192, 16384, 61440, 12),
        (16384, 32768, 122880, 12),
    ],
)
def test_fargate_sizes(cpu: int, first: int, last: int, count: int) -> None:
    """Each CPU size has the memory sizes of the ECS API reference."""
    sizes = FARGATE_MEMORY_MIB[cpu]
    assert (sizes[0], sizes[-1], len(sizes)) == (first, last, count)
