"""A scalable target in an account of its own, over a service that is only counts."""

import secrets
from typing import Any

import pytest
from ministack.core.responses import request_scope

from sandbox.emulator import autoscaling_schedules
from sandbox.emulator.autoscaling_records import activities, targets

REGION = "eu-west-1"
SUNDAY = 1_795_305_600.0  # 2026-11-22T00:00:00Z
NAME = ("ecs", "service/main/web", "ecs:service:DesiredCount")
KEY = dict(zip(("ServiceNamespace", "ResourceId", "ScalableDimension"), NAME, strict=True))


class Counts:
    """A service that is what a test says; None desired is no service."""

    def __init__(self, count: int) -> None:
        self.wanted: int | None = count
        self.live = count

    def desired(self, resource: str) -> int | None:  # noqa: ARG002
        return self.wanted

    def running(self, resource: str) -> int:  # noqa: ARG002
        return self.live

    def deploying(self, resource: str) -> bool:  # noqa: ARG002
        return False

    def scale(self, resource: str, count: int) -> None:  # noqa: ARG002
        self.wanted = count

    def serves(self, resource: str, target_group: str) -> bool:  # noqa: ARG002
        return False


class ScaledTarget:
    """Bounds of 1 to 8 around 2 tasks, at a time that stands still."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.account = f"{secrets.randbelow(10**12):012}"
        self.now = SUNDAY
        monkeypatch.setattr("time.time", lambda: self.now)
        self.service = Counts(2)
        switches = ("DynamicScalingIn", "DynamicScalingOut", "ScheduledScaling")
        suspended = {f"{switch}Suspended": False for switch in switches}
        with self.scope():
            targets[NAME] = {**KEY, "MinCapacity": 1, "MaxCapacity": 8, "SuspendedState": suspended}

    def scope(self) -> Any:
        """The account's and region's scope."""
        return request_scope(self.account, REGION)

    def target(self) -> dict[str, Any]:
        """The target's record."""
        with self.scope():
            return dict(targets[NAME])

    def schedule(self, name: str, when: str, low: int, high: int, **window: float) -> None:
        """PutScheduledAction; `window` is its StartTime and EndTime, if any."""
        action = {"MinCapacity": low, "MaxCapacity": high}
        request = {**KEY, "ScheduledActionName": name, "Schedule": when, **window}
        with self.scope():
            autoscaling_schedules.put({**request, "ScalableTargetAction": action})

    def activities(self) -> list[dict[str, Any]]:
        """Every activity that is kept, oldest first."""
        with self.scope():
            return list(activities.values())
