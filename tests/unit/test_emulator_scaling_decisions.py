"""What the alarms of target tracking make of a scalable target's tasks, worked by hand."""

from dataclasses import replace

import pytest

from sandbox.emulator.autoscaling_asks import Cooldowns, Situation
from tests.support.scaling_case import NOW, at, decided, outcome, tracking


@pytest.mark.parametrize(
    ("situation", "value", "expected"),
    [
        (at(4), 85, 5),  # 4 x 85 / 70 = 4.86
        (at(3), 90, 4),  # 3 x 90 / 70 = 3.86
        (at(1), 100, 2),
        (at(15), 100, 20),  # 21.4, clamped
        (at(20), 100, "AlreadyAtMaxCapacity"),
        (at(25), 100, "AlreadyAtMaxCapacity"),
        (at(5, running=4), 85, "AlreadyAtDesiredCapacity"),  # the fifth still starts
        (at(1, min=4), 71, 4),  # up to the minimum at least
        (at(0, min=0), 75, 1),  # from none, the fewest possible
        (at(4, out_suspended=True), 85, "DynamicScalingOutSuspended is true"),
        (at(4, deploying=True), 85, 5),
    ],
)
def test_target_tracking_scales_out_in_proportion(
    situation: Situation, value: float, expected: int | str
) -> None:
    """S2-05: ceil(running x metric / target), from the running tasks, within the bounds."""
    assert outcome(situation, tracking(high=value)) == expected


@pytest.mark.parametrize(
    ("situation", "value", "expected"),
    [
        (at(5), 10, 4),
        (at(5), 0, 4),
        (at(1), 10, "AlreadyAtMinCapacity"),
        (at(2, min=3), 10, "AlreadyAtMinCapacity"),
        (at(9, max=6), 10, 6),
        (at(2), 50, "AutoScalingAnticipatedFlapping"),  # one task would be at 100
        (at(10, running=4), 10, 9),  # six are still to start
        (at(10, running=4), 60, "AutoScalingAnticipatedFlapping"),  # 4 x 60 / 70 = 3.4
        (at(10, running=12), 10, 9),  # two are still to stop
        (at(5, deploying=True), 10, "TargetServicePutResourceAsUnscalable"),
        (at(5, in_suspended=True), 10, "DynamicScalingInSuspended is true"),
        (
            at(5, cooldowns=Cooldowns(in_until=NOW + 1)),
            10,
            "the scale-in cooldown lasts until 2027-01-15T08:00:01Z",
        ),
        (at(5, cooldowns=Cooldowns(in_until=NOW)), 10, 4),
        (at(5, cooldowns=Cooldowns(out_until=NOW + 9, before=2)), 10, 4),
    ],
)
def test_target_tracking_scales_in_one_by_one(
    situation: Situation, value: float, expected: int | str
) -> None:
    """S2-10: one task at a time, never below the minimum, nor in a cooldown or a deployment."""
    assert outcome(situation, tracking(low=value)) == expected


def test_a_memory_policy_vetoes_scale_in() -> None:
    """F13: CPU is idle and memory is not below 0.9 of its target, so nothing is removed."""
    memory = tracking(name="memory", target=75)
    decision = decided(at(5), tracking(low=5), memory)
    assert decision.reason == "no agreement to scale in from memory"
    assert (decision.count, decision.policy) == (None, "cpu")
    assert outcome(at(5), tracking(low=5), replace(memory, scales_in=False)) == 4
    agreed = tracking(name="memory", target=75, low=20)
    assert outcome(at(5), tracking(low=5), agreed) == 4


def test_any_policy_scales_out_and_the_largest_wins() -> None:
    """S2-19: CPU asks for 5, memory for 7; 7 it is, though requests would scale in."""
    policies = [
        tracking(high=85),
        tracking(name="memory", target=50, high=80),
        tracking(name="requests", target=1000, low=1),
    ]
    decision = decided(at(4), *policies)
    assert (decision.count, decision.policy) == (7, "memory")


def test_only_a_larger_scale_out_passes_a_cooldown() -> None:
    """S4-08: what the cooldown's activity added counts already."""
    first = decided(at(4), tracking(high=85))
    assert first.cooldowns == Cooldowns(NOW + 60, before=4)
    later = at(5, now=NOW + 59, cooldowns=first.cooldowns)
    assert outcome(later, tracking(high=85)) == "AlreadyAtDesiredCapacity"
    larger = decided(later, tracking(high=100))  # 4 x 100 / 70 = 5.7
    assert (larger.count, larger.cooldowns) == (6, Cooldowns(NOW + 119, before=4))
    over = replace(later, now=NOW + 60)
    assert outcome(over, tracking(high=85)) == 7  # 5 x 85 / 70 = 6.1


def test_a_scale_out_ends_a_scale_in_cooldown() -> None:
    """S4-08, K21: after it, an agreed scale-in need not wait for the old cooldown."""
    cold = at(4, cooldowns=Cooldowns(in_until=NOW + 43_200))
    decision = decided(cold, tracking(high=85))
    assert (decision.count, decision.cooldowns.in_until) == (5, 0)
