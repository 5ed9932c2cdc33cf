"""The migration runs exactly once for an image and command; only exit code 0 is success."""

import pytest

from infra.account import AccountError
from infra.migration_failure import MigrationFailedError
from infra.migration_ledger import SUCCEEDED_TAG
from infra.migration_spec import migration_key
from tests.support.fake_aws import Refusal
from tests.support.fake_ecs import Course
from tests.support.migration_case import COMMAND, IMAGE, fake, migration, run

OLDER = "registry/web@sha256:" + "b" * 64


def test_first_run_starts_one_task_on_fargate_and_waits_for_it() -> None:
    """One task, on-demand, in private subnets, awaited to its end (S0-03, S3-08)."""
    ecs = fake(Course(after=120))
    outcome = run(ecs)
    [call] = ecs.aws.called("run_task")
    assert outcome.how == "ran"
    assert ecs.tasks[0].is_gone(ecs.aws.now)
    assert call["count"] == 1
    assert call["capacityProviderStrategy"] == [{"capacityProvider": "FARGATE", "weight": 1}]
    assert "launchType" not in call
    assert call["networkConfiguration"]["awsvpcConfiguration"] == {
        "subnets": ["subnet-1", "subnet-2"],
        "securityGroups": ["sg-1"],
        "assignPublicIp": "DISABLED",
    }
    assert call["taskDefinition"] == ecs.revisions[0]
    assert call["startedBy"] == f"{migration(ecs).key}-1"
    assert len(call["clientToken"]) <= 64


def test_a_key_that_has_succeeded_is_skipped() -> None:
    """A second update with the same image and command runs nothing, and says so (S0-03)."""
    ecs = fake()
    run(ecs)
    ecs.register()
    outcome = run(ecs)
    assert outcome.how == "skipped"
    assert ecs.revisions[0] in outcome.detail
    assert len(ecs.tasks) == 1


def test_the_ledger_stands_on_the_revision_that_ran() -> None:
    """The success is a tag of the retained revision, with the key and the time."""
    ecs = fake()
    run(ecs)
    noted = ecs.tags[ecs.revisions[0]][SUCCEEDED_TAG]
    assert noted == f"{migration(ecs).key}/2026-01-05T12:00:30+00:00"


def test_exit_one_fails_with_the_end_of_the_log() -> None:
    """Exit code 1 fails the update with the last 50 lines and the next step (S0-05)."""
    lines = tuple(f"line {number}" for number in range(80))
    ecs = fake(Course(exit_code=1, log=lines))
    with pytest.raises(MigrationFailedError) as failed:
        run(ecs)
    message = str(failed.value)
    assert "Exit code 1" in message
    assert "| line 79" in message
    assert "| line 30\n" in message
    assert "| line 29\n" not in message
    assert "alembic upgrade head" in message
    assert "Next: correct the migration" in message
    assert SUCCEEDED_TAG not in ecs.tags[ecs.revisions[0]]


def test_no_exit_code_is_a_failure() -> None:
    """A container that stopped without an exit code has not succeeded (S0-05, K13)."""
    ecs = fake(Course(exit_code=None, log=None))
    with pytest.raises(MigrationFailedError, match="never gave an exit code"):
        run(ecs)


def test_a_task_that_never_starts_is_a_failure() -> None:
    """TaskFailedToStart fails with ECS's reason, and with no log to show (S0-05)."""
    reason = "CannotPullContainerError: pull access denied"
    ecs = fake(
        Course(exit_code=None, stop_code="TaskFailedToStart", reason=reason, log=None, after=20)
    )
    with pytest.raises(MigrationFailedError) as failed:
        run(ecs)
    assert f"TaskFailedToStart: {reason}" in str(failed.value)
    assert "nothing was written" in str(failed.value)


def test_an_exit_of_zero_for_another_reason_is_a_failure() -> None:
    """Exit code 0 of a task that somebody stopped is no success (K13)."""
    ecs = fake(Course(stop_code="UserInitiated", reason="stopped by hand"))
    with pytest.raises(MigrationFailedError, match="stopped by hand"):
        run(ecs)


