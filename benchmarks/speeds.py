"""How fast the sandbox's clock may run: the same scaling scenario at rising speeds.

Two simulated tasks under target tracking at 70 % CPU get the load of 3.4 and, once there are more
of them, that of one: out by proportion, in one at a time.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

from sandbox.errors import SandboxError
from tests.support.emulated_service import IMAGES
from tests.support.emulator import Emulator
from tests.support.scaling_scene import Scene
from tests.support.stepped import SUNDAY, Stepped

SPEEDS = (60.0, 120.0, 240.0, 480.0, 600.0)  # to the highest that SANDBOX_SPEED takes
OUT, IN = 8, 32  # sandbox minutes under either load: until nothing moves any more
_IDS = re.compile(r"-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # of managed alarms

Activities: TypeAlias = Sequence[tuple[str, str]]  # what each did, and why


@dataclass(frozen=True)
class Run:
    """One run of the scenario."""

    activities: Activities
    wall: float  # seconds of an hour of the sandbox


class Flowing(Stepped):
    """An emulator whose clock runs by itself: to move on is to wait."""

    def __init__(self, folder: Path, speed: float) -> None:
        Emulator.__init__(self, folder, IMAGES, speed=speed)

    def arguments(self) -> list[str]:
        return ["--speed", f"{self.speed:g}"]

    def forward(self, *, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        end = self.now() + timedelta(hours=hours, minutes=minutes, seconds=seconds)
        while (left := (end - self.now()).total_seconds()) > 0:
            time.sleep(left / self.speed)


def measured(folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """The figures of every run. Raises SandboxError when the scenario itself does not scale."""
    say("scaling on a clock that is moved by hand")
    by_hand = _run(_folder(folder, "by-hand"), None)
    if len(by_hand.activities) < 2:
        raise SandboxError(f"the scenario did not scale out and in: {by_hand.activities}")
    runs = {}
    for speed in SPEEDS:
        say(f"scaling at speed {speed:g}")
        runs[speed] = _run(_folder(folder, f"{speed:g}"), speed)
    return report(by_hand, runs)


def report(by_hand: Run, runs: Mapping[float, Run]) -> dict[str, Any]:
    """The figures, `runs` by rising speed."""
    each = {speed: run.activities for speed, run in runs.items()}
    found = fastest(by_hand.activities, each)
    others = {speed: did for speed, did in each.items() if did != by_hand.activities}
    return {
        "activities": [what for what, _ in by_hand.activities],
        "otherActivities": {f"{s:g}": [what for what, _ in did] for s, did in others.items()},
        "wallSecondsAnHour": {
            "movedByHand": round(by_hand.wall, 1),
            **{f"{speed:g}": round(run.wall, 1) for speed, run in runs.items()},
        },
        "fastest": found,
        "wallSecondsAnHourAtFastest": None if found is None else round(runs[found].wall, 1),
    }


def fastest(wanted: Activities, found: Mapping[float, Activities]) -> float | None:
    """The last speed of a rising row up to which every run did the same; None if not the first."""
    last = None
    for speed in sorted(found):
        if found[speed] != wanted:
            break
        last = speed
    return last


def without_ids(activity: Mapping[str, Any]) -> tuple[str, str]:
    """What an activity did and why, without what is another's in each run."""
    return str(activity["Description"]), _IDS.sub("", str(activity["Cause"]))


def _run(folder: Path, speed: float | None) -> Run:
    aws = Stepped(folder, IMAGES, SUNDAY) if speed is None else Flowing(folder, speed)
    try:
        scene = Scene(aws, 2, low=2)
        scene.track(70)
        began = time.monotonic()
        scene.use(cpu=340)
        aws.forward(minutes=OUT)
        scene.use(cpu=100)
        aws.forward(minutes=IN)
        wall = (time.monotonic() - began) * 60 / (OUT + IN)
        return Run([without_ids(activity) for activity in scene.activities()], wall)
    finally:
        aws.stop()


def _folder(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir(parents=True)
    return made
