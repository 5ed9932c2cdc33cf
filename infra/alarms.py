"""Which alarms a stage has, as data: what is measured, what is too much, what to do then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi

MINUTE = 60
HOUR = 3600
CONTAINER_INSIGHTS = "ECS/ContainerInsights"
REFUSED_METRIC = "RefusedAllowedPaths"
LONGEST_PATTERN = 1024


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


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """*statistic* of the metric, every *period* seconds, at *threshold* or above."""

    name: str
    description: str
    namespace: str
    metric: str
    dimensions: Mapping[str, pulumi.Input[str]]
    statistic: str
    threshold: float
    periods: int
    period: int = MINUTE
    of: int | None = None  # so many of the last *of* periods; None: all of them
    missing: Literal["missing", "notBreaching"] = "missing"
    change: bool = False  # judge the change from one period to the next, not the value


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
        namespace=CONTAINER_INSIGHTS,
        # Desired, not running: in a deployment more tasks run than are desired.
        metric="DesiredTaskCount",
        dimensions=watched.service,
        statistic="Maximum",
        threshold=planned_max,
        periods=5,
    )


def _pending(watched: Watched) -> Alarm:
    return Alarm(
        name="pending",
        description="Tasks have been pending for 10 minutes without a break: they cannot "
        "start. Look at the service's events for the reason: no capacity, the vCPU quota, an "
        "image or a secret that cannot be read.",
        namespace=CONTAINER_INSIGHTS,
        metric="PendingTaskCount",
        dimensions=watched.service,
        statistic="Minimum",
        threshold=1,
        periods=10,
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
            namespace="AWS/ApplicationELB",
            metric=f"HTTPCode_{origin}_5XX_Count",
            dimensions=watched.load_balancer,
            statistic="Sum",
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
        description="One task is at 90 % CPU or more for 5 minutes, whatever the average "
        "says. Look at the dashboard which; a task with too many long connections is stopped "
        "by hand, and scaling out does not help it.",
        namespace="AWS/ECS",
        metric="CPUUtilization",
        dimensions=watched.service,
        # The task with the highest use (ECS developer guide, service utilization metrics).
        statistic="Maximum",
        threshold=90,
        periods=5,
    )


def _memory_slope(watched: Watched) -> Alarm:
    return Alarm(
        name="memory-slope",
        description="Memory has grown by a point or more in each of 6 hours: a leak, which "
        "scaling out only hides. Look for what holds on to memory; a deployment buys time.",
        namespace="AWS/ECS",
        metric="MemoryUtilization",
        dimensions=watched.service,
        statistic="Average",
        threshold=1,
        period=HOUR,
        periods=6,
        change=True,
    )


def _refused(watched: Watched) -> Alarm:
    return Alarm(
        name="refused-allowed-paths",
        description="The firewall refuses requests whose path looks allowed. Look at the "
        "samples of the web ACL: a managed rule that hits good requests goes back to count, "
        "a new route goes into firewall.allow.",
        namespace=watched.refused_namespace,
        metric=REFUSED_METRIC,
        dimensions={},
        statistic="Sum",
        threshold=10,
        period=5 * MINUTE,
        periods=1,
        missing="notBreaching",
    )


def refused_patterns(allowed_paths: Sequence[str], blocking_rules: Sequence[str]) -> list[str]:
    """Filter patterns over the web ACL's log: blocked, though the path looks allowed.

    *blocking_rules* are those whose blocks are meant for such paths too. A pattern holds up to
    1,024 characters (CloudWatch Logs API, PutMetricFilter), so there may be several.
    """
    head = " && ".join(
        ['($.action = "BLOCK")', *(f'($.terminatingRuleId != "{r}")' for r in blocking_rules)]
    )
    # Without the boundary: /apps is as suspicious a refusal as /app/x where /app is allowed.
    looks = [path[1:] if path.startswith("=") else f"{path}*" for path in allowed_paths]
    patterns: list[str] = []
    for look in dict.fromkeys(f'($.httpRequest.uri = "{each}")' for each in looks):
        longer = f"{patterns[-1].removesuffix(') }')} || {look}) }}" if patterns else ""
        if longer and len(longer) <= LONGEST_PATTERN:
            patterns[-1] = longer
        else:
            patterns.append(f"{{ {head} && ({look}) }}")
    return patterns
