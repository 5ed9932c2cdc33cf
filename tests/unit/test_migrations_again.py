"""Updates that come after others, or beside them, go on from what ECS and the ledger know."""

from datetime import timedelta

import pytest

from infra.migration_failure import MigrationFailedError
from infra.migration_ledger import ATTEMPT_TAG
from infra.migration_spec import mark
from tests.support.fake_ecs import Course
from tests.support.migration_case import fake, migration, run, with_limit

OLDER = "registry/web@sha256:" + "b" * 64


def test_a_run_still_going_is_adopted() -> None:
    """After a killed update the next one waits for the task that is still going."""
    ecs = fake(Course(after=200))
    run_task = ecs.aws

    def killed(operation: str) -> None:
        if operation == "run_task":
            raise KeyboardInterrupt

    run_task.after = killed
    with pytest.raises(KeyboardInterrupt):
        run(ecs)
    ecs.aws.after = lambda _operation: None
    assert run(ecs).how == "adopted"
    assert len(ecs.tasks) == 1


def test_a_run_that_ended_unseen_is_found() -> None:
    """A task that succeeded after its update was killed is recorded, not repeated."""
    ecs = fake()
    wanted = migration(ecs)
    ecs.start(wanted.task_definition, mark(wanted.key, 1), Course(after=30))
    ecs.aws.sleep(60)
    assert run(ecs).how == "found"
    assert run(ecs).how == "skipped"
    assert len(ecs.tasks) == 1


def test_a_failed_attempt_is_followed_by_one_with_its_own_token() -> None:
    """An unchanged update after a failure really runs it again, also a day's token later."""
    ecs = fake(Course(exit_code=1), Course(exit_code=1))
    for _ in range(2):
        with pytest.raises(MigrationFailedError):
            run(ecs)
        ecs.aws.now += timedelta(hours=2)  # ECS shows the stopped task no more
    assert run(ecs).how == "ran"
    assert [task.started_by[-2:] for task in ecs.tasks] == ["-1", "-2", "-3"]
    assert len(ecs.tokens) == 3


def test_an_attempt_that_was_noted_and_not_reached_is_not_skipped() -> None:
    """Killed between the note and RunTask, the next update takes the same attempt."""
    ecs = fake()
    wanted = migration(ecs)
    noted = f"{wanted.key}/1/started/{ecs.aws.now.isoformat()}"
    ecs.tags[ecs.revisions[0]] = {ATTEMPT_TAG: noted}
    run(ecs)
    assert ecs.tasks[0].started_by == mark(wanted.key, 1)


def test_a_task_of_another_key_ends_first() -> None:
    """Never two at once: a run of an older image, left by a killed update, is waited for."""
    ecs = fake()
    other = migration(ecs, image=OLDER)
    ecs.start(other.task_definition, mark(other.key, 1), Course(after=300))
    assert run(ecs).how == "ran"
    assert ecs.most_at_once == 1


def test_another_keys_task_that_ecs_does_not_show_yet_is_waited_for() -> None:
    """An update killed just after RunTask leaves a note: the next image waits to see its task."""
    ecs = fake()
    other = migration(ecs, image=OLDER)
    noted = f"{other.key}/1/started/{ecs.aws.now.isoformat()}"
    ecs.tags[ecs.revisions[0]] = {ATTEMPT_TAG: noted}
    ecs.start(other.task_definition, mark(other.key, 1), Course(missing_for=30, after=90))
    ecs.register()
    assert run(ecs).how == "ran"
    assert ecs.most_at_once == 1


def test_a_task_that_blocks_for_the_whole_limit_fails_the_update() -> None:
    """A task of the family that does not end is named, not stopped: it is not ours."""
    ecs = fake()
    ecs.start(ecs.revisions[0], "somebody", Course(after=None))
    with pytest.raises(MigrationFailedError, match="started by somebody"):
        run(ecs, with_limit(migration(ecs), 60))
    assert ecs.aws.called("stop_task") == []


def test_an_overrun_of_another_key_is_stopped() -> None:
    """A task that hangs past the limit since its update was killed does not block the next."""
    ecs = fake()
    other = migration(ecs, image=OLDER)
    ecs.start(other.task_definition, mark(other.key, 1), Course(after=None))
    assert run(ecs, with_limit(migration(ecs), 300)).how == "ran"
    assert ecs.most_at_once == 1


def test_a_stopping_attempt_is_over_before_the_next() -> None:
    """An update right after a time-out waits for the stopping task, then runs its own."""
    ecs = fake()
    wanted = migration(ecs)
    task = ecs.start(
        wanted.task_definition, mark(wanted.key, 1), Course(after=None, stop_takes=100)
    )
    ecs.stop_task("evenkeel-staging", task.arn, "over")
    assert run(ecs).how == "ran"
    assert ecs.most_at_once == 1
    assert ecs.tasks[1].started_by == mark(wanted.key, 2)


def test_missing_just_after_run_task_is_tolerated() -> None:
    """ECS may not know a task for a while after it started it; that is no failure."""
    ecs = fake(Course(missing_for=40, after=60))
    ecs.aws.seconds_per_sleep = 5
    assert run(ecs).how == "ran"


def test_missing_for_long_is_a_failure() -> None:
    """A task that ECS never shows ends the wait, and the message tells what comes next."""
    ecs = fake(Course(missing_for=10_000, after=20_000))
    with pytest.raises(MigrationFailedError, match="has not known its task"):
        run(ecs)


def test_two_updates_at_once_share_one_task() -> None:
    """The second of two racing updates gets the first one's task: same attempt, same token."""
    ecs = fake(Course(missing_for=5, after=60))
    wanted = migration(ecs)

    def second(operation: str) -> None:
        if operation == "run_task":
            ecs.aws.before = lambda _operation: None
            assert run(ecs, wanted).how == "ran"

    ecs.aws.before = second
    assert run(ecs, wanted).how == "ran"
    assert len(ecs.tasks) == 1
    assert len({call["clientToken"] for call in ecs.aws.called("run_task")}) == 1


def test_two_updates_from_two_revisions_share_one_task() -> None:
    """When the other update's token is taken with other parameters, its task is adopted."""
    ecs = fake(Course(after=60))
    wanted = migration(ecs)
    ecs.register()
    other = migration(ecs)

    def killed(operation: str) -> None:
        if operation == "run_task":
            raise KeyboardInterrupt

    def second(operation: str) -> None:
        if operation == "run_task":
            ecs.aws.before, ecs.aws.after = (lambda _operation: None), killed
            with pytest.raises(KeyboardInterrupt):
                run(ecs, other)
            ecs.aws.after = lambda _operation: None

    ecs.aws.before = second
    assert run(ecs, wanted).how == "adopted"
    assert len(ecs.tasks) == 1
