"""The rolling deployment, stepped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.capacity import Surge, surge_tasks


@pytest.mark.parametrize(
    ("tasks", "healthy", "most", "start", "drain", "surge"),
    [
        # All new ones start beside the old: ready at 100, the old gone at 130.
        (4, 100, 200, 100, 30, Surge(8, 130)),
        # Room for two; each pair that is healthy lets an old pair go. Pairs at 100 and 200.
        (4, 100, 150, 100, 30, Surge(8, 230)),
        # One at a time, each gone before the next pair changes: 4 + 1 new + 1 leaving.
        (4, 100, 125, 100, 30, Surge(6, 430)),
        # Gone a second before the next pair changes, or at that very second, which still counts.
        (4, 100, 125, 100, 99, Surge(6, 499)),
        (4, 100, 125, 100, 100, Surge(7, 500)),
        # A drain of 150 outlasts a start of 100: at 200 two are leaving.
        (4, 100, 125, 100, 150, Surge(7, 550)),
        # A drain that outlasts the deployment: every old task is still alive at its end.
        (4, 100, 125, 100, 1000, Surge(8, 1400)),
        # 100 % at most: an old one stops first and drains beside its successor; the last successor
        # is healthy at 200, after the last drain.
        (2, 50, 100, 100, 30, Surge(3, 200)),
        (1, 100, 200, 60, 30, Surge(2, 90)),
    ],
)
def test_hand_worked_deployments(
    tasks: int, healthy: int, most: int, start: int, drain: int, surge: Surge
) -> None:
    """Tasks alive at the peak, and seconds to the end, worked by hand."""
    assert surge_tasks(tasks, healthy, most, start, drain) == surge


@pytest.mark.parametrize(
    ("tasks", "healthy", "most"), [(3, 100, 125), (2, 75, 100), (1, 100, 150), (8, 100, 100)]
)
def test_a_deployment_that_cannot_move_says_so(tasks: int, healthy: int, most: int) -> None:
    """125 % of 3 rounds down to 3 and 75 % of 2 up to 2: nothing may start and nothing stop."""
    surge = surge_tasks(tasks, healthy, most, 100, 30)
    assert not surge.moves
    assert surge == Surge(tasks, None)


def test_no_percentage_bounds_the_surge_below_twice_when_drains_are_long() -> None:
    """S0-11: floor(max x maximumPercent / 100) is no upper bound; 8 at 125 % live as 16."""
    assert surge_tasks(8, 100, 125, 185, 3600).tasks == 16


DEPLOYMENTS = {
    "tasks": st.integers(1, 12),
    "healthy": st.sampled_from([0, 25, 50, 75, 90, 100]),
    "most": st.sampled_from([100, 110, 125, 150, 200]),
    "start": st.integers(1, 40),
    "drain": st.integers(0, 120),
}


@given(**DEPLOYMENTS)
def test_surge_lies_between_max_and_twice_max(
    tasks: int, healthy: int, most: int, start: int, drain: int
) -> None:
    """Each old task has one successor, so never more than two generations are alive."""
    assert tasks <= surge_tasks(tasks, healthy, most, start, drain).tasks <= 2 * tasks


@given(more=st.integers(0, 60), **DEPLOYMENTS)
def test_a_longer_drain_never_lowers_the_surge(
    more: int, tasks: int, healthy: int, most: int, start: int, drain: int
) -> None:
    """Monotone in the drain, in tasks and in seconds."""
    short = surge_tasks(tasks, healthy, most, start, drain)
    long = surge_tasks(tasks, healthy, most, start, drain + more)
    assert long.tasks >= short.tasks
    assert (long.seconds or 0) >= (short.seconds or 0)


@given(sooner=st.integers(1, 40), **DEPLOYMENTS)
def test_a_quicker_start_never_lowers_the_surge(
    sooner: int, tasks: int, healthy: int, most: int, start: int, drain: int
) -> None:
    """So the quickest start bounds the connections of every deployment."""
    quick = surge_tasks(tasks, healthy, most, start, drain).tasks
    assert quick >= surge_tasks(tasks, healthy, most, start + sooner, drain).tasks


@given(more=st.integers(0, 6), **DEPLOYMENTS)
def test_more_tasks_never_lower_the_surge(
    more: int, tasks: int, healthy: int, most: int, start: int, drain: int
) -> None:
    """Fewer tasks than max in service never need more connections than max does."""
    small = surge_tasks(tasks, healthy, most, start, drain)
    assert surge_tasks(tasks + more, healthy, most, start, drain).tasks >= small.tasks


@given(**DEPLOYMENTS)
def test_deployments_of_most_percent_two_hundred_double(
    tasks: int, healthy: int, most: int, start: int, drain: int
) -> None:
    """At 200 % every successor starts at once beside every old task."""
    del most
    assert surge_tasks(tasks, healthy, 200, start, drain).tasks == 2 * tasks


@given(**DEPLOYMENTS)
def test_steps_agree_with_a_count_second_by_second(
    tasks: int, healthy: int, most: int, start: int, drain: int
) -> None:
    """A simulation of single tasks, second by second, counts the same peak and the same end."""
    assert surge_tasks(tasks, healthy, most, start, drain) == _by_the_second(
        tasks, healthy, most, start, drain
    )


def _by_the_second(tasks: int, healthy: int, most: int, start: int, drain: int) -> Surge:
    old, new, gone_at = tasks, list[int](), list[int]()
    peak, second, idle_since = tasks, 0, 0
    while True:
        ready = sum(1 for begun in new if second - begun >= start)
        while old and (old - 1 + ready) * 100 >= tasks * healthy:
            old -= 1
            gone_at.append(second + drain)
            idle_since = second
        while len(new) < tasks and (old + len(new) + 1) * 100 <= tasks * most:
            new.append(second)
            idle_since = second
        peak = max(peak, old + len(new) + sum(1 for end in gone_at if end >= second))
        if not old and ready == tasks:
            return Surge(peak, max(second, *gone_at))
        if second - idle_since > start and ready == len(new):
            return Surge(peak, None)
        second += 1
