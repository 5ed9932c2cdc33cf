"""The dashboard of a stage: one screen from load to tasks to refusals."""

from dataclasses import dataclass
from typing import Any

from infra.alarms import CONTAINER_INSIGHTS, REFUSED_METRIC, Watched
from infra.widgets import Widget, flat, graph, placed, search

BALANCER_SPACE = "AWS/ApplicationELB"


@dataclass(frozen=True, kw_only=True)
class Levels:
    """The lines to draw: bounds, targets in percent, and the database's limit."""

    min: int
    max: int
    cpu_target: float | None
    memory_target: float | None
    connection_limit: int


def body(watched: Watched, levels: Levels) -> dict[str, Any]:
    """The dashboard's body as data; the load balancer's parts of it are outputs."""
    widgets = [
        _requests(watched),
        _latency(watched),
        _errors(watched),
        *_use(watched, levels),
        _counts(watched, levels),
        _per_task(watched, "CPU of each task (%)", "TaskCpuUtilization"),
        _per_task(watched, "Memory of each task (%)", "TaskMemoryUtilization"),
        _hosts(watched),
        _connections(watched, levels),
        _refusals(watched),
        _sessions(watched),
    ]
    return {"start": "-PT6H", "widgets": placed(widgets)}


def _requests(watched: Watched) -> Widget:
    balancer = flat(watched.load_balancer)
    per_target = [
        [
            BALANCER_SPACE,
            "RequestCountPerTarget",
            "TargetGroup",
            suffix,
            *balancer,
            {"stat": "Sum", "label": f"per {use} target"},
        ]
        for use, suffix in watched.target_group_suffixes.items()
    ]
    total = [BALANCER_SPACE, "RequestCount", *balancer, {"stat": "Sum"}]
    return graph(watched.region, "Requests a minute", [total, *per_target])


def _latency(watched: Watched) -> Widget:
    row = [BALANCER_SPACE, "TargetResponseTime", *flat(watched.load_balancer)]
    rows = [[*row, {"stat": stat, "label": stat}] for stat in ("p50", "p95", "p99")]
    return graph(watched.region, "Latency (s)", rows)


def _errors(watched: Watched) -> Widget:
    balancer = flat(watched.load_balancer)
    rows = [
        [BALANCER_SPACE, f"HTTPCode_{origin}_Count", *balancer, {"stat": "Sum"}]
        for origin in ("Target_5XX", "ELB_5XX", "Target_4XX", "ELB_4XX")
    ]
    return graph(watched.region, "Errors a minute", rows)


def _use(watched: Watched, levels: Levels) -> list[Widget]:
    service = flat(watched.service)
    return [
        graph(
            watched.region,
            f"{title} of the service (%)",
            [
                ["AWS/ECS", f"{title}Utilization", *service, {"stat": stat, "label": label}]
                for stat, label in (("Average", "average"), ("Maximum", "hottest task"))
            ],
            [] if target is None else [(target, "target")],
        )
        for title, target in (("CPU", levels.cpu_target), ("Memory", levels.memory_target))
    ]


def _counts(watched: Watched, levels: Levels) -> Widget:
    return graph(
        watched.region,
        "Tasks",
        [
            [CONTAINER_INSIGHTS, metric, *flat(watched.service), {"stat": "Maximum"}]
            for metric in ("DesiredTaskCount", "RunningTaskCount", "PendingTaskCount")
        ],
        [(levels.min, "min"), (levels.max, "max")],
    )


def _per_task(watched: Watched, title: str, metric: str) -> Widget:
    schema = f"{CONTAINER_INSIGHTS},ClusterName,TaskDefinitionFamily,TaskId"
    found = search(schema, f'MetricName="{metric}" ClusterName="{watched.cluster_name}"')
    return graph(watched.region, title, found)


def _hosts(watched: Watched) -> Widget:
    return graph(
        watched.region,
        "Targets",
        [
            [
                BALANCER_SPACE,
                f"{state}HostCount",
                "TargetGroup",
                suffix,
                *flat(watched.load_balancer),
                {"stat": "Maximum", "label": f"{use} {state.lower()}"},
            ]
            for use, suffix in watched.target_group_suffixes.items()
            for state in ("Healthy", "UnHealthy")
        ],
    )


def _connections(watched: Watched, levels: Levels) -> Widget:
    # The stage file describes the database but does not name it, so every one of the region.
    found = search("AWS/RDS,DBInstanceIdentifier", 'MetricName="DatabaseConnections"')
    limit = [(levels.connection_limit, "limit")]
    return graph(watched.region, "Database connections", found, limit)


def _refusals(watched: Watched) -> Widget:
    acl = ["WebACL", watched.web_acl_metric, "Region", watched.region, "Rule"]
    return graph(
        watched.region,
        "Refused by the firewall",
        [
            *(
                ["AWS/WAFV2", "BlockedRequests", *acl, rule, {"stat": "Sum", "label": rule}]
                for rule in ("ALL", "rate-limit", "bad-paths", "Default_Action")
            ),
            [
                watched.refused_namespace,
                REFUSED_METRIC,
                {"stat": "Sum", "label": "allowed-looking paths"},
            ],
        ],
    )


def _sessions(watched: Watched) -> Widget:
    balancer = flat(watched.load_balancer)
    return graph(
        watched.region,
        "Sessions: open connections, websockets among them",
        [
            [BALANCER_SPACE, metric, *balancer, {"stat": "Sum"}]
            for metric in ("ActiveConnectionCount", "NewConnectionCount")
        ],
    )
