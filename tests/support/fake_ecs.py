"""ECS as far as a migration sees it: revisions with tags, tasks that run their course, logs."""

# ruff: noqa: N803 -- parameters are named as AWS names them

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.support.fake_aws import ACCOUNT, REGION, FakeAws, Refusal

CLUSTER = "evenkeel-staging"
FAMILY = "evenkeel-staging-migration"
ARN = f"arn:aws:ecs:{REGION}:{ACCOUNT}"


@dataclass(frozen=True, kw_only=True)
class Course:
    """What one task will do; times in seconds of the account's clock."""

    exit_code: int | None = 0
    after: float | None = 30  # None: until it is stopped
    stop_code: str = "EssentialContainerExited"
    reason: str = "Essential container in task exited"
    log: tuple[str, ...] | None = ()  # None: no log stream
    missing_for: float = 0  # DescribeTasks answers MISSING
    stop_takes: float = 30


@dataclass
class FakeTask:
    """A task on its course."""

    arn: str
    definition: str
    started_by: str
    course: Course
    created_at: datetime
    told_to_stop: tuple[datetime, str] | None = None

    @property
    def ends_at(self) -> datetime | None:
        own = self.course.after
        ends = [self.created_at + timedelta(seconds=own)] if own is not None else []
        if self.told_to_stop:
            ends.append(self.told_to_stop[0] + timedelta(seconds=self.course.stop_takes))
        return min(ends, default=None)

    def was_stopped(self) -> bool:
        """It ended because it was told to, not on its own."""
        own = self.course.after
        ended = self.created_at + timedelta(seconds=own) if own is not None else None
        return self.told_to_stop is not None and self.ends_at != ended

    def is_gone(self, now: datetime) -> bool:
        return self.ends_at is not None and now >= self.ends_at

    def described(self, now: datetime) -> dict[str, Any]:
        container: dict[str, Any] = {"name": "migration"}
        gone = self.is_gone(now)
        task = {
            "taskArn": self.arn,
            "taskDefinitionArn": self.definition,
            "startedBy": self.started_by,
            "createdAt": self.created_at,
            "lastStatus": "STOPPED" if gone else "RUNNING",
            "desiredStatus": "STOPPED" if gone or self.told_to_stop else "RUNNING",
            # What GuardDuty adds to a Fargate task ends as it likes.
            "containers": [{"name": "aws-guardduty-agent", "exitCode": 143}, container],
        }
        if gone:
            stopped = self.was_stopped()
            task["stoppedAt"] = self.ends_at
            task["stopCode"] = "UserInitiated" if stopped else self.course.stop_code
            task["stoppedReason"] = (
                self.told_to_stop[1] if stopped and self.told_to_stop else self.course.reason
            )
            code = 137 if stopped else self.course.exit_code
            if code is not None:
                container["exitCode"] = code
        return task


