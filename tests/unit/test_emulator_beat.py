"""The emulator's beat: what a failure does to it."""

import asyncio

import pytest

from sandbox.emulator.beat import MOST_FAILURES, go_on


class Ended(BaseException):
    """Ends a beat that would go on for ever."""


class Beats:
    """Beats that fail as told, one letter a beat: `x` fails, `.` does not; then all ends."""

    def __init__(self, told: str) -> None:
        self.left = told

    def __call__(self) -> None:
        if not self.left:
            raise Ended
        now, self.left = self.left[0], self.left[1:]
        if now == "x":
            raise OSError("database is locked")


def test_a_failed_beat_is_said_and_the_next_one_comes(caplog: pytest.LogCaptureFixture) -> None:
    """S0-20: failures apart from each other stop nothing, however many; each is in the log."""
    beats = Beats("x." * MOST_FAILURES + ".")
    with pytest.raises(Ended):
        asyncio.run(go_on(beats, lambda: 0))
    assert caplog.text.count("OSError: database is locked") == MOST_FAILURES
    assert "Traceback" in caplog.text


def test_failures_without_end_are_an_end() -> None:
    """After so many failures in a row the last error goes to the caller, and no sooner."""
    beats = Beats("x" * (MOST_FAILURES - 1) + "." + "x" * MOST_FAILURES + "...")
    with pytest.raises(OSError, match="database is locked"):
        asyncio.run(go_on(beats, lambda: 0))
    assert beats.left == "..."
