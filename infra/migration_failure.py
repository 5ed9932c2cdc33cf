"""What a failed migration tells its reader: what happened, the log's tail, what to do next."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from infra.ecs_tasks import Task
from infra.migration_spec import CONTAINER, Migration

UNCHANGED = "Whatever waits for this migration was left as it was."
AGAIN = "run the same update again: it starts a new attempt."
# 128 + 9: the kernel's SIGKILL, which on Fargate is most often the task's memory at its limit.
KILLED = 137


class MigrationFailedError(Exception):
    """The migration did not end with exit code 0; the message says why and what to do next."""


def refused(migration: Migration, failures: Sequence[Mapping[str, Any]]) -> MigrationFailedError:
    """RunTask answered with failures and HTTP 200, as for lack of capacity."""
    reasons = "; ".join(
        ": ".join(str(each[part]) for part in ("reason", "detail") if each.get(part))
        for each in failures
    )
    return _message(
        migration,
        f"ECS did not start the task: {reasons or 'it gives no reason'}.",
        f"put right what ECS names (capacity comes back by itself), then {AGAIN}",
    )


def blocked(migration: Migration, going: Sequence[Task]) -> MigrationFailedError:
    """Something else of the family ran on for as long as this migration may take."""
    tasks = ", ".join(
        f"{task.arn} (started by {task.started_by or 'nobody named'})" for task in going
    )
    return _message(
        migration,
        f"It was not started: for {migration.timeout_seconds} s another run had not ended: "
        f"{tasks or 'an attempt that another update began, and that ECS does not show yet'}.",
        "wait until it has ended, or stop it; then run the same update again.",
    )


def lost(migration: Migration, task: Task, seconds: int) -> MigrationFailedError:
    """ECS stopped knowing a task that it had started."""
    return _message(
        migration,
        f"ECS has not known its task for {seconds} s: {task.arn}.",
        "look the task up in the console; then run the same update again: it takes over the task "
        "if it is still going.",
    )


def ended(
    migration: Migration, task: Task, tail: Sequence[str], *, timed_out: bool
) -> MigrationFailedError:
    """The task stopped, or was told to, without the one good ending: exit code 0."""
    happened, advice = _over_time(migration, task) if timed_out else _exited(task)
    stream = migration.log_stream(task.id)
    return _message(
        migration,
        happened,
        advice,
        f"task     {task.arn}, attempt {migration.attempt_of(task.started_by)}",
        f"log      {migration.log_group} {stream}, its end:",
        *(f"  | {line}" for line in tail),
    )


def _over_time(migration: Migration, task: Task) -> tuple[str, str]:
    limit = migration.timeout_seconds
    still = "" if task.is_stopped else " It had not stopped yet when last seen."
    return (
        f"It ran longer than its limit of {limit} s and was stopped.{still}",
        f"make it faster or raise migrations.timeoutSeconds, then {AGAIN}",
    )


def _exited(task: Task) -> tuple[str, str]:
    code = task.exit_code(CONTAINER)
    if code is None:
        return (
            f"Its container never gave an exit code ({task.reason()}).",
            f"put right what ECS names (image, secret, network, role), then {AGAIN}",
        )
    advice = (
        "correct the migration and set service.image to the new image; if the cause lay outside "
        f"it, {AGAIN}"
    )
    if code == KILLED:
        advice = f"137 is a kill, most often for memory: raise service.memory, then {AGAIN}"
    return f"Exit code {code} ({task.reason()}).", advice


def _message(migration: Migration, happened: str, advice: str, *facts: str) -> MigrationFailedError:
    return MigrationFailedError(
        "\n".join(
            [
                f"The migration failed. {happened}",
                f"command  {shlex.join(migration.command)}",
                f"image    {migration.image}",
                *facts,
                UNCHANGED,
                f"Next: {advice}",
            ]
        )
    )
