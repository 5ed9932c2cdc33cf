"""Tasks as processes, inside the emulator: which addresses are real, and what is followed."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ministack.core.responses import request_scope
from ministack.services import cloudwatch_logs

from sandbox.emulator import (
    ecs_addresses,
    ecs_task_logs,
    local_process,
    logs_kept,
    logs_metric_filters,
)
from sandbox.emulator.ecs_local_processes import LocalProcesses
from sandbox.emulator.images import Images
from tests.support.emulator import until

IMAGES = """
- match: ^real
  folder: .
  run: [sh, -c, "sleep 600 & wait"]
- match: ^simulated
"""


class Noted:
    """In place of the keeper: the groups it would end."""

    def __init__(self) -> None:
        self.groups: set[int] = set()
        self.add, self.remove = self.groups.add, self.groups.remove


@pytest.fixture
def keeper(monkeypatch: pytest.MonkeyPatch) -> Noted:
    noted = Noted()
    monkeypatch.setattr(local_process, "_keeper", noted)
    return noted


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[LocalProcesses]:
    (tmp_path / "images.yaml").write_text(IMAGES)
    found = LocalProcesses(Images(tmp_path / "images.yaml"), tmp_path / "state", 60)
    yield found
    if found._block is not None:
        found._block.close()


def definition(image: str) -> dict[str, Any]:
    """A task definition of one container."""
    return {"containerDefinitions": [{"name": "web", "image": image}]}


def prepared(processes: LocalProcesses, image: str) -> dict[str, Any]:
    """A task that has an address and is about to run."""
    task = {
        "taskArn": f"arn:aws:ecs:eu-west-1:111122223333:task/main/{os.urandom(4).hex()}",
        "lastStatus": "ACTIVATING",
        "containers": [{"name": "web", "runtimeId": ""}],
    }
    processes.prepare(task, definition(image))
    return task


def test_only_tasks_of_this_machine_have_real_addresses(processes: LocalProcesses) -> None:
    """An address is real when a task with a folder has it; nobody else's is."""
    real, simulated = prepared(processes, "real:1"), prepared(processes, "simulated:1")
    assert processes.real(real["_address"])
    assert not processes.real(simulated["_address"])
    assert not processes.real("10.0.0.1")
    # Blocks from 100 on are leased; simulated tasks stay below, so the two never meet.
    assert int(real["_address"].split(".")[2]) >= 100 > int(simulated["_address"].split(".")[2])
    assert processes.answering_since(real["_address"], 3000) is None


def test_a_group_is_followed_from_start_to_end(processes: LocalProcesses, keeper: Noted) -> None:
    """The container's runtime name ends in the main process; its children are listed after it."""
    task = prepared(processes, "real:1")
    assert processes.pids(task) == []
    assert processes.start(task, definition("real:1")) is None
    main = int(task["containers"][0]["runtimeId"].rpartition("-")[2])
    until(lambda: len(processes.pids(task)) == 2 or None, "the shell has its child")
    assert processes.pids(task)[0] == main
    assert keeper.groups == {main}
    os.kill(main, signal.SIGKILL)
    ended = until(lambda: processes.poll(task), "the task's process has ended")
    assert ended.code == 137
    assert keeper.groups == set()
    assert processes.pids(task) == []
    assert processes.poll(task).code == 137  # type: ignore[union-attr]


def test_a_wrong_variable_name_is_a_start_error(processes: LocalProcesses, keeper: Noted) -> None:
    """What the kernel takes for no variable ends the task, not the emulator."""
    task, given = prepared(processes, "real:1"), definition("real:1")
    given["containerDefinitions"][0]["environment"] = [{"name": "A=B", "value": "x"}]
    reason = processes.start(task, given)
    assert reason is not None
    assert reason.startswith("CannotStartContainerError: ")
    assert keeper.groups == set()


def test_an_address_that_was_lost_is_not_used(processes: LocalProcesses) -> None:
    """A task whose block another sandbox took during a restart does not start on it."""
    task = prepared(processes, "real:1")
    task["_address"] = "127.77.251.9"
    reason = processes.start(task, definition("real:1"))
    assert reason is not None
    assert "another sandbox has 127.77.251.9 by now" in reason


def test_no_address_is_said(processes: LocalProcesses, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a free address a task cannot start, and says why; the emulator goes on."""

    def none(_: object, __: object) -> str:
        raise ecs_addresses.NoAddressError("all are taken")

    monkeypatch.setattr(ecs_addresses.Block, "free", none)
    task = prepared(processes, "real:1")
    assert processes.refusal(task) == "ResourceInitializationError: all are taken"
    assert not processes.real(task["_address"])
    assert processes.refusal(prepared(processes, "simulated:1")) is None


def test_a_log_group_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond its limit a group loses the oldest lines of its longest stream."""
    monkeypatch.setattr(logs_kept, "KEPT", 5)
    monkeypatch.setattr(cloudwatch_logs, "_put_log_events", logs_metric_filters._counted)
    with request_scope("999900001111", "eu-west-1"):
        cloudwatch_logs._create_log_group({"logGroupName": "bounded"})
        ecs_task_logs.write(("bounded", "quiet"), ["a", "b"])
        ecs_task_logs.write(("bounded", "loud"), [str(number) for number in range(6)])
        streams = cloudwatch_logs._log_groups["bounded"]["streams"]
        kept = {n: [e["message"] for e in s["events"]] for n, s in streams.items()}
        assert kept == {"quiet": ["a", "b"], "loud": ["3", "4", "5"]}
        assert len(cloudwatch_logs._log_records) == 5
