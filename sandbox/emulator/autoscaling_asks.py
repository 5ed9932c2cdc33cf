"""How many tasks a scaling policy asks for while an alarm calls it.

Target tracking asks for `ceil(running x metric / target)` to scale out and for one task fewer to
scale in; step scaling for what its adjustment makes of the running tasks. Sources and readings
stand in docs/scaling.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

from infra.capacity.decisions import StepAdjustment, step_tasks, tracked_tasks


@dataclass(frozen=True)
class Cooldowns:
    """What the last activities block, in sandbox seconds since the epoch; 0 is over.

    `before` is the number of tasks that the scale-outs of the running cooldown started from.
    """

    out_until: float = 0.0
    before: int = 0
    in_until: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Situation:
    """A scalable target and its service at `now`, in sandbox seconds since the epoch."""

    now: float
    min: int
    max: int
    desired: int
    running: int
    deploying: bool = False
    out_suspended: bool = False
    in_suspended: bool = False
    cooldowns: Cooldowns = field(default_factory=Cooldowns)

    @property
    def cooling_out(self) -> bool:
        """Whether a scale-out cooldown is in effect."""
        return self.now < self.cooldowns.out_until

    @property
    def out_base(self) -> int:
        """The tasks that a scale-out counts from: what its cooldown has added counts already."""
        return min(self.running, self.cooldowns.before) if self.cooling_out else self.running

    @property
    def in_base(self) -> int:
        """The tasks that a scale-in may count on: that run, and are still wanted."""
        return min(self.running, self.desired)


@dataclass(frozen=True)
class Breach:
    """An alarm in ALARM that calls a policy, and the latest value that it judged.

    `threshold` and `above` (its operator is a greater-than) matter to step scaling.
    """

    alarm: str
    value: float
    threshold: float = 0.0
    above: bool = True


@dataclass(frozen=True)
class Ask:
    """The tasks that a policy wants when an alarm calls it; its cooldown in seconds."""

    policy: str
    alarm: str
    count: int
    cooldown: float


@dataclass(frozen=True, kw_only=True)
class Tracking:
    """A target tracking policy; `high` and `low` are its alarms where they are in ALARM."""

    name: str
    target: float
    out_cooldown: float
    in_cooldown: float
    scales_in: bool = True
    high: Breach | None = None
    low: Breach | None = None

    def out(self, situation: Situation) -> Ask | None:
        """More tasks, in proportion to the metric; from none, the fewest possible."""
        if self.high is None:
            return None
        count = tracked_tasks(situation.out_base, self.high.value, self.target)
        return Ask(self.name, self.high.alarm, max(1, count), self.out_cooldown)

    def needs(self, running: int) -> int:
        """The tasks that would bring the metric of the low alarm back to the target."""
        return tracked_tasks(running, self.low.value, self.target) if self.low else running


@dataclass(frozen=True, kw_only=True)
class Stepping:
    """A step policy that an alarm calls; `steps` are (lower, upper, adjustment) from it."""

    name: str
    kind: str
    steps: Sequence[tuple[float, float, int]]
    magnitude: int
    cooldown: float
    breach: Breach

    def asks(self, situation: Situation) -> tuple[Ask | None, Ask | None]:
        """What it asks for to scale out, and to scale in; one of them at most."""
        adjustment = self._adjustment()
        exact = self.kind == "ExactCapacity"
        if adjustment is None or not (adjustment or exact):
            return None, None
        grows = adjustment > (situation.desired if exact else 0)
        base = situation.out_base if grows else situation.in_base
        change = self._percent(base, adjustment) if self.kind.startswith("Percent") else adjustment
        count = max(0, adjustment if exact else base + change)
        ask = Ask(self.name, self.breach.alarm, count, self.cooldown)
        return (ask, None) if grows else (None, ask)

    def _adjustment(self) -> int | None:
        """The adjustment of the step that the metric is in; None where there is none.

        Above the threshold a step includes its lower edge, below it its upper one.
        """
        threshold, value = self.breach.threshold, self.breach.value
        edges = [(low, high) for low, high, _ in self.steps]
        if value < threshold or (value == threshold and not self.breach.above):
            edges = [(-high, -low) for low, high in edges]
            threshold, value = -threshold, -value
        # step_tasks finds the step's number, because an adjustment may be its "none", 0.
        numbered = [
            StepAdjustment(low, None if high == inf else high, number)
            for number, (low, high) in enumerate(edges, start=1)
        ]
        number = step_tasks(threshold, numbered, value)
        return self.steps[number - 1][2] if number else None

    def _percent(self, base: int, adjustment: int) -> int:
        """Percent of the tasks, toward 0, yet at least 1 and at least `magnitude`."""
        exact = base * abs(adjustment) / 100
        tasks = max(int(exact), 1 if exact else 0, self.magnitude)
        return tasks if adjustment > 0 else -tasks
