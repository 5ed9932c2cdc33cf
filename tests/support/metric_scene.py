"""ECS services as records, with a clock that a test sets, and the metrics published of them."""

import json
import secrets
from typing import Any

import pytest
from ministack.core.responses import request_scope

from sandbox.emulator import cloudwatch_values, ecs_use
from sandbox.emulator.ecs_metrics import MINUTE, ServiceMetrics
from sandbox.emulator.ecs_records import clusters, services, tasks

REGION = "eu-west-1"
NOON = 1_795_348_800.0  # 2026-11-22T12:00:00Z, the start of a minute
SERVICE = {"ClusterName": "main", "ServiceName": "web"}


class Simulated:
    """Processes of which none is of this machine."""

    def real(self, address: str) -> bool:  # noqa: ARG002
        return False


class MetricScene:
    """One service in an account of its own, at a time that stands still."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, insights: str) -> None:
        self.account = f"{secrets.randbelow(10**12):012}"
        self.now = NOON
        monkeypatch.setattr("time.time", lambda: self.now)
        self.tasks: list[dict[str, Any]] = []
        arn = f"arn:aws:ecs:{REGION}:{self.account}"
        self.arn = f"{arn}:service/main/web"
        with request_scope(self.account, REGION):
            clusters["main"] = {"settings": [{"name": "containerInsights", "value": insights}]}
            services["main", "web"] = {
                "serviceName": "web",
                "serviceArn": self.arn,
                "clusterArn": f"{arn}:cluster/main",
                "status": "ACTIVE",
                "desiredCount": 4,
                "runningCount": 3,
                "pendingCount": 1,
            }
        self.metrics = ServiceMetrics(Simulated(), vcpu=0.1)  # type: ignore[arg-type]

    def run(
        self, count: int, since: float = NOON - MINUTE, cpu: str = "256", memory: str = "512"
    ) -> list[str]:
        """So many RUNNING tasks of these CPU units and MB; their ids."""
        ids = [secrets.token_hex(16) for _ in range(count)]
        with request_scope(self.account, REGION):
            for name in ids:
                arn = f"arn:aws:ecs:{REGION}:{self.account}:task/main/{name}"
                tasks[arn] = {
                    "taskArn": arn,
                    "taskDefinitionArn": f"arn:aws:ecs:{REGION}:{self.account}"
                    ":task-definition/web:7",
                    "_service": self.arn,
                    "lastStatus": "RUNNING",
                    "createdAt": since,
                    "cpu": cpu,
                    "memory": memory,
                    "_address": "127.77.0.1",
                    "_process": {"started": since},
                }
        return ids

    def use(self, **told: Any) -> None:
        """What the service's tasks use from now on."""
        place = {"account": self.account, "region": REGION, "cluster": "main", "service": "web"}
        ecs_use.take(json.dumps(place | told).encode())

    def at(self, minutes: float) -> None:
        """A beat so many minutes after NOON."""
        self.now = NOON + minutes * MINUTE
        self.metrics.beat()

    def read(
        self,
        name: str,
        statistic: str = "Average",
        namespace: str = "ECS/ContainerInsights",
        dimensions: dict[str, str] | None = None,
    ) -> dict[float, float]:
        """Minutes after NOON -> value."""
        with request_scope(self.account, REGION):
            found = cloudwatch_values.series(
                namespace, name, dimensions or SERVICE, statistic, 60, NOON - 600, NOON + 3600
            )
        return {(at - NOON) / MINUTE: value for at, value in found.items()}

    def cpu(self, statistic: str = "Average") -> dict[float, float]:
        """AWS/ECS CPUUtilization: minutes after NOON -> value."""
        return self.read("CPUUtilization", statistic, "AWS/ECS")
