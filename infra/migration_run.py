"""One migration, run to its end exactly once per key, whoever asks and however often."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from infra import migration_failure as failure
from infra.account import Account, pauses
from infra.ecs_tasks import Task, describe, listed
from infra.log_tail import log_tail
from infra.migration_ledger import Ledger, Record
from infra.migration_spec import CONTAINER, Migration, is_mark, mark

# DescribeTasks: "stopped tasks appear in the returned results for at least one hour".
STOPPED_TASKS_VISIBLE = timedelta(hours=1)
# ECS is eventually consistent: just after RunTask a task may be MISSING (RunTask reference).
MISSING_TOLERATED = timedelta(minutes=2)
# Fargate's longest stopTimeout is 120 s; the rest is for ECS to say so.
STOPPING_TOLERATED = timedelta(minutes=4)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How the key came to be done: `ran`, `adopted`, `found` (ended unrecorded) or `skipped`."""

    how: str
    detail: str


def run_once(migration: Migration, account: Account, *, sleep: Callable[[float], None]) -> Outcome:
    """Make *migration* done: skip it, take over a run of it still going, or run it.

    Raises MigrationFailedError. Killed at any point, the next call goes on from what ECS knows.
    """
    return _Run(migration, account, sleep).settle()


class _Run:
    def __init__(
        self, migration: Migration, account: Account, sleep: Callable[[float], None]
    ) -> None:
        self.migration = migration
        self.account = account
        self.sleep = sleep
        self.time_limit = timedelta(seconds=migration.timeout_seconds)
        self.ecs: Any = account.client("ecs")
        self.ledger = Ledger(self.ecs, migration.family)

    def settle(self) -> Outcome:
        record = self.ledger.look_up(self.migration.key)
        if record.success:
            detail = f"succeeded at {record.success.at} on {record.success.revision}"
            return Outcome(how="skipped", detail=detail)
        limit = self.account.now + self.time_limit + STOPPING_TOLERATED
        for pause in pauses():
            tasks = listed(self.ecs, self.migration.cluster, family=self.migration.family)
            mine = [task for task in tasks if self._attempt_of(task)]
            for task in mine:
                if task.succeeded(CONTAINER):
                    return self._done(task, "found")
                if not task.is_ending:
                    return self._watch(task, "adopted")
            # Never two at once, whatever their keys: any other task of the family ends first.
            going = [task for task in tasks if not task.is_stopped]
            for task in going:
                self._stop_overrun(task)
            is_free = not going and not self._is_one_unseen(record, tasks)
            if is_free and (started := self._start(record, mine)):
                return self._watch(started, "ran")
            if self.account.now > limit:
                raise failure.blocked(self.migration, going)
            self.sleep(pause)
        raise AssertionError("pauses() never ends")

    def _is_one_unseen(self, record: Record, tasks: Sequence[Task]) -> bool:
        """Whether another key's attempt was noted so lately that ECS may not show its task yet."""
        shown = {task.started_by for task in tasks}
        return any(
            mark(each.key, each.number) not in shown
            and not each.refused
            and self.account.now - each.at < MISSING_TOLERATED
            for each in record.others
        )

    def _start(self, record: Record, mine: Sequence[Task]) -> Task | None:
        """Start the next attempt; None when another update has just begun it from elsewhere."""
        attempt = self._next_attempt(record, mine)
        self._note(attempt)
        try:
            answer = self._run_task(attempt)
        except self.ecs.exceptions.ConflictException:
            return None
        if not answer["tasks"]:
            self._note(attempt, refused=True)
            raise failure.refused(self.migration, answer["failures"])
        return Task(answer["tasks"][0])

    def _next_attempt(self, record: Record, mine: Sequence[Task]) -> int:
        """One more than the last, unless the last was noted but never reached RunTask.

        A client token is good for 24 hours: a failed attempt's would give back the failed task.
        """
        seen = max((self._attempt_of(task) for task in mine), default=0)
        noted = record.attempt
        if noted is None:
            return seen + 1
        is_fresh = self.account.now - noted.at < STOPPED_TASKS_VISIBLE
        if noted.number > seen and is_fresh and not noted.refused:
            return noted.number
        return max(seen, noted.number) + 1

    def _note(self, attempt: int, *, refused: bool = False) -> None:
        self.ledger.note_attempt(
            self.migration.task_definition,
            self.migration.key,
            attempt,
            self.account.now,
            refused=refused,
        )

    def _run_task(self, attempt: int) -> dict[str, Any]:
        answer: dict[str, Any] = self.ecs.run_task(
            cluster=self.migration.cluster,
            taskDefinition=self.migration.task_definition,
            # Said outright, because a cluster's default may be Spot.
            capacityProviderStrategy=[
                {"capacityProvider": self.migration.capacity_provider, "weight": 1}
            ],
            count=1,
            networkConfiguration={
                "awsvpcConfiguration": {
                    "subnets": [*self.migration.subnet_ids],
                    "securityGroups": [*self.migration.security_group_ids],
                    "assignPublicIp": "DISABLED",
                }
            },
            startedBy=mark(self.migration.key, attempt),
            clientToken=self.migration.client_token(attempt),
        )
        return answer

    def _watch(self, task: Task, how: str) -> Outcome:
        """Follow *task* to its end; past the time limit, stop it and wait until it is gone."""
        limit = self._limit(task)
        seen, told = self.account.now, None
        for pause in pauses():
            found = describe(self.ecs, self.migration.cluster, [task.arn])
            now = self.account.now
            task, seen = (found[0], now) if found else (task, seen)
            if task.succeeded(CONTAINER):
                return self._done(task, how)
            if task.is_stopped or (told and now - told > STOPPING_TOLERATED):
                raise failure.ended(self.migration, task, self._log(task), timed_out=bool(told))
            if now - seen > MISSING_TOLERATED:
                raise failure.lost(self.migration, task, (now - seen).seconds)
            if told is None and now > limit:
                self._stop(task)
                told = now
            self.sleep(pause)
        raise AssertionError("pauses() never ends")

    def _log(self, task: Task) -> list[str]:
        stream = self.migration.log_stream(task.id)
        logs = self.account.client("logs")
        return log_tail(logs, self.migration.log_group, stream, sleep=self.sleep)

    def _stop_overrun(self, task: Task) -> None:
        """Stop what an update that died has left running; a person's own task is left alone."""
        is_ours = is_mark(task.started_by) and not task.is_ending
        if is_ours and self.account.now > self._limit(task):
            self._stop(task)

    def _limit(self, task: Task) -> datetime:
        return task.created_at + self.time_limit

    def _stop(self, task: Task) -> None:
        self.ecs.stop_task(
            cluster=self.migration.cluster,
            task=task.arn,
            reason=f"evenkeel: over the limit of {self.migration.timeout_seconds} s",
        )

    def _done(self, task: Task, how: str) -> Outcome:
        # On the revision that ran, whose image and command are then the record of what did.
        at: datetime = task.data.get("stoppedAt") or self.account.now
        self.ledger.note_success(task.definition, self.migration.key, at)
        seconds = round((at - task.created_at).total_seconds())
        attempt = self._attempt_of(task)
        return Outcome(how=how, detail=f"attempt {attempt}, {seconds} s, task {task.arn}")

    def _attempt_of(self, task: Task) -> int:
        return self.migration.attempt_of(task.started_by)
