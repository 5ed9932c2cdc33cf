"""The lines of the checklist that make the service scale: a, b and c."""

from dataclasses import dataclass
from itertools import pairwise

from infra.settings import Settings, Target
from ops.drill_aim import Aim
from ops.drill_line import Item, Line, clock
from ops.drill_times import Times
from ops.drill_view import Activity, DrillView, Look
from ops.drill_watch import Watch

OUT = Item("a", "more tasks when CPU is above the target")
MOST = Item("b", "to the maximum and no further, and the alarm says so")
BACK = Item("c", "back to the minimum after the load, one task at a time")
# Seconds: cooldowns count from minute to minute, and a decision may come anywhere in its own.
ROUNDING = 60.0


@dataclass(frozen=True)
class Steps:
    """They come in this order; each takes over where the one before has ended."""

    view: DrillView
    watch: Watch
    aim: Aim
    settings: Settings
    times: Times

    def plan(self) -> list[str]:
        """What comes, and how long it may take on the sandbox clock; nothing where nothing scales.

        It takes that long only where it fails.
        """
        if self.inapplicable is not None:
            return []
        times = self.times
        return [
            f"loading: {clock(times.out)} at most until there are more tasks, then "
            f"{clock(times.most)} at most until there are {times.bounds.max} and an alarm",
            f"after the load {clock(times.back)} at most until there are {times.bounds.min} again",
        ]

    def out(self) -> Line:
        """(a): load until there are more tasks than the fewest."""
        if (why := self.inapplicable) is not None:
            return OUT.not_applicable(why)
        begun, low = self.watch.look(), self.times.bounds.min
        self.aim.begin(begun)
        more = self.watch.until(self._more, self.times.out)
        look = self.watch.look()
        load = f"CPU {look.cpu or 0:.0f} % of {self.aim.target:g} %, {self.aim}"
        if more is None:
            return OUT.judged(False, f"{look.desired} wanted, {look.running} running, {load}")
        took = clock((more.at - begun.at).total_seconds())
        causes = [each.cause for each in self.view.activities(begun.at) if each.count > low]
        said = f"{low} → {more.desired} tasks, running {took} after the load began; {load}"
        return OUT.judged(bool(causes), f"{said}; {causes[0] if causes else 'no activity says so'}")

    def most(self) -> Line:
        """(b): load until there are as many as there may be, for as long as the alarm takes."""
        if (why := self.inapplicable) is not None:
            return MOST.not_applicable(why)
        low, high = self.times.bounds.min, self.times.bounds.max
        if self.watch.most_wanted <= low:
            return MOST.judged(False, f"not reached: never more than {low} wanted")
        full = self.watch.until(self._full, self.times.most)
        look, most = self.watch.look(), self.watch.most_wanted
        said = (
            f"{look.running} of {high} tasks at CPU {look.cpu or 0:.0f} %, never more than {most} "
            f"wanted; {self._alarm} is {self._state()} at {look.at:%H:%M:%S}"
        )
        reached = full is not None and most == high
        return MOST.judged(reached, said if reached else f"{said}; {self.aim}")

    def back(self) -> Line:
        """(c): no load but a little, until the fewest tasks are left and the others are gone."""
        begun, low = self.watch.look(), self.times.bounds.min
        self.aim.end()
        if (why := self.inapplicable) is not None:
            return BACK.not_applicable(why)
        if begun.desired == low:
            return BACK.judged(False, f"not reached: {low} wanted all the time")
        self.watch.until(self._few, self.times.back)
        look, done = self.watch.look(), self.view.activities(begun.at)
        counts = [begun.desired, *(each.count for each in done)]
        gaps = [(b.at - a.at).total_seconds() for a, b in pairwise(done)]
        singly = all(before - after == 1 for before, after in pairwise(counts))
        calm = all(gap >= self._cooldown - ROUNDING for gap in gaps)
        said = " → ".join(map(str, counts)) + f" tasks{_when(done, begun)}"
        said += f"; scale-in cooldown {clock(self._cooldown)}"
        if singly and calm and look.desired == look.running == low:
            return BACK.judged(True, f"{said}; all others are gone at {look.at:%H:%M:%S}")
        return BACK.judged(False, f"{said}; {look.desired} wanted, {look.running} running now")

    @property
    def inapplicable(self) -> str | None:
        """Why nothing scales in this stage as the lines want it; None: it does."""
        bounds = self.times.bounds
        if bounds.min == bounds.max:
            return f"min and max are both {bounds.min}"
        return None if self.aim.target else "no target tracking on cpu among scaling.targets"

    @property
    def _alarm(self) -> str:
        return f"{self.view.name}-at-max"

    @property
    def _cooldown(self) -> int:
        """Seconds that lie between two scale-ins at least, whichever policy asks for them."""
        targets: tuple[Target, ...] = self.settings.scaling.targets
        return min(target.scale_in_cooldown for target in targets)

    def _state(self) -> str:
        return str((self.view.alarm(self._alarm) or {}).get("StateValue", "missing"))

    def _more(self, look: Look) -> Look | None:
        self.aim.steer(look)
        return look if min(look.desired, look.running) > self.times.bounds.min else None

    def _full(self, look: Look) -> Look | None:
        self.aim.steer(look)
        high, target = self.times.bounds.max, self.aim.target or 0
        full = min(look.desired, look.running) >= high and (look.cpu or 0) > target
        return look if full and self._state() == "ALARM" else None

    def _few(self, look: Look) -> Look | None:
        low = self.times.bounds.min
        few = look.desired == look.running == low
        return look if few and len(self.view.addresses()) == low else None


def _when(done: list[Activity], begun: Look) -> str:
    """When each activity was, on the sandbox clock from the end of the load on."""
    after = [clock((each.at - begun.at).total_seconds()) for each in done]
    return f", {', '.join(after)} after the load" if after else ""
