"""Ships what the firewall decided to the log group of each web ACL's logging configuration.

A thread reads the decision log, as Envoy writes it, and puts each part into CloudWatch Logs before
it reads on. While the emulator is away the file keeps what is to come; of a call whose answer got
lost, events may arrive twice. What it refuses for good is lost, so that the rest comes through.
"""

import contextlib
import json
import logging
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError

from sandbox.dataplane.decision_log import DecisionLog
from sandbox.dataplane.emulated import Emulated, for_good
from sandbox.dataplane.envoy import EnvoyError
from sandbox.dataplane.firewall.rules import MALFORMED
from sandbox.dataplane.plane import Plane
from sandbox.dataplane.problems import FLEETING, Problems
from sandbox.dataplane.snapshot import Record, Scope
from sandbox.dataplane.waf_events import event, kept, moment, readable

_log = logging.getLogger(__name__)
EVERY = 0.5  # wall seconds between two looks
_MOST_EVENTS = 500  # of a PutLogEvents; AWS takes 10,000 in 1 MiB, and a path may have 60 KiB


@dataclass(frozen=True)
class Batch:
    """The events of one PutLogEvents."""

    scope: Scope
    group: str
    stream: str
    events: list[dict[str, Any]]


class Shipper:
    """Ships the decisions of a plane, from a thread of its own."""

    def __init__(self, plane: Plane, log: DecisionLog) -> None:
        self._plane = plane
        self._decisions = log
        self._unsent: deque[Batch] = deque()
        self._problems = Problems(_log)
        self._broken = Problems(_log)
        self._emulated = Emulated(plane.url)

    def start(self) -> None:
        """Ships from now on."""
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            time.sleep(EVERY)
            try:
                self.ship()
            except (EnvoyError, *FLEETING) as error:
                self._problems.met(f"no firewall log for now: {type(error).__name__}: {error}")

    def ship(self) -> None:
        """Everything that has been written so far; raises one of FLEETING, and goes on there."""
        self._send_all()
        if self._decisions.lost():
            # Envoy writes on to a file that was moved or deleted, until it is told.
            self._plane.envoy.reopen_logs()
        while (lines := self._decisions.lines()) is not None:
            self._unsent += list(self._batches(lines))
            self._decisions.take()
            self._send_all()

    def _send_all(self) -> None:
        """What is in memory, so that a part that has gone out in part is not told twice."""
        while self._unsent:
            self._send(self._unsent[0])
            self._unsent.popleft()
        self._decisions.remember()

    def _batches(self, lines: list[Record]) -> Iterator[Batch]:
        """The lines by web ACL; none of one that logs nothing."""
        judged = self._readable(
            [line for line in lines if line.get("terminatingRuleId") != MALFORMED]
        )
        for arn in sorted({line["webaclId"] for line in judged}):
            configuration = self._configuration(arn)
            if configuration is not None:
                own = [line for line in judged if line["webaclId"] == arn]
                yield from self._of(arn, configuration, own)

    def _readable(self, lines: list[Record]) -> list[Record]:
        """The lines that are decisions; the others would be none at the next look either."""
        found = [line for line in lines if readable(line)]
        if len(found) < len(lines):
            number = len(lines) - len(found)
            self._broken.met(
                "lines of the firewall's decision log that are no decisions are skipped\n"
                f"the first time {number} of {len(lines)}; from now on without a word"
            )
        return found

    def _of(self, arn: str, configuration: Record, lines: list[Record]) -> Iterator[Batch]:
        destination = configuration["LogDestinationConfigs"][0]
        if ":log-group:" not in destination:
            self._problems.met(f"the sandbox ships no firewall log to {destination}: no log group")
            return
        scope, name = _scope(arn), arn.split("/")[-2]
        group = destination.partition(":log-group:")[2].removesuffix(":*")
        stream = f"{scope.region}_{name}_0"
        for part in _parts(self._events(arn, configuration, lines)):
            yield Batch(scope, group, stream, part)

    def _events(
        self, arn: str, configuration: Record, lines: list[Record]
    ) -> Iterator[dict[str, Any]]:
        clock = self._emulated.clock()
        redacted = configuration.get("RedactedFields", [])
        for line in sorted(lines, key=moment):
            if kept(line, configuration.get("LoggingFilter")):
                at = int(1000 * clock.sandbox(moment(line)))
                message = event(line, self._web_acl(arn), redacted, at)
                yield {"timestamp": at, "message": json.dumps(message)}

    def _send(self, batch: Batch) -> None:
        client = self._emulated.client("logs", batch.scope)
        names = {"logGroupName": batch.group, "logStreamName": batch.stream}
        try:
            _once(client, names)
            client.put_log_events(**names, logEvents=batch.events)
        except client.exceptions.ResourceNotFoundException:
            self._problems.met(
                f"the log group {batch.group} is not there: its firewall log is lost"
            )
        except (ClientError, ParamValidationError) as error:
            if isinstance(error, ClientError) and not for_good(error):
                raise
            self._problems.met(f"the firewall log of {batch.group} is lost: {error}")
        else:
            self._problems.over()

    def _configuration(self, arn: str) -> Record | None:
        """The logging configuration of a web ACL, if it has one."""
        client = self._emulated.client("wafv2", _scope(arn))
        try:
            found = client.get_logging_configuration(ResourceArn=arn)
        except ClientError as error:
            if not for_good(error):
                raise
            if error.response["Error"]["Code"] != "WAFNonexistentItemException":
                self._problems.met(f"the firewall log of {arn} is lost: {error}")
            return None
        return dict(found["LoggingConfiguration"])

    def _web_acl(self, arn: str) -> Record | None:
        found = (balancer.web_acl for balancer in self._plane.live.snapshot.balancers)
        return next((acl for acl in found if acl is not None and acl["ARN"] == arn), None)


def _scope(arn: str) -> Scope:
    """The account and region of a web ACL's ARN."""
    region, account = arn.split(":")[3:5]
    return Scope(account, region)


def _once(client: Any, names: dict[str, str]) -> None:
    with contextlib.suppress(client.exceptions.ResourceAlreadyExistsException):
        client.create_log_stream(**names)


def _parts(events: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    part: list[dict[str, Any]] = []
    for each in events:
        part.append(each)
        if len(part) == _MOST_EVENTS:
            yield part
            part = []
    if part:
        yield part
