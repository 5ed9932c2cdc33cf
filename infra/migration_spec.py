"""What a migration is, and what makes two of them the same."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

CONTAINER = "migration"
# On demand whatever the service runs on: Spot may end a migration half-way, at two minutes' notice.
CAPACITY_PROVIDER = "FARGATE"


@dataclass(frozen=True, kw_only=True)
class Migration:
    """What to run and where; `timeout_seconds` counts from the task's creation, pull included."""

    key: str
    image: str
    command: Sequence[str]
    cluster: str
    family: str
    task_definition: str
    capacity_provider: str
    subnet_ids: Sequence[str]
    security_group_ids: Sequence[str]
    log_group: str
    timeout_seconds: int

    @classmethod
    def from_props(cls, props: Mapping[str, Any]) -> Self:
        """The migration that a MigrationRun's *props* describe; numbers arrive as floats."""
        return cls(
            key=props["key"],
            image=props["image"],
            command=props["command"],
            cluster=props["cluster"],
            family=props["family"],
            task_definition=props["taskDefinition"],
            capacity_provider=props["capacityProvider"],
            subnet_ids=props["subnetIds"],
            security_group_ids=props["securityGroupIds"],
            log_group=props["logGroup"],
            timeout_seconds=int(props["timeoutSeconds"]),
        )

    def log_stream(self, task_id: str) -> str:
        """Where awslogs writes: prefix, container, task; the prefix is the container's name."""
        return f"{CONTAINER}/{CONTAINER}/{task_id}"

    def attempt_of(self, started_by: str) -> int:
        """The number of the attempt that carries *started_by*; 0 when it is no run of this key."""
        key, _, number = started_by.rpartition("-")
        return int(number) if key == self.key and number.isdigit() else 0

    def client_token(self, attempt: int) -> str:
        """The same for everybody who starts this attempt, so that ECS gives all of them one task.

        Up to 64 characters, unique within a cluster (ECS API reference, idempotency of RunTask).
        """
        return f"{mark(self.key, attempt)}-{hashlib.sha256(self.family.encode()).hexdigest()[:16]}"


def mark(key: str, attempt: int) -> str:
    """What an attempt's task carries in `startedBy`: the key and the attempt's number."""
    return f"{key}-{attempt}"


def is_mark(started_by: str) -> bool:
    """Whether a task that carries *started_by* is an attempt of some migration of this program."""
    return re.fullmatch(r"[0-9a-f]{24}-[0-9]+", started_by) is not None


def migration_key(image: str, command: Sequence[str]) -> str:
    """24 hex digits of the image's digest (its reference where it has none) and the command."""
    identity = image.partition("@")[2] or image
    return hashlib.sha256(json.dumps([identity, *command]).encode()).hexdigest()[:24]
