"""Tasks as processes: images that do not start, several emulators, and an emulator's own end."""

import os
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.emulated_service import CLUSTER, NAME, define
from tests.support.emulated_tasks import LOCAL_IMAGES, Runner, address, pid, program, runs
from tests.support.emulator import Account, Emulator, running, until

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running(program(tmp_path_factory.mktemp("emulator")), LOCAL_IMAGES) as emulator:
        yield emulator


@pytest.fixture
def runner(emulator: Emulator) -> Runner:
    return Runner(Account(emulator.url))


def test_an_unknown_image_cannot_be_pulled(runner: Runner) -> None:
    """An image that no entry matches is a pull error that names it, as on AWS."""
    task = runner.ended(define(runner.account, "elsewhere:1"))
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"] == (
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to"
        " resolve ref elsewhere:1: elsewhere:1: not found"
    )
    assert task["containers"][0]["reason"] == task["stoppedReason"]
    assert "exitCode" not in task["containers"][0]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("alembicc upgrade", 'exec: "alembicc": executable file not found in $PATH'),
        ("./missing", 'exec: "./missing": stat ./missing: no such file or directory'),
        ("./program.py", 'exec: "./program.py": permission denied'),
    ],
)
def test_a_missing_executable_cannot_start(runner: Runner, command: str, said: str) -> None:
    """A command that is not there ends the task before it runs, and says which."""
    task = runner.ended(define(runner.account, "app:1", command=command))
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith("CannotStartContainerError: ")
    assert said in task["stoppedReason"]
    assert "exitCode" not in task["containers"][0]


def test_one_command_of_a_local_image_can_be_simulated(runner: Runner) -> None:
    """A command's own keys in the images file replace the folder."""
    task = runner.ended(define(runner.account, "app:1", command="simulated"))
    assert task["containers"][0]["exitCode"] == 4
    assert runner.log(task["taskArn"]) == ["not a process"]


def test_entry_point_comes_before_the_command(runner: Runner) -> None:
    """A container's entryPoint is the executable, its command the arguments."""
    definition = define(
        runner.account, "app:1", entryPoint=["python", "program.py"], command="exit 5"
    )
    assert runner.ended(definition)["containers"][0]["exitCode"] == 5


def test_two_emulators_share_no_address(emulator: Emulator, tmp_path: Path) -> None:
    """Tasks of two sandboxes on one machine listen on the same port without meeting."""
    with running(program(tmp_path), LOCAL_IMAGES) as other:
        runners = [Runner(Account(each.url)) for each in (emulator, other)]
        tasks = [each.ready(define(each.account, "app:1")) for each in runners for _ in range(2)]
    addresses = [address(task) for task in tasks]
    assert len(set(addresses)) == 4
    assert len({each.rpartition(".")[0] for each in addresses}) == 2


class Deaf:
    """A service of two tasks that are deaf to SIGTERM, in an emulator of the test's own."""

    def __init__(self, emulator: Emulator) -> None:
        self.runner = Runner(Account(emulator.url))
        self.ecs = self.runner.ecs
        self.ecs.create_service(
            cluster=CLUSTER,
            serviceName=NAME,
            taskDefinition=define(self.runner.account, "app:1", command="python program.py deaf"),
            desiredCount=2,
            launchType="FARGATE",
            networkConfiguration=self.runner.network,
        )

    def ready(self) -> list[dict[str, Any]]:
        """The running tasks, once two have said `ready`."""

        def look() -> list[dict[str, Any]] | None:
            arns = self.ecs.list_tasks(cluster=CLUSTER, serviceName=NAME)["taskArns"]
            found = [self.runner.task(arn) for arn in arns]
            # A task has the number of its process once it is RUNNING.
            ready = [
                t
                for t in found
                if t["lastStatus"] == "RUNNING" and "ready" in self.runner.log(t["taskArn"])
            ]
            return ready if len(ready) == len(found) == 2 else None

        return list(until(look, "two tasks are ready", seconds=60))

    def processes(self) -> list[int]:
        """Every process of the running tasks, main ones and workers."""
        logs = [self.runner.log(task["taskArn"]) for task in self.ready()]
        return [int(number) for log in logs for number in log[0].split()]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_outlives_its_emulator(tmp_path: Path, number: signal.Signals) -> None:
    """Killed or ended, an emulator leaves no process of a task; back again, ECS replaces them.

    S2-03: the service has as many new tasks as it had.
    """
    with running(program(tmp_path), LOCAL_IMAGES) as emulator:
        service = Deaf(emulator)
        before, processes = service.ready(), service.processes()
        assert len(processes) == 4
        emulator.stop(number)
        until(lambda: not any(map(runs, processes)) or None, "every process has ended")
        emulator.start()
        lost = [service.runner.reached(task["taskArn"], "STOPPED") for task in before]
        assert [task["containers"][0]["exitCode"] for task in lost] == [137, 137]
        after = service.ready()
        assert not {t["taskArn"] for t in before} & {t["taskArn"] for t in after}
        assert all(runs(pid(task)) for task in after)


def test_a_crashed_task_is_replaced(emulator: Emulator) -> None:
    """A main process that dies takes its task along, and its service starts another; S2-03."""
    service = Deaf(emulator)
    before = service.ready()
    victim = before[0]
    os.kill(pid(victim), signal.SIGKILL)
    stopped = service.runner.reached(victim["taskArn"], "STOPPED")
    assert stopped["stopCode"] == "EssentialContainerExited"
    after = service.ready()
    assert before[1]["taskArn"] in {task["taskArn"] for task in after}
    assert victim["taskArn"] not in {task["taskArn"] for task in after}


def test_a_reset_ends_the_processes(tmp_path: Path) -> None:
    """What the emulator is told to forget does not go on running."""
    with running(program(tmp_path), LOCAL_IMAGES) as emulator:
        runner = Runner(Account(emulator.url))
        task = runner.ready(define(runner.account, "app:1"))
        assert runs(pid(task))
        with urllib.request.urlopen(f"{emulator.url}/_ministack/reset", data=b"") as answer:
            assert answer.status == 200
        until(lambda: not runs(pid(task)) or None, "the process has ended")
