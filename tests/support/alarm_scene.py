"""Alarms on one service's CPU, on a clock that a test sets by hand."""

import contextlib
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from ministack.core.responses import get_account_id, request_scope
from ministack.services import cloudwatch

from sandbox.emulator import cloudwatch_alarms
from sandbox.emulator.cloudwatch_values import put

accounts = itertools.count(400000000000)
START = 1795341600.0  # 2026-11-22 10:00
MINUTE = 60.0
POLICY = "arn:aws:autoscaling:eu-west-1:1:scalingPolicy:x"
CPU = ("AWS/ECS", "CPUUtilization", {"ServiceName": "web"})


class Scene:
    """One account, its clock and what its alarms set off."""

    def __init__(self) -> None:
        self.now = START
        self.acted: list[tuple[str, float]] = []

    def alarm(self, name: str = "busy", **members: Any) -> dict[str, Any]:
        """An alarm on the service's CPU: 3 of 3 minutes above 70, driving a policy."""
        record = {
            "AlarmName": name,
            "AlarmArn": f"arn:aws:cloudwatch:eu-west-1:{get_account_id()}:alarm:{name}",
            "Namespace": "AWS/ECS",
            "MetricName": "CPUUtilization",
            "Dimensions": [{"Name": "ServiceName", "Value": "web"}],
            "Statistic": "Average",
            "Period": 60,
            "EvaluationPeriods": 3,
            "Threshold": 70.0,
            "ComparisonOperator": "GreaterThanThreshold",
            "StateValue": "INSUFFICIENT_DATA",
            "StateReason": "Unchecked: Initial alarm creation",
            "ActionsEnabled": True,
            "AlarmActions": [POLICY],
            "OKActions": [],
            "InsufficientDataActions": [],
            **members,
        }
        cloudwatch._alarms[name] = record
        return record

    def act(self, _action: str, alarm: dict[str, Any], value: float) -> None:
        """What a scaling policy would be called with."""
        self.acted.append((alarm["AlarmName"], value))

    def minute(self, value: float | None, seconds: float = 35.0) -> set[str]:
        """Let a minute pass in which the CPU was *value*; then one beat, so late in the next."""
        if value is not None:
            put(*CPU, self.now, {value: 1.0})
        self.now += MINUTE
        return self.beat(seconds)

    def beat(self, seconds: float) -> set[str]:
        """One beat at that second after the present minute's start."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("time.time", lambda: self.now + seconds)
            return cloudwatch_alarms.beat()


@contextlib.contextmanager
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """A scene in an account of its own; nothing else drives its alarms, or is driven by them."""
    scene = Scene()
    monkeypatch.setattr(cloudwatch_alarms, "_minute", None)
    monkeypatch.setattr(cloudwatch_alarms, "_acts", {})
    cloudwatch_alarms.use("arn:aws:autoscaling:", scene.act)
    for store in (cloudwatch._alarms, cloudwatch._composite_alarms):
        monkeypatch.setattr(store, "_data", {})
    with request_scope(str(next(accounts)), "eu-west-1"):
        yield scene
