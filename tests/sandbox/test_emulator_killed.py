"""The emulator killed by force while tasks and deployments are under way, and started again."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.emulated_service import IMAGES, Service, define
from tests.support.emulated_tasks import Runner
from tests.support.emulator import Account, Emulator, running, until

pytestmark = pytest.mark.sandbox

SLOW = "- {match: slow, exit: 3, after: 120, log: [begun]}\n"  # 1 wall second


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    with running(tmp_path, SLOW + IMAGES) as emulator:
        yield emulator


def kill(emulator: Emulator) -> None:
    emulator.stop(signal.SIGKILL)
    emulator.start()


def test_a_task_under_way_ends_as_it_would_have(emulator: Emulator) -> None:
    """Killed while it runs: it goes on, gives its own exit code, and was not started twice."""
    runner = Runner(Account(emulator.url))
    definition = define(runner.account, "slow:1")
    asked = {"clientToken": "key-1", "startedBy": "deploy"}
    arn = runner.run(definition, **asked)["tasks"][0]["taskArn"]
    kill(emulator)
    runner.reached(arn, "RUNNING")
    kill(emulator)
    assert runner.reached(arn, "STOPPED")["containers"][0]["exitCode"] == 3
    assert runner.log(arn) == ["begun"]
    assert runner.run(definition, **asked)["tasks"][0]["taskArn"] == arn


def test_a_failing_deployment_is_still_rolled_back(emulator: Emulator) -> None:
    """S3-15: killed between failed tasks: the circuit breaker has not forgotten them."""
    service = Service(Account(emulator.url))
    service.steady()
    broken = service.deploy("crash:1")

    def failed() -> int | None:
        counts = [
            each["failedTasks"]
            for each in service.read()["deployments"]
            if each["taskDefinition"] == broken
        ]
        return sum(counts) or None

    until(failed, "a task of the new revision has failed")
    before = failed()
    kill(emulator)
    assert before is not None
    assert (failed() or before) >= before
    service.steady(service.first)
    assert "rolling back" in service.events()
    assert {task["taskDefinitionArn"] for task in service.tasks()} == {service.first}


def test_a_service_still_shrinks(emulator: Emulator) -> None:
    """Killed right after it was told to: one task leaves its groups and ends, the other stays."""
    service = Service(Account(emulator.url), desired=3)
    service.steady()
    service.update(desiredCount=1)
    kill(emulator)
    until(lambda: service.health() == [["healthy"]] * 2 or None, "one target is left")
    until(lambda: len(service.tasks()) == 1 or None, "one task is left")
    assert service.read()["deployments"][0]["failedTasks"] == 0
