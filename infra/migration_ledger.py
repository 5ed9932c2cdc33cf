"""Which migrations have run, kept as tags on the retained task-definition revisions of a family.

The ledger outlives the stack's state and the tasks: a stack that is destroyed and made again, or
that goes back to an older image, does not run an old migration a second time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SUCCEEDED_TAG = "evenkeel:migration-succeeded"
ATTEMPT_TAG = "evenkeel:migration-attempt"
# A look costs one call for each revision; a deploy a day makes 300 of them in ten months.
REVISIONS_SEARCHED = 300


@dataclass(frozen=True, kw_only=True)
class Success:
    """A key that has succeeded: on which revision, and when."""

    revision: str
    at: str


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """An attempt, noted before RunTask.

    `refused` means that ECS answered RunTask with failures: the attempt's client token is spent.
    """

    key: str
    number: int
    at: datetime
    refused: bool


@dataclass(frozen=True, kw_only=True)
class Record:
    """What the ledger says about one key, and the attempts that it holds of others."""

    success: Success | None
    attempt: Attempt | None  # the latest
    others: Sequence[Attempt] = ()


class Ledger:
    """The tags of the newest 300 active revisions of *family*."""

    def __init__(self, ecs: Any, family: str) -> None:
        self._ecs = ecs
        self._family = family

    def look_up(self, key: str) -> Record:
        """What is noted for *key*; the newest revisions are asked first."""
        latest: Attempt | None = None
        others: list[Attempt] = []
        for revision in self._revisions():
            answer = self._ecs.list_tags_for_resource(resourceArn=revision)
            tags = {tag["key"]: tag["value"] for tag in answer["tags"]}
            done, _, at = tags.get(SUCCEEDED_TAG, "").partition("/")
            if done == key:
                return Record(success=Success(revision=revision, at=at), attempt=latest)
            noted = _attempt(tags.get(ATTEMPT_TAG, ""))
            if noted and noted.key != key:
                others.append(noted)
            elif noted and (latest is None or noted.number > latest.number):
                latest = noted
        return Record(success=None, attempt=latest, others=others)

    def note_attempt(
        self, revision: str, key: str, number: int, at: datetime, *, refused: bool = False
    ) -> None:
        """Note that attempt *number* of *key* starts (before RunTask), or that it was refused."""
        state = "refused" if refused else "started"
        self._tag(revision, ATTEMPT_TAG, f"{key}/{number}/{state}/{at.isoformat()}")

    def note_success(self, revision: str, key: str, at: datetime) -> None:
        """Note that *key* has succeeded; from now on it is skipped."""
        self._tag(revision, SUCCEEDED_TAG, f"{key}/{at.isoformat()}")

    def _tag(self, revision: str, key: str, value: str) -> None:
        self._ecs.tag_resource(resourceArn=revision, tags=[{"key": key, "value": value}])

    def _revisions(self) -> Iterator[str]:
        pages = self._ecs.get_paginator("list_task_definitions").paginate(
            familyPrefix=self._family,
            status="ACTIVE",
            sort="DESC",
            PaginationConfig={"MaxItems": REVISIONS_SEARCHED, "PageSize": 100},
        )
        for page in pages:
            for arn in page["taskDefinitionArns"]:
                if arn.rsplit("/", 1)[-1].rpartition(":")[0] == self._family:
                    yield arn


def _attempt(value: str) -> Attempt | None:
    if not value:
        return None
    key, number, state, at = value.split("/", 3)
    return Attempt(
        key=key, number=int(number), at=datetime.fromisoformat(at), refused=state == "refused"
    )
