"""What process groups use: worked out by hand, then real processes beside their own account."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.emulator import process_use
from sandbox.emulator.process_use import Group, Key, Times, look, spent
from tests.support.emulator import until

LEADER, WORKER, ANOTHER = (100, 1), (101, 2), (102, 3)
MB = 10**6
NO_PID = 5_000_000  # above the highest that Linux gives, 4,194,304
# Works for 0.2 s of a core by itself and 0.3 s in each of two workers; says what it has used.
BUSY = """
import os, time

def work(seconds):
    while time.process_time() < seconds:
        pass

def used():
    print(sum(os.times()[:4]), flush=True)

used(); input()
for each in range(2):
    worker = os.fork()
    if not worker:
        work(0.3)
        os._exit(0)
    os.waitpid(worker, 0)
work(0.2)
used(); input()
"""
# 40 MB, and three workers that share them.
FORKED = """
import os, time
held = bytearray(40_000_000)
for each in range(3):
    if not os.fork():
        time.sleep(600)
print("ready", flush=True)
time.sleep(600)
"""


def group(at: float, times: dict[Key, tuple[float, float]]) -> Group:
    """A group that began at 0."""
    return Group(at, at, {key: Times(*seconds) for key, seconds in times.items()}, 0)


@contextmanager
def program(code: str) -> Iterator[subprocess.Popen[str]]:
    """A process of a group of its own, which ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        for pid, _ in (look([process.pid]).get(process.pid) or group(0, {})).times:
            subprocess.run(["kill", "-9", str(pid)], check=False)
        process.communicate()


def test_use_is_what_each_process_added() -> None:
    """0.5 s of the leader and 0.3 s of its worker are 0.8 s of a core in 4 s."""
    before = group(6, {LEADER: (1.0, 0), WORKER: (2.0, 0)})
    now = group(10, {LEADER: (1.5, 0), WORKER: (2.3, 0)})
    assert spent(now, before) == pytest.approx((0.8, 4))


def test_the_first_look_counts_from_the_beginning() -> None:
    """1.5 s, and 2.5 s of workers that have ended, since the leader began 10 s ago."""
    assert spent(group(10, {LEADER: (1.5, 2.5)}), None) == (4.0, 10)


def test_a_worker_that_was_replaced_is_counted_once() -> None:
    """Seen at 2.0 s it ended at 2.5 s, which its parent took over; the new one used 0.1 s."""
    before = group(6, {LEADER: (1.0, 0), WORKER: (2.0, 0)})
    now = group(10, {LEADER: (1.0, 2.5), ANOTHER: (0.1, 0)})
    assert spent(now, before) == pytest.approx((0.6, 4))


def test_a_worker_that_nobody_waited_for_makes_no_negative() -> None:
    """Its last part is lost with it; what the leader used counts."""
    before = group(6, {LEADER: (1.0, 0), WORKER: (2.0, 0)})
    now = group(10, {LEADER: (1.2, 0)})
    assert spent(now, before) == pytest.approx((0.2, 4))


def test_a_number_that_is_used_again_is_another_process() -> None:
    """Process 101 began in another tick: its 0.4 s are new, not 1.6 s less."""
    again = (101, 7)
    before = group(6, {LEADER: (1.0, 0), WORKER: (2.0, 0)})
    now = group(10, {LEADER: (1.0, 2.0), again: (0.4, 0)})
    assert spent(now, before) == pytest.approx((0.4, 4))


def test_a_busy_group_is_measured_as_it_counts_itself() -> None:
    """0.6 s of workers that came and went, and the leader's own, to 50 ms."""
    with program(BUSY) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        began = float(process.stdout.readline())
        before = look([process.pid])[process.pid]
        print(file=process.stdin, flush=True)
        used = float(process.stdout.readline()) - began
        seconds, wall = spent(look([process.pid])[process.pid], before)
    assert used >= 0.7
    assert seconds == pytest.approx(used, abs=0.05)
    assert wall >= 0.3  # on two cores they still run one after the other


def test_pages_that_workers_share_count_once() -> None:
    """Four processes hold the same 40 MB: the group holds them once, not four times."""
    with program(FORKED) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = look([process.pid])[process.pid]
    assert len(found.times) == 4
    assert 40 * MB < found.memory < 80 * MB


def test_groups_are_looked_at_together() -> None:
    """Two leaders, one look; a leader that is gone has no group, and one that is dead no memory."""
    with program("input()") as one, program("input()") as other:
        assert look([one.pid, other.pid]).keys() == {one.pid, other.pid}
        other.kill()
        until(lambda: look([other.pid])[other.pid].memory == 0 or None, "the process has ended")
        other.wait()
        assert look([one.pid, other.pid]).keys() == {one.pid}
    assert look([]) == {}


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A /proc of one process, whose number no process can have."""
    monkeypatch.setattr(process_use, "_PROC", tmp_path)
    folder = tmp_path / str(NO_PID)
    folder.mkdir()
    return folder


def test_rss_stands_in_where_pss_is_not_to_be_had(proc: Path) -> None:
    """A kernel without smaps_rollup: the 3 resident pages of statm; with it, its Pss line."""
    (proc / "statm").write_text("9 3 1 1 0 5 0\n")
    assert process_use.memory_of(NO_PID) == 3 * process_use._PAGE
    (proc / "smaps_rollup").write_text("0-1 [rollup]\nRss:  90 kB\nPss:  50 kB\nPss_Anon: 1 kB\n")
    assert process_use.memory_of(NO_PID) == 50 * 1024


def test_a_command_may_hold_parentheses(proc: Path) -> None:
    """The fields begin after the last one; ticks stand in for a clock that is not there."""
    fields = "S 1 1 1 0 -1 0 0 0 0 0 150 50 20 5 20 0 1 0 777 0"
    (proc / "stat").write_text(f"{NO_PID} (a) 1 (b) {fields}\n")
    assert process_use.times_of(NO_PID) == (777, Times(2.0, 0.25))
