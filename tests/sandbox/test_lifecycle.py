"""Start and stop of a sandbox: found again, repaired, several at once, nothing left behind."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from sandbox import processes, speed, state
from sandbox.control import Sandbox
from sandbox.errors import SandboxError, WrongUseError
from sandbox.paths import PYTHON, Root
from sandbox.processes import Process
from sandbox.servers import EMULATOR

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(120)]


def sandbox(root: Path) -> tuple[Sandbox, list[str]]:
    """A sandbox in `root` that ends with the test run, and the lines that it says."""
    said: list[str] = []
    return Sandbox(Root(root), say=said.append, dies_with_us=True), said


@pytest.fixture
def here(tmp_path: Path) -> Iterator[tuple[Sandbox, list[str]]]:
    """One sandbox, stopped after the test."""
    made = sandbox(tmp_path / "here")
    yield made
    made[0].down()


def test_up_twice_is_one_sandbox(here: tuple[Sandbox, list[str]]) -> None:
    """The second `up` finds the first: the same process, the same port."""
    one, said = here
    first = one.up(60)
    assert one.up(60) == first
    assert said == []
    status = one.status()
    assert (status["up"], status["speed"], status["url"]) == (True, 60, first.url)
    assert status["ports"] == {"emulator": first.emulator.port}
    assert [p["healthy"] for p in status["processes"]] == [True]


def test_down_leaves_no_process_and_no_port(here: tuple[Sandbox, list[str]]) -> None:
    """After `down` the process is gone and its port free; the log stays; a second is harmless."""
    one, _ = here
    started = one.up(60)
    assert one.down()
    assert not started.emulator.process.alive()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", started.emulator.port))
    assert started.emulator.log.exists()
    assert one.status() == {"up": False, "root": str(one.root.path), "processes": []}
    assert not one.down()


def test_two_sandboxes_run_at_once(here: tuple[Sandbox, list[str]], tmp_path: Path) -> None:
    """Another root is another sandbox, with its own port; ending one leaves the other."""
    one, _ = here
    other, _ = sandbox(tmp_path / "other")
    try:
        first, second = one.up(60), other.up(60)
        assert first.emulator.port != second.emulator.port
        one.down()
        assert other.status()["up"]
    finally:
        other.down()


def test_a_killed_emulator_is_noticed_and_replaced(here: tuple[Sandbox, list[str]]) -> None:
    """`up` says that the recorded process is gone, and starts another."""
    one, said = here
    old = one.up(60).emulator.process
    os.kill(old.pid, signal.SIGKILL)
    while old.alive():
        pass
    assert not one.status()["up"]
    new = one.up(60).emulator
    assert said == [f"sandbox: the emulator (process {old.pid}) is gone; starting it again"]
    assert new.process != old
    assert EMULATOR.healthy(new)


def test_what_the_emulator_held_survives_its_death(here: tuple[Sandbox, list[str]]) -> None:
    """A killed emulator comes back with what it had acknowledged."""
    one, _ = here
    for existing in (False, True):
        logs = boto3.client(
            "logs",
            endpoint_url=one.up(60).url,
            region_name="eu-west-1",
            aws_access_key_id="123456789012",
            aws_secret_access_key="sandbox",
        )
        if not existing:
            logs.create_log_group(logGroupName="kept")
            os.kill(one.up(60).emulator.process.pid, signal.SIGKILL)
    assert [g["logGroupName"] for g in logs.describe_log_groups()["logGroups"]] == ["kept"]


@pytest.mark.parametrize("change", [{"boot": "another boot"}, {"started": 1}])
def test_a_recycled_process_number_is_not_touched(
    here: tuple[Sandbox, list[str]], change: dict[str, object]
) -> None:
    """A state of another boot, or with another start time, names nobody's process."""
    one, _ = here
    started = one.up(60)
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as innocent:
        found = processes.find(innocent.pid)
        assert found is not None
        stale = started.emulator.model_copy(update={"process": found.model_copy(update=change)})
        started.model_copy(update={"emulator": stale}).write(one.root)
        assert one.down()
        assert innocent.poll() is None
        innocent.kill()
    started.emulator.process.stop()


def test_an_unreadable_state_is_said_and_replaced(here: tuple[Sandbox, list[str]]) -> None:
    """A state file of another version, or cut short, does not stop an `up`."""
    one, said = here
    one.root.path.mkdir()
    one.root.state.write_text('{"speed": ')
    assert EMULATOR.healthy(one.up(60).emulator)
    assert said == [f"sandbox: {one.root.state} cannot be read; starting anew"]


def test_a_failed_start_shows_the_log(tmp_path: Path) -> None:
    """An emulator that ends at once is one message with the end of its log, and no state."""
    broken = Sandbox(Root(tmp_path), images=tmp_path / "missing.yaml", dies_with_us=True)
    with pytest.raises(SandboxError) as failed:
        broken.up(60)
    assert "the emulator ended. The end of its log" in str(failed.value)
    assert "missing.yaml, which is not a file" in str(failed.value)
    assert state.read(broken.root) is None


def test_another_speed_needs_a_stop(here: tuple[Sandbox, list[str]]) -> None:
    """A running sandbox keeps its speed, and says so."""
    one, said = here
    one.up(60)
    assert one.up(30).speed == 60
    assert said == ["sandbox: stays at speed 60; stop it to change the speed"]


@pytest.mark.parametrize("given", ["fast", "0", "0.5", "-1", "601", "nan"])
def test_a_speed_outside_the_range_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    """SANDBOX_SPEED names its value, its range and its default."""
    monkeypatch.setenv("SANDBOX_SPEED", given)
    with pytest.raises(WrongUseError, match=r"from 1 \(real time\) to 600.*default, 20"):
        speed.asked()


def test_a_share_of_a_core_that_is_refused_starts_nothing(
    here: tuple[Sandbox, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SANDBOX_VCPU is looked at before the database and the emulator are started."""
    monkeypatch.setenv("SANDBOX_VCPU", "9")
    with pytest.raises(WrongUseError, match=r"SANDBOX_VCPU is '9'"):
        here[0].up(60, databases={"staging": 20})
    assert not here[0].root.databases.exists()


def test_stop_ends_what_does_not_want_to(tmp_path: Path) -> None:
    """A process that ignores SIGTERM, and its child, are killed after the grace time."""
    stubborn = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
    )
    log = tmp_path / "log"
    process = processes.start([PYTHON, "-c", stubborn], log, dict(os.environ))
    while not log.read_text():
        assert process.alive()
    child = processes.find(int(log.read_text()))
    assert child is not None
    process.stop(grace=0.2)
    assert not process.alive()
    assert not child.alive()


def test_a_dead_leader_does_not_hide_its_children(tmp_path: Path) -> None:
    """What a killed process has started is ended with its group."""
    log = tmp_path / "log"
    process = processes.start(["sh", "-c", "sleep 60 & echo $!; wait"], log, dict(os.environ))
    while not log.read_text():
        assert process.alive()
    child = processes.find(int(log.read_text()))
    assert isinstance(child, Process)
    os.kill(process.pid, signal.SIGKILL)
    while process.alive():
        pass
    assert child.alive()
    process.stop()
    assert not child.alive()