def test_a_time_out_stops_the_task_and_waits_until_it_is_gone() -> None:
    """Past the limit the task is stopped, so that nothing runs on, and the update fails (S0-05)."""
    ecs = fake(Course(after=None, log=("migrating",), stop_takes=90))
    with pytest.raises(MigrationFailedError, match="longer than its limit of 900 s") as failed:
        run(ecs)
    [call] = ecs.aws.called("stop_task")
    assert "900 s" in call["reason"]
    assert ecs.tasks[0].is_gone(ecs.aws.now)
    assert "| migrating" in str(failed.value)
    assert "migrations.timeoutSeconds" in str(failed.value)


def test_a_migration_that_ends_well_while_being_stopped_has_succeeded() -> None:
    """Exit code 0 on its own, just past the limit, is a success and is recorded."""
    ecs = fake(Course(after=920, stop_takes=120))
    ecs.aws.seconds_per_sleep = 3
    assert run(ecs).how == "ran"
    assert ecs.aws.called("stop_task")


def test_failures_of_run_task_are_failures() -> None:
    """RunTask answers 200 with failures for lack of capacity; the update fails with the reason."""
    ecs = fake()
    ecs.refusals.append([{"reason": "Capacity is unavailable at this time"}])
    with pytest.raises(MigrationFailedError, match="Capacity is unavailable"):
        run(ecs)
    assert run(ecs).how == "ran"
    first, second = ecs.aws.called("run_task")
    assert first["clientToken"] != second["clientToken"]


def test_going_back_to_an_older_image_runs_nothing() -> None:
    """An image whose migration has succeeded is skipped under a new revision too."""
    ecs = fake()
    run(ecs, image=OLDER)
    ecs.register()
    run(ecs)
    ecs.register()
    assert run(ecs, image=OLDER).how == "skipped"
    assert len(ecs.tasks) == 2


def test_a_corrected_image_runs_after_a_failed_one() -> None:
    """A new image is a new key: its migration runs though the last one failed."""
    ecs = fake(Course(exit_code=1))
    with pytest.raises(MigrationFailedError):
        run(ecs, image=OLDER)
    ecs.register()
    assert run(ecs).how == "ran"


def test_another_command_of_the_same_image_runs() -> None:
    """`expand` and `contract` of one image are two migrations."""
    ecs = fake()
    run(ecs, migration(ecs, command=["migrate", "expand"]))
    assert run(ecs, migration(ecs, command=["migrate", "contract"])).how == "ran"


def test_the_key_is_digest_and_command() -> None:
    """Digest or command change it, the registry's name does not; without a digest the tag does."""
    digest = IMAGE.partition("@")[2]
    assert migration_key(f"mirror/web:7@{digest}", COMMAND) == migration_key(IMAGE, COMMAND)
    assert migration_key(IMAGE, COMMAND[:2]) != migration_key(IMAGE, COMMAND)
    assert migration_key(OLDER, COMMAND) != migration_key(IMAGE, COMMAND)
    assert migration_key("web:1", COMMAND) != migration_key("web:2", COMMAND)


def test_another_account_is_refused_before_any_call() -> None:
    """Credentials of another account stop the run: nothing but their identity was asked."""
    ecs = fake()
    ecs.aws.account_id = "999999999999"
    ecs.aws.calls.clear()
    with pytest.raises(AccountError, match=r"belongs to account 1234.*999999999999"):
        ecs.aws.account.require("123456789012")
    assert [operation for operation, _ in ecs.aws.calls] == ["get_caller_identity"]


def test_an_unreadable_log_does_not_hide_the_failure() -> None:
    """Without the right to read the log the message still says what happened."""
    ecs = fake(Course(exit_code=3))

    def refuse(operation: str) -> None:
        if operation == "get_log_events":
            raise Refusal("AccessDeniedException", "not allowed")

    ecs.get_log_events = lambda **_: refuse("get_log_events")  # type: ignore[method-assign,assignment]
    with pytest.raises(MigrationFailedError, match="Exit code 3") as failed:
        run(ecs)
    assert "could not be read" in str(failed.value)
