"""The shipper of firewall logs over a file, before an emulator that a test makes fail."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from sandbox.dataplane.decision_log import DecisionLog
from sandbox.dataplane.emulated import Clock
from sandbox.dataplane.snapshot import Snapshot
from sandbox.dataplane.waf_logs import Shipper
from tests.unit.test_dataplane_waf_events import LINE

GROUP = "aws-waf-logs-x"
DESTINATION = f"arn:aws:logs:eu-west-1:111122223333:log-group:{GROUP}:*"
ACL = "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/{}/1"


def refusal(code: str, status: int) -> ClientError:
    """What botocore raises for an answer with that code and status."""
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "PutLogEvents")  # type: ignore[arg-type]


class _There(Exception):  # noqa: N818 - stands for botocore's
    """A log stream that is there."""


class Missing(ClientError):  # noqa: N818 - named like the code
    """A log group that is not there."""

    def __init__(self) -> None:
        answer = refusal("ResourceNotFoundException", 400).response
        super().__init__(answer, "PutLogEvents")


class Shipping(Shipper):
    """A shipper over a file, whose emulator is a list of what it was sent."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "firewall.log"
        self.reopened = 0
        envoy = SimpleNamespace(reopen_logs=self._reopen)
        plane = SimpleNamespace(live=SimpleNamespace(snapshot=Snapshot()), envoy=envoy, url="")
        log = DecisionLog(self.file, folder / "place.json")
        super().__init__(plane, log)  # type: ignore[arg-type]
        # Ten seconds after the line.
        clock = Clock(wall=1_795_339_372.83, now=1000.0, speed=20)
        self._emulated = SimpleNamespace(  # type: ignore[assignment]
            client=self._client, clock=lambda: clock
        )
        self.logs: dict[str, dict[str, Any] | Exception] = {
            ACL.format("web"): {"LogDestinationConfigs": [DESTINATION]}
        }
        self.failures: list[Exception] = []  # of the next calls
        self.sent: list[tuple[str, str, list[str]]] = []  # group, stream, paths

    def write(self, *paths: str, acl: str = "web", **changes: Any) -> None:
        """Decide on requests to these paths."""
        with self.file.open("a") as out:
            for path in paths:
                line = {**LINE, "webaclId": ACL.format(acl), "uri": path, **changes}
                out.write(json.dumps(line) + "\n")

    def _reopen(self) -> None:
        self.reopened += 1

    def _client(self, *_: Any) -> Any:
        def put(**call: Any) -> None:
            if self.failures:
                raise self.failures.pop(0)
            events = [json.loads(each["message"]) for each in call["logEvents"]]
            assert [e["timestamp"] for e in events] == [e["timestamp"] for e in call["logEvents"]]
            assert {e["timestamp"] for e in events} == {800_000}
            paths = [each["httpRequest"]["uri"] for each in events]
            self.sent.append((call["logGroupName"], call["logStreamName"], paths))

        def configuration(ResourceArn: str) -> dict[str, Any]:  # noqa: N803
            found = self.logs.get(ResourceArn, refusal("WAFNonexistentItemException", 400))
            if isinstance(found, Exception):
                raise found
            return {"LoggingConfiguration": found}

        return SimpleNamespace(
            put_log_events=put,
            create_log_stream=lambda **_: None,
            exceptions=SimpleNamespace(
                ResourceNotFoundException=Missing, ResourceAlreadyExistsException=_There
            ),
            get_logging_configuration=configuration,
        )
