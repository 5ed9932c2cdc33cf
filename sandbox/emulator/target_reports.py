"""What the data plane sees of targets: their health by its checks, and their open connections.

A report is kept in memory alone and counts for FRESH wall seconds. It names the number of the
changes (`changes.py`) that were live when it was made, so that a drain is not taken for idle by a
report from before the load balancer knew of it.
"""

import time
from typing import Literal, TypeAlias

from ministack.core.responses import get_account_id, get_region
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.emulator.changes import changes
from sandbox.emulator.wire import Record

FRESH = 10.0  # wall seconds

Key: TypeAlias = tuple[str, str, int]  # group ARN, address, port


class ReportError(ValueError):
    """The body of a report is not what it must be; the message says where."""


class Seen(BaseModel):
    """One target as the load balancer sees it, in AWS's words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    group: str
    id: str
    port: int
    state: Literal["initial", "healthy", "unhealthy"]
    reason: str | None = None
    description: str | None = None
    connections: int = Field(ge=0)

    def health(self) -> Record:
        """The TargetHealth of the ELB API."""
        found = {"State": self.state, "Reason": self.reason, "Description": self.description}
        return {member: value for member, value in found.items() if value is not None}


class _Report(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    account: str = Field(pattern=r"^\d{12}$")
    region: str
    number: int | None = None  # the changes that were live; without it no drain is idle
    targets: list[Seen]


class _Kept:
    def __init__(self, report: _Report) -> None:
        self.number = report.number
        self.at = time.monotonic()
        self.targets = {(t.group, t.id, t.port): t for t in report.targets}


_kept: dict[tuple[str, str], _Kept] = {}
_drains: dict[tuple[str, str, Key], int] = {}  # the number with which a drain was made known


def take(body: bytes) -> None:
    """Keep a report in the place of the last of its account and region. Raises ReportError."""
    try:
        report = _Report.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ReportError(f"{where or 'the body'}: {first['msg']}") from error
    _kept[report.account, report.region] = _Kept(report)


def seen(key: Key) -> Seen | None:
    """What a fresh report says of a target of the caller's account and region."""
    kept = _fresh()
    return kept.targets.get(key) if kept is not None else None


def begin_drain(key: Key) -> None:
    """A target begins to drain; the change is announced."""
    _drains[_place(key)] = changes.move()


def end_drain(key: Key) -> None:
    """A target has left its group, or has come back into it."""
    _drains.pop(_place(key), None)


def idle(key: Key) -> bool:
    """Whether no connection holds a draining target: nobody reports, or a report says so."""
    kept = _fresh()
    if kept is None:
        return True
    # After a restart the drain is an old one: any report that knows this emulator's numbers does.
    begun = _drains.setdefault(_place(key), changes.number)
    if kept.number is None or not begun <= kept.number <= changes.number:
        return False
    target = kept.targets.get(key)
    return target is None or target.connections == 0


def _fresh() -> _Kept | None:
    kept = _kept.get((get_account_id(), get_region()))
    return kept if kept is not None and time.monotonic() - kept.at <= FRESH else None


def _place(key: Key) -> tuple[str, str, Key]:
    return get_account_id(), get_region(), key
