"""The fewest tasks that a deployment can replace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.capacity import fewest_movable, smallest_moving_percent, surge_tasks


@pytest.mark.parametrize(
    ("healthy", "most", "fewest"),
    [
        (100, 200, 1),
        (100, 199, 2),
        (100, 150, 2),
        (100, 125, 4),
        (100, 101, 100),
        (50, 100, 2),
        (51, 100, 3),
        (0, 100, 1),
        (50, 125, 2),
        (90, 150, 2),
        (100, 100, None),
    ],
)
def test_hand_worked_percentages(healthy: int, most: int, fewest: int | None) -> None:
    """S2-17: 125 % adds one to four tasks and none to three; 51 % takes one of three."""
    assert fewest_movable(healthy, most) == fewest


@given(tasks=st.integers(1, 120), healthy=st.integers(0, 100), most=st.integers(100, 200))
def test_a_deployment_moves_from_there_on(tasks: int, healthy: int, most: int) -> None:
    """S2-17: exactly the counts from the fewest on are those that a deployment gets through."""
    fewest = fewest_movable(healthy, most)

    moves = surge_tasks(tasks, healthy, most, 185, 330).moves
    assert moves is (fewest is not None and tasks >= fewest)


@given(tasks=st.integers(1, 300))
def test_the_smallest_percent_moves_and_one_less_does_not(tasks: int) -> None:
    """S2-17: 150 % for two tasks, 134 % for three, 101 % from a hundred on."""
    percent = smallest_moving_percent(tasks)

    assert surge_tasks(tasks, 100, percent, 185, 330).moves
    assert not surge_tasks(tasks, 100, percent - 1, 185, 330).moves
