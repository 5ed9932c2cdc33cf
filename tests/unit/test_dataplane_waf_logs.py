"""The shipper: what it does with decisions while the emulator does not take them."""

import json
import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.dataplane.decision_log import DecisionLog
from sandbox.dataplane.snapshot import Snapshot
from sandbox.dataplane.waf_logs import Shipper, _Clock
from tests.unit.test_dataplane_waf_events import LINE

GROUP = "aws-waf-logs-x"
DESTINATION = f"arn:aws:logs:eu-west-1:111122223333:log-group:{GROUP}:*"
ACL = "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/{}/1"


class _Missing(Exception):  # noqa: N818 - stands for botocore's
    """A log group that is not there."""


class Shipping(Shipper):
    """A shipper over a file, whose emulator is a list of what it was sent."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "firewall.log"
        self.reopened = 0
        envoy = SimpleNamespace(reopen_logs=self._reopen)
        plane = SimpleNamespace(live=SimpleNamespace(snapshot=Snapshot()), envoy=envoy)
        log = DecisionLog(self.file, folder / "place.json")
        super().__init__(plane, log)  # type: ignore[arg-type]
        self.logs: dict[str, dict[str, Any]] = {
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

    def _configuration(self, arn: str) -> dict[str, Any] | None:
        return self.logs.get(arn)

    def _clock(self) -> _Clock:
        return _Clock(wall=1_795_339_372.83, now=1000.0, speed=20)  # ten seconds after the line

    def _client(self, *_: Any) -> Any:
        def put(**call: Any) -> None:
            if self.failures:
                raise self.failures.pop(0)
            events = [json.loads(each["message"]) for each in call["logEvents"]]
            assert [e["timestamp"] for e in events] == [e["timestamp"] for e in call["logEvents"]]
            assert {e["timestamp"] for e in events} == {800_000}
            paths = [each["httpRequest"]["uri"] for each in events]
            self.sent.append((call["logGroupName"], call["logStreamName"], paths))

        errors = SimpleNamespace(
            ResourceNotFoundException=_Missing, ResourceAlreadyExistsException=_Missing
        )
        return SimpleNamespace(
            put_log_events=put, create_log_stream=lambda **_: None, exceptions=errors
        )


@pytest.fixture
def shipping(tmp_path: Path) -> Shipping:
    return Shipping(tmp_path)


def test_decisions_reach_the_log_group_at_their_time(shipping: Shipping) -> None:
    """Ten seconds ago are 200 of the sandbox's at speed 20; the stream is named as on AWS."""
    shipping.write("/a", "/b")
    shipping.ship()
    assert shipping.sent == [(GROUP, "eu-west-1_web_0", ["/a", "/b"])]


def test_what_was_sent_is_not_sent_again(shipping: Shipping) -> None:
    """While the emulator is away the file keeps what is to come; then all of it goes, once."""
    shipping.logs[ACL.format("zeta")] = {"LogDestinationConfigs": [DESTINATION]}
    shipping.write("/a")
    shipping.write("/z", acl="zeta")
    shipping.failures = [ConnectionRefusedError()]
    with pytest.raises(ConnectionRefusedError):
        shipping.ship()
    shipping.write("/b")
    shipping.ship()
    shipping.ship()
    assert [paths for _, _, paths in shipping.sent] == [["/a"], ["/z"], ["/b"]]


def test_a_web_acl_without_a_log_tells_nothing(shipping: Shipping) -> None:
    """Neither one that logs nothing nor a target that no firewall saw is in a log group."""
    shipping.write("/a", acl="silent")
    shipping.write("/b", terminatingRuleId="Malformed:target")
    shipping.write("/c")
    shipping.ship()
    assert [paths for _, _, paths in shipping.sent] == [["/c"]]


def test_a_missing_log_group_is_said_once(
    shipping: Shipping, caplog: pytest.LogCaptureFixture
) -> None:
    """The data plane's log names the log group, and the data plane goes on."""
    for path in ("/a", "/b"):
        shipping.write(path)
        shipping.failures = [_Missing()]
        with caplog.at_level(logging.WARNING):
            shipping.ship()
    assert caplog.text.count(f"the log group {GROUP} is not there") == 1
    shipping.write("/c")
    shipping.ship()
    assert [paths for _, _, paths in shipping.sent] == [["/c"]]


def test_many_decisions_go_in_several_calls(shipping: Shipping) -> None:
    """No call is larger than CloudWatch Logs takes; the order stays."""
    paths = [f"/{number}" for number in range(1201)]
    shipping.write(*paths)
    shipping.ship()
    assert all(len(sent) <= 500 for _, _, sent in shipping.sent)
    assert [path for _, _, sent in shipping.sent for path in sent] == paths


def test_a_deleted_file_is_opened_anew(shipping: Shipping) -> None:
    """Envoy is told, once, to write where the file was."""
    shipping.write("/a")
    shipping.ship()
    shipping.file.unlink()
    shipping.ship()
    shipping.ship()
    assert shipping.reopened == 1
