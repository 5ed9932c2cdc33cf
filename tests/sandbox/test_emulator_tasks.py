"""Single tasks of the emulated ECS: run, ended, refused, logged, kept."""

from collections.abc import Iterator

import pytest

from tests.support.emulated_service import CLUSTER, IMAGES, LOG_GROUP, define
from tests.support.emulated_tasks import Runner
from tests.support.emulator import Account, Emulator, refused, running, until

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running(tmp_path_factory.mktemp("emulator"), IMAGES) as emulator:
        yield emulator


@pytest.fixture
def runner(emulator: Emulator) -> Runner:
    return Runner(Account(emulator.url))


def test_task_passes_every_state_of_its_life(runner: Runner) -> None:
    """A task goes PROVISIONING, PENDING, ACTIVATING, RUNNING … STOPPED, never back."""
    order = ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING"]
    order += ["DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"]
    task = runner.run(define(runner.account, "web:1", command="works"))["tasks"][0]
    seen = [task["lastStatus"]]

    def look() -> bool | None:
        seen.append(runner.task(task["taskArn"])["lastStatus"])
        return seen[-1] == "STOPPED" or None

    until(look, "the task is STOPPED")
    places = [order.index(status) for status in seen]
    assert places == sorted(places)
    assert seen[0] == "PROVISIONING"
    found = runner.task(task["taskArn"])
    moments = [found[name] for name in ("createdAt", "pullStartedAt", "startedAt", "stoppedAt")]
    assert moments == sorted(moments)


@pytest.mark.parametrize(("command", "code"), [("works", 0), ("fails now", 3), ("vanishes", None)])
def test_exit_code_is_the_process_s_own(runner: Runner, command: str, code: int | None) -> None:
    """Exit codes 0, 3 and none at all arrive as they are, with AWS's stop code."""
    task = runner.ended(define(runner.account, "web:1", command=command))
    assert task["stopCode"] == "EssentialContainerExited"
    assert task["stoppedReason"] == "Essential container in task exited"
    assert task["containers"][0].get("exitCode") == code


def test_override_decides_over_the_definition_s_command(runner: Runner) -> None:
    """containerOverrides' command is what the images file is asked for."""
    override = {"containerOverrides": [{"name": "service", "command": ["fails"]}]}
    definition = define(runner.account, "web:1", command="works")
    assert runner.ended(definition, overrides=override)["containers"][0]["exitCode"] == 3
    unknown = {"containerOverrides": [{"name": "other", "command": ["fails"]}]}
    code, _ = refused(runner.run, definition=definition, overrides=unknown)
    assert code == "InvalidParameterException"


def test_image_that_cannot_be_pulled_never_starts(runner: Runner) -> None:
    """A pull error is TaskFailedToStart with CannotPullContainerError and no exit code."""
    task = runner.ended(define(runner.account, "missing:1"))
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith("CannotPullContainerError: ")
    assert "startedAt" not in task
    assert "exitCode" not in task["containers"][0]


def test_task_that_never_starts_stays_pending(runner: Runner) -> None:
    """`neverStarts` stays PENDING until somebody stops it."""
    arn = runner.run(define(runner.account, "never:1"))["tasks"][0]["taskArn"]
    until(lambda: runner.task(arn)["lastStatus"] == "PENDING" or None, "the task is PENDING")
    other = runner.ended(define(runner.account, "web:1", command="works"))
    assert other["lastStatus"] == "STOPPED"  # so much time has passed for the other one
    assert runner.task(arn)["lastStatus"] == "PENDING"
    runner.ecs.stop_task(cluster=CLUSTER, task=arn)
    until(lambda: runner.task(arn)["lastStatus"] == "STOPPED" or None, "the task is STOPPED")


