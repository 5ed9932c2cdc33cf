"""The sandbox clock: one factor between wall time and the time that AWS is said to have.

Inside the emulator's process `time.time()`, `datetime.now()` and their kin run at `speed` times
the wall clock. `time.monotonic()` and asyncio stay on the wall: sockets and sleeps are real.
The time is kept in the state folder, so that a restarted emulator goes on from where it would
have been and never goes back.
"""

import datetime as _datetime
import json
import time as _time
from pathlib import Path
from typing import Any

_wall = _time.time
_gmtime, _localtime, _strftime = _time.gmtime, _time.localtime, _time.strftime
_real_datetime = _datetime.datetime


class Clock:
    """Sandbox time as a straight line over wall time.

    `speed` is sandbox seconds per wall second; at 0 the time stands still, and only `forward` moves
    it. `file` holds the line between runs; the first begins at `start`, seconds since the epoch, or
    at the wall's time.
    """

    def __init__(self, speed: float, file: Path, start: float | None = None) -> None:
        self.speed = speed
        self._file = file
        self._wall_at_start = _wall()
        self._monotonic_at_start = _time.monotonic()
        self._sandbox_at_start = self._resume(self._wall_at_start if start is None else start)
        self.keep()

    def now(self) -> float:
        """Seconds since the epoch on the sandbox clock."""
        passed = _time.monotonic() - self._monotonic_at_start
        return self._sandbox_at_start + passed * self.speed

    def forward(self, seconds: float) -> None:
        """Move the time on by so many sandbox seconds."""
        self._sandbox_at_start += seconds

    def keep(self) -> None:
        """Write the line down, so that a killed process loses nothing of the clock."""
        line = {"wall": _wall(), "sandbox": self.now(), "speed": self.speed}
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps(line))
        part.replace(self._file)

    def _resume(self, start: float) -> float:
        """The kept time, advanced at its own speed while the emulator was away."""
        if not self._file.exists():
            return start
        line = json.loads(self._file.read_text())
        away = max(0.0, self._wall_at_start - line["wall"])
        return float(line["sandbox"] + away * line["speed"])


class _SandboxDatetimeType(type):
    """Lets `isinstance(x, datetime)` hold for datetimes made before the clock was installed."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _real_datetime)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, _real_datetime)


class SandboxDatetime(_real_datetime, metaclass=_SandboxDatetimeType):
    """`datetime.datetime` whose present is the sandbox clock's."""

    @classmethod
    def now(cls, tz: _datetime.tzinfo | None = None) -> Any:
        return cls.fromtimestamp(_time.time(), tz)

    @classmethod
    def utcnow(cls) -> Any:
        return cls.fromtimestamp(_time.time(), _datetime.UTC).replace(tzinfo=None)

    @classmethod
    def today(cls) -> Any:
        return cls.fromtimestamp(_time.time())


def install(clock: Clock) -> None:
    """Put `clock` behind this process's wall-clock functions; before anything else is imported."""
    _time.time = clock.now
    _time.time_ns = lambda: int(clock.now() * 1e9)
    _time.gmtime = lambda seconds=None: _gmtime(clock.now() if seconds is None else seconds)
    _time.localtime = lambda seconds=None: _localtime(clock.now() if seconds is None else seconds)
    _time.strftime = lambda form, moment=None: _strftime(
        form, _localtime(clock.now()) if moment is None else moment
    )
    _datetime.datetime = SandboxDatetime  # type: ignore[misc]
