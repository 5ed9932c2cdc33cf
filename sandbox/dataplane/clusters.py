"""A target group as an Envoy cluster: its algorithm, its health checks, its targets."""

from typing import Any

from sandbox.dataplane.actions import NOBODY
from sandbox.dataplane.resources import (
    CLUSTER,
    ENDPOINTS,
    Resource,
    address,
    extension,
    seconds,
    typed,
)
from sandbox.dataplane.snapshot import Target, TargetGroup

CONNECT_TIMEOUT = 10.0  # seconds; ELB user guide, "HTTP 504: Gateway timeout"
# Wall seconds below which a fast clock does not push a health check: tasks are real processes.
INTERVAL_FLOOR = 0.5
TIMEOUT_FLOOR = 2.0
_UNLIMITED = 1_000_000  # Envoy caps connections and requests at 1,024 unless told; an ALB does not
# Seconds that an idle connection to a target is kept: an ALB's idle timeout, at its default. A
# constant, because a group whose settings change is built anew.
KEPT = 60.0
_PROTOCOL = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
_OWNER = {"key": "user-agent", "value": "ELB-HealthChecker/2.0"}


def cluster(group: TargetGroup, source: Resource, log: Resource, speed: float) -> Resource:
    """The cluster of a group: `source` has its targets, `log` takes what its checks find."""
    return typed(
        CLUSTER,
        name=group.key,
        type="EDS",
        eds_cluster_config={"eds_config": source, "service_name": group.key},
        metadata={"filter_metadata": {"evenkeel": {"target_group_arn": group.arn}}},
        connect_timeout=seconds(CONNECT_TIMEOUT),
        # A target that is deregistered goes at once, whatever its health checks say.
        ignore_health_on_host_removal=True,
        # An ALB uses unhealthy targets only when it has no other: below one percent healthy.
        common_lb_config={
            "healthy_panic_threshold": {"value": 1},
            # At once: Envoy would collect changes of health and drains for a second, while
            # `health.py` has told of them, and a drain may end in less on a fast clock.
            "update_merge_window": "0s",
        },
        circuit_breakers={"thresholds": [_thresholds()]},
        typed_extension_protocol_options={_PROTOCOL: _kept_connections()},
        health_checks=[{**health_check(group, speed), "event_logger": [log]}],
        load_balancing_policy=_algorithm(group, speed),
    )


def nobody() -> Resource:
    """The cluster without targets."""
    return typed(CLUSTER, name=NOBODY, type="STATIC", connect_timeout="1s")


def endpoints(group: TargetGroup) -> Resource:
    """The targets of a group; those that drain keep their open requests and get no new ones."""
    port = group.record["HealthCheckPort"]
    # Other types are no addresses; rules that forward to such a group are refused (actions.py).
    targets = group.targets if group.record["TargetType"] == "ip" else ()
    found = [_endpoint(t, t.port if port == "traffic-port" else int(port)) for t in targets]
    return typed(ENDPOINTS, cluster_name=group.key, endpoints=[{"lb_endpoints": found}])


def interval(group: TargetGroup, speed: float) -> float:
    """Wall seconds between two health checks of a target."""
    declared = float(group.record["HealthCheckIntervalSeconds"])
    return min(declared, max(INTERVAL_FLOOR, declared / speed))


def health_check(group: TargetGroup, speed: float) -> Resource:
    """The group's health check, as Envoy makes it."""
    record, every = group.record, seconds(interval(group, speed))
    declared = float(record["HealthCheckTimeoutSeconds"])
    return {
        "timeout": seconds(min(declared, max(TIMEOUT_FLOOR, declared / speed))),
        "interval": every,
        "no_traffic_interval": every,  # Envoy would check a group that nobody asks once a minute
        "no_traffic_healthy_interval": every,
        "healthy_threshold": record["HealthyThresholdCount"],
        "unhealthy_threshold": record["UnhealthyThresholdCount"],
        "reuse_connection": False,
        "always_log_health_check_failures": True,
        "http_health_check": {
            "path": record["HealthCheckPath"],
            "expected_statuses": _ranges(record["Matcher"]["HttpCode"]),
            # Without these one wrong status is enough for Envoy, whatever the threshold.
            "retriable_statuses": [{"start": 100, "end": 600}],
            "request_headers_to_add": [
                {"header": _OWNER, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
            ],
        },
    }


def _ranges(codes: str) -> list[Resource]:
    """`200,202-399` as half-open ranges."""
    found = []
    for part in codes.split(","):
        first, _, last = part.partition("-")
        found.append({"start": int(first), "end": int(last or first) + 1})
    return found


def _algorithm(group: TargetGroup, speed: float) -> Resource:
    kind = group.attributes["load_balancing.algorithm.type"]
    if kind == "least_outstanding_requests":
        # Envoy's default compares two targets at random; an ALB looks at all of them.
        return _policy("least_request", "LeastRequest", selection_method="FULL_SCAN")
    if kind == "weighted_random":
        return _policy("random", "Random")
    window = float(group.attributes["slow_start.duration_seconds"])
    if not window:
        return _policy("round_robin", "RoundRobin")
    slow = {"slow_start_window": seconds(window / speed), "min_weight_percent": {"value": 10}}
    return _policy("round_robin", "RoundRobin", slow_start_config=slow)


def _policy(name: str, kind: str, **members: Any) -> Resource:
    policies = "envoy.extensions.load_balancing_policies"
    found = extension(
        f"envoy.load_balancing_policies.{name}", f"{policies}.{name}.v3.{kind}", **members
    )
    return {"policies": [{"typed_extension_config": found}]}


def _endpoint(target: Target, health_port: int) -> Resource:
    health = {"hostname": f"{target.address}:{target.port}", "port_value": health_port}
    return {
        "endpoint": {
            "address": address(target.address, target.port),
            "health_check_config": health,
        },
        "health_status": "DRAINING" if target.draining else "UNKNOWN",
    }


def _kept_connections() -> Resource:
    return typed(
        _PROTOCOL,
        common_http_protocol_options={"idle_timeout": seconds(KEPT)},
        explicit_http_config={"http_protocol_options": {}},
    )


def _thresholds() -> Resource:
    names = ("max_connections", "max_pending_requests", "max_requests", "max_retries")
    return dict.fromkeys(names, _UNLIMITED)
