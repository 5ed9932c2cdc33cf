"""The sandbox clock: a straight line over wall time that survives restarts."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.emulator import clock as clock_module
from sandbox.emulator.clock import Clock


class Wall:
    """A wall clock and a monotonic clock that a test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000_000.0
        monkeypatch.setattr(clock_module, "_wall", lambda: self.now)
        monkeypatch.setattr("time.monotonic", lambda: self.now)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    return Wall(monkeypatch)


def test_sixty_sandbox_seconds_a_second(wall: Wall, tmp_path: Path) -> None:
    """At speed 60 ten wall seconds are ten minutes, from the wall time at the first start."""
    clock = Clock(60, tmp_path / "clock.json")
    assert clock.now() == 1_000_000.0
    wall.now += 10
    assert clock.now() == 1_000_600.0


def test_restart_goes_on_at_the_old_speed_while_away(wall: Wall, tmp_path: Path) -> None:
    """Down for 5 s at speed 60, the clock has gone on by 300 s; then the new speed counts."""
    Clock(60, tmp_path / "clock.json")
    wall.now += 5
    clock = Clock(2, tmp_path / "clock.json")
    assert clock.now() == 1_000_300.0
    wall.now += 10
    assert clock.now() == 1_000_320.0


def test_clock_never_goes_back(wall: Wall, tmp_path: Path) -> None:
    """A wall clock set back by a day does not take the sandbox's time along."""
    clock = Clock(60, tmp_path / "clock.json")
    wall.now += 10
    clock.keep()
    wall.now -= 86_400
    assert Clock(60, tmp_path / "clock.json").now() == 1_000_600.0


def test_installed_clock_is_the_process_s_wall_clock(tmp_path: Path) -> None:
    """time, datetime and the Date header's formatter follow it; monotonic time does not."""
    program = f"""
import json, time
from pathlib import Path
from sandbox.emulator.clock import Clock, install
early = __import__("datetime").datetime(2026, 1, 1)
monotonic = time.monotonic()
clock = Clock(3600, Path({str(tmp_path / "clock.json")!r}))
base = clock.now()
install(clock)
time.sleep(0.1)
from datetime import UTC, datetime
from email.utils import formatdate, parsedate_to_datetime
print(json.dumps([
    time.time() - base,
    datetime.now(UTC).timestamp() - base,
    datetime.utcnow().replace(tzinfo=UTC).timestamp() - base,
    parsedate_to_datetime(formatdate(usegmt=True)).timestamp() - base,
    time.mktime(time.localtime()) - base,
    time.monotonic() - monotonic,
    isinstance(early, datetime) and isinstance(datetime.now(), datetime),
]))
"""
    out = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    *moved, monotonic, instances = json.loads(out.stdout)
    assert all(seconds > 300 for seconds in moved), moved
    assert monotonic < 60
    assert instances


def test_a_clock_without_speed_moves_only_when_told(wall: Wall, tmp_path: Path) -> None:
    """From its start it stands still while the wall goes on, and takes the steps it is told."""
    clock = Clock(0, tmp_path / "clock.json", start=500.0)
    wall.now += 60
    assert clock.now() == 500.0
    clock.forward(30)
    assert clock.now() == 530.0


def test_a_standing_clock_stands_while_the_emulator_is_away(wall: Wall, tmp_path: Path) -> None:
    """A start of its own counts for the first run alone; a restart goes on where it stood."""
    clock = Clock(0, tmp_path / "clock.json", start=500.0)
    clock.forward(30)
    clock.keep()
    wall.now += 60
    assert Clock(0, tmp_path / "clock.json", start=500.0).now() == 530.0
