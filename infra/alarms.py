"""Which alarms a stage has, as data: what is measured, what is too much, what to do then."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from infra.metric_alarm import MINUTE, Alarm, Judged, Metric

HOUR = 3600
CONTAINER_INSIGHTS = "ECS/ContainerInsights"
REFUSED_METRIC = "RefusedAllowedPaths"
APART = 15  # points of CPU that make a task hotter than the others


@dataclass(frozen=True, kw_only=True)
class Watched:
    """Where the metrics of a stage are."""

    cluster_name: str
    service_name: str
    load_balancer_suffix: pulumi.Input[str]
    target_group_suffixes: Mapping[str, pulumi.Input[str]]  # by use: http, websocket
    web_acl_metric: str
    refused_namespace: str  # of the count of refused requests to allowed-looking paths
    region: str

    @property
    def service(self) -> dict[str, pulumi.Input[str]]:
        return {"ClusterName": self.cluster_name, "ServiceName": self.service_name}

    @property
    def load_balancer(self) -> dict[str, pulumi.Input[str]]:
        return {"LoadBalancer": self.load_balancer_suffix}


def alarms(watched: Watched, planned_max: int) -> list[Alarm]:
    """Every alarm on a metric.

    *planned_max* is the highest maximum of the stage file and its schedules: AWS publishes no
    maximum to compare with. A schedule with a lower one is not covered while it is in force.
    """
    return [
        _at_max(watched, planned_max),
        _pending(watched),
        *_errors(watched),
        _hottest_task(watched),
        _memory_slope(watched),
        _refused(watched),
    ]


def _at_max(watched: Watched, planned_max: int) -> Alarm:
    return Alarm(
        name="at-max",
        description=f"The service wants {planned_max} tasks, its maximum, for 5 minutes: more "
        "load slows it down. Look for what drives it; raise capacity.max only as far as "
        "`evenkeel explain` shows room in the database.",
        # Desired, not running: in a deployment more tasks run than are desired.
        watched=_count(watched, "DesiredTaskCount", "Maximum"),
        threshold=planned_max,
        periods=5,
    )


def _pending(watched: Watched) -> Alarm:
    return Alarm(
        name="pending",
        description="Fewer tasks run than the service wants, for 10 minutes without a break: they "
        "cannot start. Look at the service's events for the reason: no capacity, the vCPU quota, "
        "an image or a secret that cannot be read.",
        # Not PendingTaskCount: it is 0 when ECS finds no place for a task, so none is made. In a
        # deployment old tasks make up for new ones; the rollout judges those.
        watched=Judged(
            expression="desired - running",
            label="tasks that are missing",
            metrics={
                "desired": _count(watched, "DesiredTaskCount", "Minimum"),
                "running": _count(watched, "RunningTaskCount", "Maximum"),
            },
        ),
        threshold=1,
        periods=10,
    )


def _count(watched: Watched, name: str, statistic: str) -> Metric:
    return Metric(
        namespace=CONTAINER_INSIGHTS,
        name=name,
        dimensions=watched.service,
        statistic=statistic,
    )


def _errors(watched: Watched) -> list[Alarm]:
    causes = {
        "Target": "Tasks answer with 5xx. Look at the service's log; after a deployment, roll "
        "back first.",
        "ELB": "The load balancer itself answers with 5xx: no healthy task, or tasks that close "
        "connections or are too slow. Look at the health of both target groups.",
    }
    return [
        Alarm(
            name=f"{origin.lower()}-5xx",
            description=cause,
            watched=Metric(
                namespace="AWS/ApplicationELB",
                name=f"HTTPCode_{origin}_5XX_Count",
                dimensions=watched.load_balancer,
                statistic="Sum",
            ),
            threshold=10,
            periods=3,
            of=5,
            missing="notBreaching",  # the count is only there when there are errors
        )
        for origin, cause in causes.items()
    ]


def _hottest_task(watched: Watched) -> Alarm:
    return Alarm(
        name="hottest-task",
        description=f"One task is at 90 % CPU or more for 5 minutes, {APART} points or more above "
        "the average, which scaling looks at. Look at the dashboard which; a task with too many "
        "long connections is stopped by hand, and scaling out does not help it.",
        # A service that is hot as a whole is not this alarm's: it scales out, up to at-max.
        watched=Judged(
            expression=f"IF(hottest - average >= {APART}, hottest, 0)",
            label="CPU of a task that is hotter than the others",
            metrics={
                "hottest": _use(watched, "CPUUtilization", "Maximum"),
                "average": _use(watched, "CPUUtilization", "Average"),
            },
        ),
        threshold=90,
        periods=5,
    )


def _memory_slope(watched: Watched) -> Alarm:
    return Alarm(
        name="memory-slope",
        description="Memory of the fullest task has grown by a point or more in each of 6 hours: "
        "a leak, which scaling out only hides. Look for what holds on to memory; a deployment buys "
        "time.",
        # Not the average: one of ten tasks that leaks 5 points an hour moves it by half a point,
        # each new task lowers it, and each young one that scale-in takes away raises it.
        watched=Judged(
            expression="DIFF(fullest)",
            label="change of the fullest task's memory from one period to the next",
            metrics={"fullest": _use(watched, "MemoryUtilization", "Maximum")},
        ),
        threshold=1,
        period=HOUR,
        periods=6,
    )


def _use(watched: Watched, name: str, statistic: str) -> Metric:
    """Maximum is the task with the highest use (ECS developer guide, service utilization)."""
    return Metric(namespace="AWS/ECS", name=name, dimensions=watched.service, statistic=statistic)


def _refused(watched: Watched) -> Alarm:
    return Alarm(
        name="refused-allowed-paths",
        description="The firewall refuses requests whose path looks allowed. Look at the "
        "samples of the web ACL: a managed rule that hits good requests goes back to count, "
        "a new route goes into firewall.allow.",
        watched=Metric(
            namespace=watched.refused_namespace,
            name=REFUSED_METRIC,
            dimensions={},
            statistic="Sum",
        ),
        threshold=10,
        period=5 * MINUTE,
        periods=1,
        missing="notBreaching",
    )
