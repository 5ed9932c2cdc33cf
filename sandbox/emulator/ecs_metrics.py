"""What ECS and Container Insights publish, one data point for each minute of the sandbox clock.

Names and dimensions: ECS developer guide, "Amazon ECS CloudWatch metrics"; CloudWatch user guide,
"Amazon ECS Container Insights metrics" and, for single tasks, "… with enhanced observability".
"""

import math
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ministack.core.responses import request_scope

from sandbox.emulator import cloudwatch_values, ecs_use
from sandbox.emulator.ecs_measured import Measured
from sandbox.emulator.ecs_processes import Processes
from sandbox.emulator.ecs_records import clusters, scopes, services, short, tasks, tasks_of
from sandbox.emulator.ecs_use import FULL, Used
from sandbox.emulator.wire import Record

MINUTE = 60  # sandbox seconds
_INSIGHTS = "ECS/ContainerInsights"


@dataclass(frozen=True)
class Datum:
    """One metric in a minute: each value, and how often it was seen."""

    name: str
    dimensions: Mapping[str, str]
    values: Mapping[float, float]
    unit: str
    namespace: str = _INSIGHTS


class ServiceMetrics:
    """The metrics of every ACTIVE service; `vcpu` is of one core, what 1,024 CPU units are."""

    def __init__(self, processes: Processes, vcpu: float) -> None:
        self._processes = processes
        self._measured = Measured(processes, vcpu)
        self._minute = math.ceil(time.time() / MINUTE)  # the first that is seen whole

    def beat(self) -> None:
        """Publish the minutes that have ended since the last beat that published."""
        now = int(time.time() // MINUTE)
        if now <= self._minute:
            return
        minutes, self._minute = range(self._minute, now), now
        measured = self._measured.of([t for t in tasks.all_values() if self._real(t)])
        for account, region in scopes():
            with request_scope(account, region):
                for service in services.values():
                    if service["status"] == "ACTIVE":
                        self._publish(service, minutes, measured)

    def _publish(self, service: Record, minutes: range, measured: Mapping[str, Used]) -> None:
        for minute in minutes:
            all_running = (t for t in tasks_of(service["serviceArn"]) if _ran(t, minute))
            running = [t for t in all_running if _sized(t)]
            told = [t for t in running if not self._processes.real(t["_address"])]
            cluster = short(service["clusterArn"])
            used = ecs_use.told(cluster, service["serviceName"], told) | {
                t["taskArn"]: measured[t["taskArn"]] for t in running if t["taskArn"] in measured
            }
            for each in data(service, [t for t in running if t["taskArn"] in used], used):
                cloudwatch_values.put(
                    each.namespace,
                    each.name,
                    each.dimensions,
                    minute * MINUTE,
                    each.values,
                    each.unit,
                )

    def _real(self, task: Record) -> bool:
        running = task["lastStatus"] == "RUNNING" and _sized(task)
        return running and self._processes.real(task["_address"])


def data(service: Record, running: list[Record], used: Mapping[str, Used]) -> Iterator[Datum]:
    """A service's metrics in a minute in which these of its tasks ran and used that."""
    whole = {
        "ClusterName": short(service["clusterArn"]),
        "ServiceName": service["serviceName"],
    }
    if running:
        for name, member in (("CPUUtilization", "cpu"), ("MemoryUtilization", "memory")):
            yield Datum(name, whole, _weighted(member, running, used), "Percent", "AWS/ECS")
    insights = _insights(service)
    if insights == "disabled":
        return
    for name in ("Desired", "Running", "Pending"):
        count = {float(service[f"{name.lower()}Count"]): 1.0}
        yield Datum(f"{name}TaskCount", whole, count, "Count")
    yield from _sums(whole, running, used)
    if insights == "enhanced":
        yield from _of_each(whole, running, used)


def _weighted(
    member: str, running: list[Record], used: Mapping[str, Used]
) -> Mapping[float, float]:
    """Each task's use, counted once for the smallest task and by its size for a larger one.

    The average is then units used over units declared (ECS developer guide), of a deployment too
    that changes the size of the tasks.
    """
    smallest = min(float(t[member]) for t in running)
    counts: defaultdict[float, float] = defaultdict(float)
    for task in running:
        counts[getattr(used[task["taskArn"]], member)] += float(task[member]) / smallest
    return counts


def _sums(
    whole: Mapping[str, str], running: list[Record], used: Mapping[str, Used]
) -> Iterator[Datum]:
    """What all tasks have declared, and what they use of it: CPU units and megabytes."""
    if not running:
        return
    for name, member, unit in (("Cpu", "cpu", "None"), ("Memory", "memory", "Megabytes")):
        reserved = sum(float(t[member]) for t in running)
        utilized = sum(
            float(t[member]) * getattr(used[t["taskArn"]], member) / FULL for t in running
        )
        yield Datum(f"{name}Reserved", whole, {reserved: 1.0}, unit)
        yield Datum(f"{name}Utilized", whole, {utilized: 1.0}, unit)


def _of_each(
    whole: Mapping[str, str], running: list[Record], used: Mapping[str, Used]
) -> Iterator[Datum]:
    for task in running:
        dimensions = {
            "ClusterName": whole["ClusterName"],
            "TaskDefinitionFamily": short(task["taskDefinitionArn"]).partition(":")[0],
            "TaskId": short(task["taskArn"]),
        }
        share = used[task["taskArn"]]
        yield Datum("TaskCpuUtilization", dimensions, {share.cpu: 1.0}, "Percent")
        yield Datum("TaskMemoryUtilization", dimensions, {share.memory: 1.0}, "Percent")


def _insights(service: Record) -> str:
    """The containerInsights setting of the service's cluster; AWS's default is disabled."""
    settings = clusters[short(service["clusterArn"])]["settings"]
    return next((str(s["value"]) for s in settings if s["name"] == "containerInsights"), "disabled")


def _ran(task: Record, minute: int) -> bool:
    """Whether a task that may be RUNNING now was so when the minute ended."""
    begun = task["_process"]["started"]
    return task["lastStatus"] == "RUNNING" and begun is not None and begun < (minute + 1) * MINUTE


def _sized(task: Record) -> bool:
    """Whether the size is in plain units; a task definition that Fargate would refuse is kept too,
    with what it says ("1 vCPU"), and its tasks have no use that could be told."""
    return all(str(task[member]).isdigit() and int(task[member]) for member in ("cpu", "memory"))
