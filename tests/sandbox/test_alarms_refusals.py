"""Real requests that the firewall refuses reach the web ACL's log group, its metric, its alarm."""

import json
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support import alarmed, dataplane, emulator
from tests.support.dataplane import DataPlane
from tests.support.emulator import Account, Emulator, until

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]
SPEED = 60.0
NAME = "evenkeel-staging"
GROUP, STREAM = f"aws-waf-logs-{NAME}", f"eu-west-1_{NAME}-"


@dataclass(frozen=True)
class Guarded:
    """The program's load balancer and web ACL behind Envoy, without tasks."""

    aws: Emulator
    account: Account
    plane: DataPlane
    balancer: str
    url: str

    def ask(self, path: str) -> int:
        """The status of a GET with a token in its query."""
        try:
            with urllib.request.urlopen(f"{self.url}{path}?token=secret", timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def logged(self, path: str) -> list[dict[str, Any]]:
        """The log events of requests to `path`."""
        found = self.account.logs.filter_log_events(logGroupName=GROUP)["events"]
        events = [{**json.loads(e["message"]), "stream": e["logStreamName"]} for e in found]
        return [event for event in events if event["httpRequest"]["uri"] == path]

    def until_logged(self, path: str, count: int) -> list[dict[str, Any]]:
        """Those events once there are so many."""

        def look() -> list[dict[str, Any]] | None:
            found = self.logged(path)
            return found if len(found) >= count else None

        return list(until(look, f"{count} requests to {path} are logged", seconds=60))


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("refusals")
    with (
        emulator.running(folder, alarmed.IMAGES, speed=SPEED) as aws,
        dataplane.running(aws.url, folder / "plane", SPEED) as plane,
    ):
        account = Account(aws.url)
        program = alarmed.made(account, alarmed.stage())
        balancer = str(program.one("aws:lb/loadBalancer:LoadBalancer").outputs["arn"])
        yield Guarded(aws, account, plane, balancer, plane.listener(balancer))


def test_refused_requests_raise_their_alarm(guarded: Guarded) -> None:
    """S0-19: ten refusals of a path that looks allowed within five minutes raise the alarm."""
    assert [guarded.ask("/apix") for _ in range(12)] == [403] * 12

    def raised() -> bool | None:
        found = guarded.account.cloudwatch.describe_alarms(
            AlarmNames=[f"{NAME}-refused-allowed-paths"]
        )["MetricAlarms"][0]
        return found["StateValue"] == "ALARM" or None

    until(raised, "the alarm goes off", seconds=60)


def test_a_refusal_is_logged_as_aws_logs_it(guarded: Guarded) -> None:
    """The event has AWS's members, its time is the sandbox's, and no secret is in it."""
    before = dataplane.fetch(f"{guarded.aws.url}/_evenkeel/clock")["now"]
    assert guarded.ask("/apiz") == 403
    (event,) = guarded.until_logged("/apiz", 1)
    after = dataplane.fetch(f"{guarded.aws.url}/_evenkeel/clock")["now"]
    assert before - SPEED <= event["timestamp"] / 1000 <= after
    assert event["stream"].startswith(STREAM)
    assert event["stream"].endswith("_0")
    assert (event["action"], event["terminatingRuleId"]) == ("BLOCK", "Default_Action")
    assert (event["httpSourceName"], event["responseCodeSent"]) == ("ALB", 403)
    suffix = guarded.balancer.partition(":loadbalancer/")[2]
    assert event["httpSourceId"] == f"{guarded.account.name}-{suffix}"
    assert event["httpRequest"]["clientIp"] == "127.0.0.1"
    assert event["httpRequest"]["args"] == "REDACTED"
    assert "secret" not in json.dumps(event)


def test_nothing_is_lost_while_the_emulator_is_away(guarded: Guarded) -> None:
    """Requests that are refused meanwhile are logged, each once, when it is back."""
    assert guarded.ask("/apiw") == 403
    guarded.until_logged("/apiw", 1)
    guarded.aws.stop(signal.SIGKILL)
    assert [guarded.ask("/apiw") for _ in range(3)] == [403] * 3
    guarded.aws.start()
    assert guarded.ask("/apiw") == 403
    assert len(guarded.until_logged("/apiw", 5)) == 5


def test_a_rotated_log_is_read_on(guarded: Guarded) -> None:
    """A log file that is moved away costs no line, and Envoy writes a new one."""
    log: Path = guarded.plane.folder / "firewall.log"
    guarded.ask("/apiv")
    log.rename(log.with_suffix(".1"))
    until(lambda: log.exists() or None, "there is a log again")
    guarded.ask("/apiv")
    assert len(guarded.until_logged("/apiv", 2)) == 2


def test_a_missing_log_group_is_said(guarded: Guarded) -> None:
    """The data plane's log names the group, and the firewall goes on."""
    guarded.account.logs.delete_log_group(logGroupName=GROUP)
    said = f"the log group {GROUP} is not there"
    assert guarded.ask("/apiu") == 403
    until(lambda: said in guarded.plane.log() or None, "the log group is missed", seconds=60)
    assert guarded.ask("/apiu") == 403
    guarded.account.logs.create_log_group(logGroupName=GROUP)
    guarded.ask("/apit")
    guarded.until_logged("/apit", 1)
    assert guarded.plane.log().count(said) == 1
