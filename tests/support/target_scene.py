"""One target of one group in the emulator, on a clock that a test sets by hand."""

import itertools
import json

from ministack.core.responses import get_account_id

from sandbox.emulator import elbv2_attributes, elbv2_targets, target_reports
from sandbox.emulator.elbv2_records import groups, rules

GROUP = "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/web/1"
ADDRESS, PORT = "127.77.0.1", 3000
accounts = itertools.count(200000000000)


class Processes(elbv2_targets.Processes):
    """One process: simulated, answering since `since`, or `local`, of this machine."""

    def __init__(self) -> None:
        self.since: float | None = None
        self.local = False

    def answering_since(self, _address: str, _port: int) -> float | None:
        return self.since

    def real(self, _address: str) -> bool:
        return self.local


class Scene:
    """A target group with an interval of 10 s and thresholds of 2, at second 0."""

    def __init__(self) -> None:
        self.now = 0.0
        self.wall = 0.0
        self.processes = Processes()
        attributes = elbv2_attributes.defaults(elbv2_attributes.TARGET_GROUP)
        attributes["deregistration_delay.timeout_seconds"] = "60"
        groups[GROUP] = {
            "TargetGroupArn": GROUP,
            "Port": PORT,
            "HealthCheckPort": "traffic-port",
            "HealthCheckIntervalSeconds": 10,
            "HealthyThresholdCount": 2,
            "UnhealthyThresholdCount": 2,
            "_attributes": attributes,
        }
        targets = {"TargetGroups": [{"TargetGroupArn": GROUP}]}
        rules["rule"] = {"Actions": [{"Type": "forward", "ForwardConfig": targets}]}

    def state(self, second: float) -> str:
        """The target's state at a second."""
        self.now = second
        return elbv2_targets.state(GROUP, ADDRESS, PORT)

    def register(self) -> None:
        """Register the target now."""
        elbv2_targets.register({"TargetGroupArn": GROUP, "Targets": [{"Id": ADDRESS}]})

    def deregister(self) -> None:
        """Deregister the target now."""
        elbv2_targets.deregister({"TargetGroupArn": GROUP, "Targets": [{"Id": ADDRESS}]})

    def report(self, *targets: dict[str, object], number: int | None = None) -> None:
        """A report of the data plane, now; `number` is of the changes that are live."""
        whose = {"account": get_account_id(), "region": "eu-west-1"}
        body = {**whose, "number": number, "targets": targets}
        target_reports.take(json.dumps(body).encode())


def seen(state: str, connections: int = 0, reason: str | None = None) -> dict[str, object]:
    """What a report says of the one target."""
    named = {"group": GROUP, "id": ADDRESS, "port": PORT, "state": state, "reason": reason}
    return {**named, "description": None, "connections": connections}
