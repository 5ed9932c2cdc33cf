"""`POST /_evenkeel/target-health`: what the data plane reports is what the ELB API says."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.emulated_service import PORT, Balancer, Network
from tests.support.emulator import REGION, Account, Emulator, running, until

pytestmark = pytest.mark.sandbox
ADDRESS = "10.0.0.9"
TARGET = [{"Id": ADDRESS, "Port": PORT}]


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running(tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator


def call(emulator: Emulator, name: str, body: object = None) -> dict[str, Any]:
    """A control call; with a body it is a POST."""
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(f"{emulator.url}/_evenkeel/{name}", data=data) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


class Reported:
    """A group with one target of no task, and reports on it."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.account = Account(emulator.url)
        self.group = Balancer(self.account, Network(self.account)).groups[0]
        self.account.elbv2.register_targets(TargetGroupArn=self.group, Targets=TARGET)

    def report(self, state: str, **more: object) -> None:
        """Report the target with the changes of now live."""
        target = {"group": self.group, "id": ADDRESS, "port": PORT, "state": state}
        whose = {"account": self.account.name, "region": REGION}
        number = call(self.emulator, "changes")["number"]
        targets = [{"connections": 0, **target, **more}]
        call(self.emulator, "target-health", {**whose, "number": number, "targets": targets})

    def health(self) -> list[dict[str, str]]:
        """TargetHealth of each target of the group."""
        found = self.account.elbv2.describe_target_health(TargetGroupArn=self.group)
        return [each["TargetHealth"] for each in found["TargetHealthDescriptions"]]


def test_the_api_says_what_is_reported(emulator: Emulator) -> None:
    """State, reason and description come through; the next report replaces them."""
    reported = Reported(emulator)
    failed = {
        "reason": "Target.ResponseCodeMismatch",
        "description": "Health checks failed with these codes: [503]",
    }
    reported.report("unhealthy", **failed)
    assert reported.health() == [
        {"State": "unhealthy", "Reason": failed["reason"], "Description": failed["description"]}
    ]
    reported.report("healthy")
    assert reported.health() == [{"State": "healthy"}]


def test_open_connections_hold_a_draining_target(emulator: Emulator) -> None:
    """While reports say that a connection is open the target drains; without it, it goes."""
    reported = Reported(emulator)
    longest = [{"Key": "deregistration_delay.timeout_seconds", "Value": "3600"}]
    reported.account.elbv2.modify_target_group_attributes(
        TargetGroupArn=reported.group, Attributes=longest
    )
    reported.report("healthy", connections=1)
    reported.account.elbv2.deregister_targets(TargetGroupArn=reported.group, Targets=TARGET)
    before = call(emulator, "clock")["now"]
    while call(emulator, "clock")["now"] < before + 20:  # ten times as long as an idle drain
        reported.report("healthy", connections=1)
        assert [each["State"] for each in reported.health()] == ["draining"]
    reported.report("healthy", connections=0)
    until(lambda: reported.health() == [] or None, "the target is gone")


def test_a_report_that_is_none_is_refused(emulator: Emulator) -> None:
    """A wrong body is 400 with what is wrong."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        call(emulator, "target-health", {"account": "1", "region": REGION, "targets": []})
    with refused.value as answer:
        assert answer.status == 400
        assert "account: String should match" in json.load(answer)["error"]
