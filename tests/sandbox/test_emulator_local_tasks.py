"""Tasks as processes: what reaches them, how they end, and what ECS then says."""

import json
import os
import signal
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.emulated_service import define
from tests.support.emulated_tasks import LOCAL_IMAGES, Runner, address, pid, program, runs
from tests.support.emulator import Account, Emulator, running, until

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    folder = program(tmp_path_factory.mktemp("emulator"))
    # Slow enough that a process asked to end has done so before its stopTimeout.
    with running(folder, LOCAL_IMAGES, speed=20) as emulator:
        yield emulator


@pytest.fixture
def runner(emulator: Emulator) -> Runner:
    return Runner(Account(emulator.url))


def environment(runner: Runner, overrides: Any = None, **container: Any) -> dict[str, str]:
    """The environment that a task's process finds."""
    definition = define(runner.account, "app:1", command="python program.py show", **container)
    more = {"overrides": {"containerOverrides": [overrides]}} if overrides else {}
    task = runner.ended(definition, **more)
    assert task["containers"][0]["exitCode"] == 0
    return dict(json.loads(runner.log(task["taskArn"])[0]))


def test_a_process_gets_exactly_the_container_s_environment(
    runner: Runner, emulator: Emulator
) -> None:
    """The image's variables, over them the container's, over them the override's; HOST is last."""
    given = {"LAYER": "container", "ONLY": "container", "OVER": "container", "HOST": "0.0.0.0"}
    pairs = [{"name": name, "value": value} for name, value in given.items()]
    override = {"name": "service", "environment": [{"name": "OVER", "value": "override"}]}
    found = environment(runner, override, environment=pairs)
    own = {name: found.pop(name) for name in ("HOST", "PATH", "HOME", "TMPDIR")}
    assert found == {
        "IMAGE": "image",
        "LAYER": "container",
        "ONLY": "container",
        "OVER": "override",
        "SANDBOX_SPEED": "20",
        "LANG": "C.UTF-8",
    }
    assert own["HOST"].startswith("127.77.")
    assert own["PATH"].endswith(":/usr/local/bin:/usr/bin:/bin")
    assert own["HOME"] == own["TMPDIR"]
    assert own["HOME"].startswith(str(emulator.folder))


def test_secrets_reach_the_process(runner: Runner) -> None:
    """A secret's value, one JSON key of it, and a parameter arrive as variables."""
    account = runner.account
    make = account.secretsmanager.create_secret
    plain = make(Name="plain", SecretString="s3cret")["ARN"]
    keyed = make(Name="keyed", SecretString='{"user": "app", "port": 5432}')["ARN"]
    account.ssm.put_parameter(Name="/web/flag", Value="on", Type="SecureString")
    flag = account.ssm.get_parameter(Name="/web/flag")["Parameter"]["ARN"]
    sources = {"PLAIN": plain, "USER": f"{keyed}:user::", "PORT": f"{keyed}:port::", "FLAG": flag}
    secrets = [{"name": name, "valueFrom": source} for name, source in sources.items()]
    found = environment(runner, secrets=secrets)
    assert {name: found[name] for name in sources} == {
        "PLAIN": "s3cret",
        "USER": "app",
        "PORT": "5432",
        "FLAG": "on",
    }


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{arn}:missing::", "did not contain json key missing"),
        ("/no/such/parameter", "invalid parameters: /no/such/parameter"),
    ],
)
def test_a_secret_without_a_value_is_said(runner: Runner, source: str, said: str) -> None:
    """A missing key or parameter ends the task before it runs, in AWS's words."""
    arn = runner.account.secretsmanager.create_secret(Name="s", SecretString="{}")["ARN"]
    secrets = [{"name": "SECRET", "valueFrom": source.format(arn=arn)}]
    task = runner.ended(define(runner.account, "app:1", secrets=secrets))
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith("ResourceInitializationError: unable to pull secrets")
    assert said in task["stoppedReason"]
    assert "exitCode" not in task["containers"][0]


def answer(task: dict[str, Any]) -> str:
    """What a serving task says on its port 3000."""
    with socket.create_connection((address(task), 3000), timeout=30) as connection:
        return connection.makefile().read()


def test_tasks_share_a_port_on_addresses_of_their_own(runner: Runner) -> None:
    """The image's own command runs; two tasks listen on one port, each on its HOST."""
    tasks = [runner.ready(define(runner.account, "app:1")) for _ in range(2)]
    assert len({address(task) for task in tasks}) == 2
    assert [answer(task) for task in tasks] == [f"{address(t)} {pid(t)}" for t in tasks]


@pytest.mark.parametrize("code", [0, 3])
def test_the_exit_code_is_the_process_s(runner: Runner, code: int) -> None:
    """A process that ends by itself ends its task, with its own exit code."""
    task = runner.ended(define(runner.account, "app:1", command=f"python program.py exit {code}"))
    assert task["stopCode"] == "EssentialContainerExited"
    assert task["containers"][0]["exitCode"] == code


@pytest.mark.parametrize(("does", "code"), [("wait", 143), ("bye", 7)])
def test_sigterm_asks_the_process_to_end(runner: Runner, does: str, code: int) -> None:
    """StopTask's SIGTERM: 143 for a process that it ends, else the code it leaves with."""
    command = f"python program.py {does}"
    task = runner.ready(define(runner.account, "app:1", command=command, stopTimeout=120))
    stopped = runner.stopped(task["taskArn"])
    assert stopped["stopCode"] == "UserInitiated"
    assert stopped["containers"][0]["exitCode"] == code


def test_sigkill_follows_after_the_stop_timeout(runner: Runner) -> None:
    """A process deaf to SIGTERM is killed after stopTimeout of the sandbox clock, with its own."""
    definition = define(runner.account, "app:1", command="python program.py deaf", stopTimeout=30)
    task = runner.ready(definition)
    leader, worker = map(int, runner.log(task["taskArn"])[0].split())
    assert leader == pid(task)
    assert runs(worker)
    stopped = runner.stopped(task["taskArn"])
    assert stopped["containers"][0]["exitCode"] == 137
    waited = stopped["executionStoppedAt"] - stopped["stoppingAt"]
    assert waited.total_seconds() >= 30
    until(lambda: not (runs(leader) or runs(worker)) or None, "the worker has ended too")


def test_nothing_outlives_the_main_process(runner: Runner) -> None:
    """When a task's main process is killed, its task ends with 137 and its workers end."""
    task = runner.ready(define(runner.account, "app:1", command="python program.py deaf"))
    leader, worker = map(int, runner.log(task["taskArn"])[0].split())
    os.kill(leader, signal.SIGKILL)
    assert runner.reached(task["taskArn"], "STOPPED")["containers"][0]["exitCode"] == 137
    until(lambda: not runs(worker) or None, "the worker has ended too")


def test_lines_arrive_in_order(runner: Runner) -> None:
    """What a process writes is in its log stream, line by line, the last broken one too."""
    task = runner.ended(define(runner.account, "app:1", command="python program.py count 500"))
    assert runner.log(task["taskArn"]) == [*map(str, range(500)), "no line end"]