@dataclass
class FakeEcs:
    """The backend: `courses` are used up by RunTask in turn; with none left a task succeeds."""

    aws: FakeAws
    courses: deque[Course] = field(default_factory=deque)
    refusals: deque[list[dict[str, str]]] = field(default_factory=deque)
    revisions: list[str] = field(default_factory=list)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    tasks: list[FakeTask] = field(default_factory=list)
    tokens: dict[str, tuple[dict[str, Any], FakeTask]] = field(default_factory=dict)
    most_at_once: int = 0

    def register(self, family: str = FAMILY) -> str:
        """A new revision; its ARN."""
        number = sum(f"/{family}:" in arn for arn in self.revisions) + 1
        self.revisions.append(f"{ARN}:task-definition/{family}:{number}")
        return self.revisions[-1]

    def successes(self) -> list[FakeTask]:
        """The tasks that have ended with exit code 0 on their own."""
        now = self.aws.now
        return [t for t in self.tasks if t.is_gone(now) and _succeeded(t.described(now))]

    def start(self, definition: str, started_by: str, course: Course) -> FakeTask:
        """A task, as RunTask or a person starts one."""
        arn = f"{ARN}:task/{CLUSTER}/{len(self.tasks) + 1:032x}"
        task = FakeTask(arn, definition, started_by, course, self.aws.now)
        self.tasks.append(task)
        going = sum(not each.is_gone(self.aws.now) for each in self.tasks)
        self.most_at_once = max(self.most_at_once, going)
        return task

    def run_task(self, clientToken: str, **parameters: Any) -> dict[str, Any]:
        if self.refusals:
            return {"tasks": [], "failures": self.refusals.popleft()}
        if clientToken not in self.tokens:
            course = self.courses.popleft() if self.courses else Course()
            task = self.start(parameters["taskDefinition"], parameters["startedBy"], course)
            self.tokens[clientToken] = (parameters, task)
        known, task = self.tokens[clientToken]
        if known != parameters:
            raise Refusal("ConflictException", "the token is in use")
        return {"tasks": [task.described(self.aws.now)], "failures": []}

    def stop_task(self, cluster: str, task: str, reason: str) -> dict[str, Any]:
        assert cluster == CLUSTER
        found = next(each for each in self.tasks if each.arn == task)
        if found.told_to_stop is None:
            found.told_to_stop = (self.aws.now, reason)
        return {"task": found.described(self.aws.now)}

    def list_tasks(self, cluster: str, family: str, desiredStatus: str) -> dict[str, Any]:
        assert cluster == CLUSTER
        shown = [
            task
            for task in self.tasks
            if f"/{family}:" in task.definition and self._is_visible(task)
        ]
        now = self.aws.now
        arns = [t.arn for t in shown if t.described(now)["desiredStatus"] == desiredStatus]
        return {"taskArns": arns}

    def describe_tasks(self, cluster: str, tasks: list[str]) -> dict[str, Any]:
        assert cluster == CLUSTER
        found = [task for task in self.tasks if task.arn in tasks and self._is_visible(task)]
        gone = [{"arn": a, "reason": "MISSING"} for a in tasks if a not in {t.arn for t in found}]
        return {"tasks": [task.described(self.aws.now) for task in found], "failures": gone}

    def list_task_definitions(
        self,
        familyPrefix: str,
        status: str,
        sort: str,
        maxResults: int,
        nextToken: str = "0",
    ) -> dict[str, Any]:
        assert (status, sort) == ("ACTIVE", "DESC")
        arns = [arn for arn in reversed(self.revisions) if f"/{familyPrefix}" in arn]
        start, end = int(nextToken), int(nextToken) + maxResults
        more = {"nextToken": str(end)} if end < len(arns) else {}
        return {"taskDefinitionArns": arns[start:end], **more}

    def list_tags_for_resource(self, resourceArn: str) -> dict[str, Any]:
        tags = self.tags.get(resourceArn, {})
        return {"tags": [{"key": key, "value": value} for key, value in tags.items()]}

    def tag_resource(self, resourceArn: str, tags: list[dict[str, str]]) -> dict[str, Any]:
        assert resourceArn in self.revisions
        self.tags.setdefault(resourceArn, {}).update({t["key"]: t["value"] for t in tags})
        return {}

    def get_log_events(self, logStreamName: str, limit: int, **_: Any) -> dict[str, Any]:
        task = next(each for each in self.tasks if logStreamName.endswith(each.arn[-32:]))
        if task.course.log is None:
            raise Refusal("ResourceNotFoundException", "The specified log stream does not exist.")
        return {"events": [{"message": line} for line in task.course.log[-limit:]]}

    def _is_visible(self, task: FakeTask) -> bool:
        now, ended = self.aws.now, task.ends_at
        appears = task.created_at + timedelta(seconds=task.course.missing_for)
        return now >= appears and (ended is None or now < ended + timedelta(hours=1))


def _succeeded(task: dict[str, Any]) -> bool:
    own: dict[str, Any] = task["containers"][1]
    return (task["stopCode"], own.get("exitCode")) == ("EssentialContainerExited", 0)
