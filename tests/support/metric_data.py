"""Metrics of two tasks and a service, put into an emulator by a client."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.emulator import Account

START = datetime(2026, 11, 22, 10, tzinfo=UTC)
END = START + timedelta(minutes=5)
SPACE = "ECS/ContainerInsights"
SERVICE = {"ClusterName": "main", "ServiceName": "web"}


def fill(account: Account) -> None:
    """Three minutes of counts and of tasks: two of the cluster, and all that they could be taken
    for."""
    for minute in range(3):
        put(account, "DesiredTaskCount", SERVICE, minute, 5.0 + minute)
        put(account, "RunningTaskCount", SERVICE, minute, 5.0)
        for task, value in (("a1", 40.0), ("b2", 90.0 + minute)):
            put(account, "TaskCpuUtilization", of_task(task), minute, value)
        put(account, "TaskCpuUtilization", of_task("c3", cluster="other"), minute, 99.0)
        put(account, "TaskCpuUtilization", {"ClusterName": "main"}, minute, 98.0)
    put(account, "TaskCpuUtilization", {}, 0, 97.0)


def of_task(task: str, cluster: str = "main") -> dict[str, str]:
    return {"ClusterName": cluster, "TaskDefinitionFamily": "web", "TaskId": task}


def listed(dimensions: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


def put(
    account: Account, name: str, dimensions: Mapping[str, str], minute: int, *values: float
) -> None:
    datum: dict[str, Any] = {
        "MetricName": name,
        "Dimensions": listed(dimensions),
        "Timestamp": START + timedelta(minutes=minute),
        "Values": list(values),
        "Unit": "Percent",
    }
    account.cloudwatch.put_metric_data(Namespace=SPACE, MetricData=[datum])
