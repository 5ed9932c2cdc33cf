"""A scalable target and the alarms that call its policies, for decisions worked by hand."""

from dataclasses import replace
from math import inf
from typing import Any

from sandbox.emulator.autoscaling_asks import Breach, Situation, Stepping, Tracking
from sandbox.emulator.autoscaling_decisions import Decision, decide

NOW = 1_800_000_000.0
STEPS = ((0.0, 15.0, 1), (15.0, 30.0, 3), (30.0, inf, 5))  # S2-06, from a threshold of 70


def at(count: int, **more: Any) -> Situation:
    """A service that runs what it wants, between 1 and 20 tasks."""
    given: dict[str, Any] = {"now": NOW, "min": 1, "max": 20, "desired": count, "running": count}
    return Situation(**(given | more))


def tracking(*, high: float | None = None, low: float | None = None, **more: Any) -> Tracking:
    """A policy that keeps CPU at 70, cooldowns 60 and 300; `high` or `low` is in ALARM."""
    given: dict[str, Any] = {"name": "cpu", "target": 70, "out_cooldown": 60, "in_cooldown": 300}
    policy = Tracking(**(given | more))
    return replace(
        policy,
        high=None if high is None else Breach(f"{policy.name}-high", high),
        low=None if low is None else Breach(f"{policy.name}-low", low, above=False),
    )


def stepping(value: float, *, above: bool = True, **more: Any) -> Stepping:
    """The step policy of S2-06, called at a value."""
    given: dict[str, Any] = {"name": "steps", "cooldown": 60, "magnitude": 0}
    given |= {"kind": "ChangeInCapacity", "steps": STEPS}
    return Stepping(breach=Breach("steps-alarm", value, 70.0, above), **(given | more))


def decided(situation: Situation, *policies: Tracking | Stepping) -> Decision:
    """The decision on the calls of these policies."""
    trackings = [policy for policy in policies if isinstance(policy, Tracking)]
    steppings = [policy for policy in policies if isinstance(policy, Stepping)]
    decision = decide(situation, trackings, steppings)
    assert decision is not None
    return decision


def outcome(situation: Situation, *policies: Tracking | Stepping) -> int | str:
    """The new count, or AWS's code for why it stays, or our words."""
    decision = decided(situation, *policies)
    return decision.code or decision.reason if decision.count is None else decision.count