def test_missing_secret_or_log_group_is_a_failed_start(runner: Runner) -> None:
    """What the agent cannot set up is ResourceInitializationError."""
    secret = f"arn:aws:secretsmanager:eu-west-1:{runner.account.name}:secret:gone-AbCdEf"
    secrets = [{"name": "DATABASE_URL", "valueFrom": secret}]
    task = runner.ended(define(runner.account, "web:1", secrets=secrets))
    assert task["stopCode"] == "TaskFailedToStart"
    assert "unable to pull secrets" in task["stoppedReason"]
    runner.account.logs.delete_log_group(logGroupName=LOG_GROUP)
    task = runner.ended(define(runner.account, "web:1"))
    assert "The specified log group does not exist" in task["stoppedReason"]


def test_log_lines_arrive_under_aws_s_stream_name(runner: Runner) -> None:
    """`<prefix>/<container>/<task id>` in the container's log group."""
    task = runner.ended(define(runner.account, "web:1", command="fails"))
    stream = f"web/service/{task['taskArn'].rpartition('/')[2]}"
    events = runner.account.logs.get_log_events(
        logGroupName=LOG_GROUP, logStreamName=stream, startFromHead=True
    )["events"]
    assert [event["message"] for event in events] == ["first line", "last line"]


def test_client_token_starts_once(runner: Runner) -> None:
    """The same token and parameters answer with the same task; other parameters conflict."""
    definition = define(runner.account, "web:1")
    first = runner.run(definition, clientToken="key-1", startedBy="deploy")["tasks"][0]
    again = runner.run(definition, clientToken="key-1", startedBy="deploy")["tasks"][0]
    assert again["taskArn"] == first["taskArn"]
    code, _ = refused(runner.run, definition=definition, clientToken="key-1", startedBy="other")
    assert code == "ConflictException"
    found = runner.ecs.list_tasks(cluster=CLUSTER, startedBy="deploy")["taskArns"]
    assert found == [first["taskArn"]]
    assert runner.ecs.list_tasks(cluster=CLUSTER, family="web")["taskArns"] == found
    assert runner.ecs.list_tasks(cluster=CLUSTER, family="other")["taskArns"] == []


def test_no_capacity_is_a_failure_in_a_good_answer(runner: Runner) -> None:
    """RunTask answers 200 with failures[] and AWS's reason."""
    answer = runner.run(define(runner.account, "crowded:1"))
    assert answer["tasks"] == []
    assert answer["failures"][0]["reason"].startswith("Capacity is unavailable at this time.")


def test_unknown_tasks_are_missing(runner: Runner) -> None:
    """DescribeTasks names what it does not know; StopTask refuses it."""
    answer = runner.ecs.describe_tasks(cluster=CLUSTER, tasks=["0" * 32])
    assert [f["reason"] for f in answer["failures"]] == ["MISSING"]
    assert refused(runner.ecs.stop_task, cluster=CLUSTER, task="0" * 32)[0] == (
        "InvalidParameterException"
    )


def test_protection_is_for_service_tasks_alone(runner: Runner) -> None:
    """A one-off task is TASK_NOT_VALID."""
    arn = runner.run(define(runner.account, "web:1"))["tasks"][0]["taskArn"]
    answer = runner.ecs.update_task_protection(cluster=CLUSTER, tasks=[arn], protectionEnabled=True)
    assert [f["reason"] for f in answer["failures"]] == ["TASK_NOT_VALID"]


def test_stopped_tasks_are_kept_for_an_hour(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A stopped task is described for an hour of the sandbox clock, and then MISSING."""
    with running(tmp_path_factory.mktemp("fast"), IMAGES, speed=2400) as emulator:
        runner = Runner(Account(emulator.url))
        arn = runner.ended(define(runner.account, "web:1", command="works"))["taskArn"]

        def gone() -> bool | None:
            answer = runner.ecs.describe_tasks(cluster=CLUSTER, tasks=[arn])
            return bool(answer["failures"]) or None

        assert gone() is None
        until(gone, "the task is forgotten")
