"""What the alarms of step policies make of a scalable target's tasks, worked by hand."""

from math import inf
from typing import Any

import pytest

from sandbox.emulator.autoscaling_decisions import decide
from tests.support.scaling_case import NOW, at, decided, outcome, stepping, tracking


@pytest.mark.parametrize(
    ("value", "expected"), [(70, 3), (75, 3), (84.9, 3), (85, 5), (90, 5), (100, 7), (400, 7)]
)
def test_steps_add_by_the_size_of_the_breach(value: float, expected: int) -> None:
    """S2-06: +1 at 70, +3 at 85, +5 at 100, lower edge included."""
    assert outcome(at(2), stepping(value)) == expected


@pytest.mark.parametrize(
    ("kind", "steps", "value", "magnitude", "count", "expected"),
    [
        ("PercentChangeInCapacity", ((0.0, inf, 30),), 75, 0, 11, 14),  # 3.3 -> 3
        ("PercentChangeInCapacity", ((0.0, inf, 10),), 75, 0, 3, 4),  # 0.3 -> 1
        ("PercentChangeInCapacity", ((0.0, inf, 25),), 75, 2, 4, 6),  # 1, but at least 2
        ("PercentChangeInCapacity", ((-inf, 0.0, -30),), 60, 0, 13, 10),  # 3.9 -> 3
        ("PercentChangeInCapacity", ((-inf, 0.0, -10),), 60, 0, 4, 3),  # 0.4 -> 1
        ("ExactCapacity", ((0.0, inf, 9),), 75, 0, 4, 9),
        ("ExactCapacity", ((0.0, inf, 3),), 75, 0, 4, 3),
        ("ExactCapacity", ((0.0, inf, 4),), 75, 0, 4, "AlreadyAtDesiredCapacity"),
        ("ExactCapacity", ((0.0, inf, 0),), 75, 0, 4, 1),  # down to the minimum
        ("ExactCapacity", ((0.0, 9.0, 7), (9.0, inf, 0)), 79, 0, 4, 1),
        ("ChangeInCapacity", ((-20.0, 0.0, -1), (-inf, -20.0, -2)), 70, 0, 5, 4),
        ("ChangeInCapacity", ((-20.0, 0.0, -1), (-inf, -20.0, -2)), 50.1, 0, 5, 4),
        ("ChangeInCapacity", ((-20.0, 0.0, -1), (-inf, -20.0, -2)), 50, 0, 5, 3),
    ],
)
def test_adjustments_are_read_as_the_user_guide_rounds_them(
    kind: str,
    steps: Any,
    value: float,
    magnitude: int,
    count: int,
    expected: int | str,
) -> None:
    """12.7 is 12, .67 is 1, -6.67 is -6; below the threshold the upper edge is included."""
    policy = stepping(value, above=value > 70, kind=kind, steps=steps, magnitude=magnitude)
    assert outcome(at(count), policy) == expected


def test_a_step_that_changes_nothing_asks_for_nothing() -> None:
    """An adjustment of 0, and a value outside every step, are no decision."""
    assert decide(at(4), [], [stepping(75, steps=((0.0, inf, 0),))]) is None
    assert decide(at(4), [], [stepping(60)]) is None
    assert decide(at(4), [], [stepping(60, kind="ExactCapacity")]) is None


def test_an_exact_capacity_of_none_stops_every_task() -> None:
    """API StepAdjustment: 0 is a count like others for ExactCapacity, where the minimum is 0."""
    nothing = stepping(75, kind="ExactCapacity", steps=((0.0, inf, 0),))
    assert outcome(at(4, min=0), nothing) == 0
    assert outcome(at(0, min=0), nothing) == "AlreadyAtMinCapacity"


def test_a_step_policy_scales_in_without_asking() -> None:
    """PutScalingPolicy: target tracking does not hold up a step policy's scale-in."""
    down = stepping(60, above=False, steps=((-inf, 0.0, -2),))
    assert outcome(at(6), tracking(), down) == 4
    assert outcome(at(6), tracking(low=5), down) == 5  # the larger count wins


def test_the_user_guides_step_example() -> None:
    """+2, then +3 in its cooldown: one is added (user guide, step scaling, cooldown period)."""
    two, three = ((0.0, inf, 2),), ((0.0, inf, 3),)
    first = decided(at(10), stepping(75, steps=two))
    assert first.count == 12
    later = at(12, now=NOW + 30, cooldowns=first.cooldowns)
    assert outcome(later, stepping(75, steps=two)) == "AlreadyAtDesiredCapacity"
    assert outcome(later, stepping(75, steps=three)) == 13
