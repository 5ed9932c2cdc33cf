"""Looking at a service until something is so, and ending early when asked to."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic, sleep
from types import FrameType
from typing import TypeVar

from ops.drill_found import leave_to_panic
from ops.drill_view import DrillView, Look

_T = TypeVar("_T")
PAUSE = 0.5  # seconds of wall time between two looks
TELL = 5.0  # seconds of wall time after which progress is told where nothing has changed
# Wall seconds that a wait has at least: a fast clock makes no process faster.
PATIENCE = 120.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StoppedError(Exception):
    """Whoever runs the drill wants it to end."""


class Stop:
    """Whether the drill was asked to end. A signal sets it and does nothing else.

    So nothing is cut off halfway, least of all the restore, however often Ctrl-C is pressed.
    """

    def __init__(self) -> None:
        self.by: signal.Signals | None = None

    def ask(self, number: int, _frame: FrameType | None) -> None:
        """A handler of signals."""
        self.by = self.by or signal.Signals(number)

    def check(self) -> None:
        """Raises StoppedError."""
        if self.by is not None:
            raise StoppedError(self.by.name)


@contextmanager
def stopping() -> Iterator[Stop]:
    """Until its end the SIGNALS ask the drill to end, instead of ending this process."""
    stop = Stop()
    before = {number: signal.signal(number, stop.ask) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Watch:
    """Looks at a service; `most_wanted` is the highest desired count that it has seen.

    `speed` is sandbox seconds in a second of wall time.
    """

    def __init__(
        self, view: DrillView, speed: float, say: Callable[[str], None], stop: Stop
    ) -> None:
        self._view = view
        self._speed = speed
        self._say = say
        self._stop = stop
        self._told: tuple[float, int, int] = (0.0, -1, -1)
        self.most_wanted = 0

    def until(self, found: Callable[[Look], _T | None], seconds: float) -> _T | None:
        """What `found` makes of a look, once it is not None; None after so many sandbox seconds.

        At least PATIENCE seconds of wall time. Raises StoppedError, and OpsError in a panic.
        """
        look = self.look()
        end = look.at + timedelta(seconds=max(seconds, PATIENCE * self._speed))
        while (answer := found(look)) is None and look.at < end:
            self._stop.check()
            leave_to_panic(self._view)
            sleep(PAUSE)
            look = self.look()
        return answer

    def look(self) -> Look:
        """One look; told where it is news."""
        look = self._view.look()
        self.most_wanted = max(self.most_wanted, look.desired)
        at, *counts = self._told
        if counts != [look.desired, look.running] or monotonic() > at + TELL:
            self._say(f"         {look}")
            self._told = monotonic(), look.desired, look.running
        return look
