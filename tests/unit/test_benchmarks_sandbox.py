"""The benchmark of the sandbox itself: shares of a core, and which speed is the fastest."""

import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks import footprint, speeds
from benchmarks.footprint import figures
from benchmarks.speeds import Activities, Run, fastest, report, without_ids
from sandbox import processes
from sandbox.emulator.process_use import Group, Times
from sandbox.errors import SandboxError
from sandbox.state import Part, State

OUT, IN = ("Setting desired count to 3.", "high"), ("Setting desired count to 2.", "low")
# A leader with a child in a session of its own, as PostgreSQL's are.
FAMILY = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1, start_new_session=True)
print(child.pid, flush=True)
sys.stdin.read()
child.kill()
"""


def group(at: float, seconds: float, megabytes: float) -> Group:
    return Group(at, at, {(7, 1): Times(seconds, 0)}, megabytes * 1e6)


def test_shares_are_of_one_core() -> None:
    """3 s of a core in 20 s are 15 %, 1 s is 5 %: 20 % in all, and 140.6 MB are 141."""
    before = {"emulator": group(10, 4, 90), "database": group(10, 2, 50)}
    after = {"emulator": group(30, 7, 100.4), "database": group(30, 3, 40.2)}
    assert figures(before, after) == {
        "cpuPercentOfACore": {"emulator": 15, "database": 5, "all": 20},
        "memoryMegabytes": {"emulator": 100, "database": 40, "all": 141},
    }


@pytest.mark.parametrize(("name", "members"), [("emulator", 1), ("data plane", 2)])
def test_tasks_are_not_the_emulator(name: str, members: int) -> None:
    """What a part starts is of that part, but for the emulator, which starts the tasks."""
    with subprocess.Popen(
        [sys.executable, "-c", FAMILY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as leader:
        assert leader.stdout is not None
        leader.stdout.readline()
        found = processes.find(leader.pid)
        assert found is not None
        part = Part(process=found, port=1, log=Path("log"))
        parts = {"emulator": part} | ({"dataplane": part} if name == "data plane" else {})
        assert len(footprint.read(State(speed=1, **parts))[name].times) == members
        leader.communicate()
    with pytest.raises(SandboxError, match="has ended"):
        footprint.read(State(speed=1, emulator=part))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({60: [OUT, IN], 120: [OUT, IN], 240: [OUT, IN]}, 240),
        ({60: [OUT, IN], 120: [OUT], 240: [OUT, IN]}, 60),
        ({120: [IN, OUT], 60: [OUT, IN]}, 60),
        ({60: [OUT], 120: [OUT, IN]}, None),
    ],
)
def test_the_fastest_speed_is_the_last_before_the_first_that_differs(
    found: Mapping[float, Activities], expected: float | None
) -> None:
    """One that happens to agree above one that does not is not counted; order matters."""
    assert fastest([OUT, IN], found) == expected


def test_the_report_has_the_hour_of_the_fastest() -> None:
    """An hour takes 30.1 s at 120, the last that did the same; 240 did something else."""
    runs = {60.0: Run([OUT, IN], 60.04), 120.0: Run([OUT, IN], 30.1), 240.0: Run([OUT], 15)}
    assert report(Run([OUT, IN], 0.3), runs) == {
        "activities": [OUT[0], IN[0]],
        "otherActivities": {"240": [OUT[0]]},
        "wallSecondsAnHour": {"movedByHand": 0.3, "60": 60.0, "120": 30.1, "240": 15},
        "fastest": 120,
        "wallSecondsAnHourAtFastest": 30.1,
    }
    assert report(Run([OUT, IN], 1), {60.0: Run([], 60)})["wallSecondsAnHourAtFastest"] is None


def test_activities_are_compared_without_the_ids_of_a_run() -> None:
    """The managed alarm's own id goes, its name and the policy's stay."""
    alarm = "TargetTracking-service/main/web-AlarmHigh"
    cause = "monitor alarm {} in state ALARM triggered policy cpu"
    activity = {
        "ActivityId": "1",
        "Description": "Setting desired count to 3.",
        "Cause": cause.format(f"{alarm}-0f7c2a36-2a3e-4b0e-9a55-0123456789ab"),
    }
    assert without_ids(activity) == ("Setting desired count to 3.", cause.format(alarm))


def test_a_clock_that_flows_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """To move on by 100 s at speed 50 is to look until they have passed, 2 s on the wall."""
    clock = [0.0]
    monkeypatch.setattr(time, "sleep", lambda seconds: clock.append(clock[-1] + seconds * 50))
    aws = speeds.Flowing.__new__(speeds.Flowing)
    aws.speed = 50
    monkeypatch.setattr(speeds.Flowing, "now", lambda _: datetime.fromtimestamp(clock[-1], UTC))
    aws.forward(minutes=1, seconds=40)
    assert clock[-1] == pytest.approx(100)
