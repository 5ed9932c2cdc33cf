"""What a stack's operation starts from: its environment, its lock, its copy of the stage file."""

import json
import os
import socket
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandbox import environment, locks, processes, stack
from sandbox.errors import SandboxError, WrongUseError
from sandbox.paths import PROJECT, Root, root
from sandbox.stack import Stack

URL = "http://127.0.0.1:4566"


@pytest.fixture
def at(tmp_path: Path) -> Root:
    """A sandbox's folder in which nothing runs."""
    return Root(tmp_path)


def lock(at: Root, stage: str, pid: int, host: str, when: float) -> Path:
    """A lock as Pulumi's file backend writes it, with Go's nanoseconds."""
    folder = at.stacks / ".pulumi/locks/organization/evenkeel" / stage
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "261Z"
    file = folder / f"{pid}-{host}.json"
    file.write_text(json.dumps({"pid": pid, "hostname": host, "timestamp": stamp}))
    return file


def dead() -> int:
    """The number of a process that has ended."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return child


def cleared(at: Root, stage: str = "staging") -> list[str]:
    """What clearing the locks of `stage` says."""
    said: list[str] = []
    locks.clear_dead(at.stacks, "evenkeel", stage, said.append)
    return said


def test_the_lock_of_a_dead_process_is_cleared(at: Root) -> None:
    """A lock whose owner has ended on this machine goes, and that is said."""
    pid = dead()
    file = lock(at, "staging", pid, socket.gethostname(), time.time())
    said = f"stack staging: clearing the lock of process {pid}, which has ended"
    assert cleared(at) == [said]
    assert list(file.parent.iterdir()) == []


def test_the_lock_of_a_recycled_number_is_cleared(at: Root) -> None:
    """A process that started after the lock was written is not its owner."""
    started = processes.started_at(os.getpid())
    assert started is not None
    lock(at, "staging", os.getpid(), socket.gethostname(), started - 60)
    assert len(cleared(at)) == 1


def test_another_lock_stays(at: Root) -> None:
    """The lock of a running process, of another machine or of another stack is left alone."""
    kept = [
        lock(at, "staging", os.getpid(), socket.gethostname(), time.time()),
        lock(at, "staging", dead(), "another-machine", time.time()),
        lock(at, "production", dead(), socket.gethostname(), time.time()),
    ]
    assert cleared(at) == []
    assert all(file.exists() for file in kept)


def test_the_owner_is_a_process_that_runs_here(at: Root) -> None:
    """Neither one that has ended nor one of another machine is an update that runs."""
    lock(at, "staging", dead(), socket.gethostname(), time.time())
    lock(at, "staging", os.getpid(), "another-machine", time.time())
    assert locks.owner(at.stacks, "evenkeel", "staging") is None
    stack.check_free(at, "staging")
    lock(at, "staging", os.getpid(), socket.gethostname(), time.time())
    assert locks.owner(at.stacks, "evenkeel", "staging") == os.getpid()
    with pytest.raises(SandboxError, match=rf"an update of process {os.getpid()} runs"):
        stack.check_free(at, "staging")


def test_a_lock_that_was_being_written_is_cleared(at: Root) -> None:
    """The engine takes its unfinished file for a lock, too; killed while it wrote, it left that."""
    whole = lock(at, "staging", dead(), socket.gethostname(), time.time())
    (whole.parent / "other.json.18b2c3d4e5f60718.tmp").touch()
    whole.rename(whole.with_name(whole.name + ".18b2c3d4e5f60719.tmp"))
    kept = lock(at, "staging", os.getpid(), socket.gethostname(), time.time())
    kept = kept.rename(kept.with_name(kept.name + ".18b2c3d4e5f6071a.tmp"))
    assert "stack staging: clearing the lock of a process, which has ended" in cleared(at)
    assert list(kept.parent.iterdir()) == [kept]


def test_no_account_leaks_into_the_sandbox(at: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile, credentials, another backend, plugin or pack of the caller do not come through."""
    for name, value in {
        "AWS_PROFILE": "production",
        "AWS_SESSION_TOKEN": "secret",
        "AWS_ENDPOINT_URL_ECS": "https://elsewhere.example.com",
        "PULUMI_ACCESS_TOKEN": "secret",
        "PULUMI_STACK": "production",
        "PULUMI_OPTION_POLICY_PACK": "policies",
        "http_proxy": "http://proxy.example.com",
    }.items():
        monkeypatch.setenv(name, value)
    made = environment.of(at, URL, "eu-west-1")
    aws = {name: value for name, value in made.items() if name.startswith("AWS_")}
    assert aws == {
        "AWS_ENDPOINT_URL": URL,
        "AWS_ACCESS_KEY_ID": "111122223333",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_REGION": "eu-west-1",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    assert made["PULUMI_BACKEND_URL"] == f"file://{at.path}/stacks?metadata=skip"
    assert "secret" not in made.values()
    assert not {"PULUMI_STACK", "PULUMI_OPTION_POLICY_PACK"} & made.keys()
    assert "127.0.0.1" in made["no_proxy"]


@pytest.mark.parametrize(
    "url", ["https://ecs.eu-west-1.amazonaws.com", "http://10.0.0.1:4566", "x"]
)
def test_an_address_of_another_machine_is_refused(
    at: Root, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """AWS_ENDPOINT_URL beyond loopback ends the command before it does anything."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    with pytest.raises(WrongUseError, match="talks to this machine alone"):
        environment.of(at, URL, "eu-west-1")


def test_an_unknown_stage_names_the_known_ones() -> None:
    """STAGE without a file is refused with the stages that have one."""
    with pytest.raises(WrongUseError, match=r"STAGE is 'prod', .*known: .*production.*staging"):
        stack.settings_of("prod")


def test_the_engine_gets_a_copy_of_the_stage_file(at: Root) -> None:
    """The copy is the file as it is now, with the salt that the engine wrote into the last copy."""
    built = Stack(at, "staging", URL)
    _, copy = built._config()
    Path(copy).write_text("config: {}\nencryptionsalt: v1:kept\n")
    built._config()
    own = (PROJECT / "Pulumi.staging.yaml").read_text().rstrip()
    assert Path(copy).read_text() == f"{own}\nencryptionsalt: v1:kept\n"


def test_the_root_is_the_given_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """--root goes before EVENKEEL_SANDBOX, which goes before the project's own folder."""
    monkeypatch.delenv("EVENKEEL_SANDBOX", raising=False)
    assert root().path == PROJECT / ".sandbox" / "run"
    monkeypatch.setenv("EVENKEEL_SANDBOX", str(tmp_path / "a"))
    assert root().path == tmp_path / "a"
    assert root(tmp_path / "b").path == tmp_path / "b"
