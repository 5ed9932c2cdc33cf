"""The two target groups of the one service, and what the load balancer checks of a task.

Two, because AWS refuses least outstanding requests together with slow start on one group.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

# A group's own port serves no one: ECS registers each task with the port of its container. It is
# fixed, because another port would replace the group before tasks listen on it.
GROUP_PORT = 80


@dataclass(frozen=True, kw_only=True)
class HealthCheck:
    path: str
    interval_seconds: int
    timeout_seconds: int
    healthy_threshold: int
    unhealthy_threshold: int
    success_codes: str


@dataclass(frozen=True, kw_only=True)
class Websocket:
    """The websocket path and how its connections reach tasks."""

    path: str
    polling: bool  # clients may start with long polling, which must stay with one task
    slow_start_seconds: int  # 30 to 900
    deregistration_delay_seconds: int


def health_check(check: HealthCheck) -> aws.lb.TargetGroupHealthCheckArgsDict:
    """The check as a target group has it: plain HTTP on the port of the traffic."""
    return {
        "enabled": True,
        "protocol": "HTTP",
        "port": "traffic-port",
        "path": check.path,
        "interval": check.interval_seconds,
        "timeout": check.timeout_seconds,
        "healthy_threshold": check.healthy_threshold,
        "unhealthy_threshold": check.unhealthy_threshold,
        "matcher": check.success_codes,
    }


def http_group(
    name: str,
    vpc_id: pulumi.Input[str],
    check: HealthCheck,
    deregistration_delay_seconds: int,
    child: pulumi.ResourceOptions,
) -> aws.lb.TargetGroup:
    """Allowed paths: each request goes to the task with the fewest outstanding ones."""
    return aws.lb.TargetGroup(
        f"{name}-http",
        vpc_id=vpc_id,
        port=GROUP_PORT,
        protocol="HTTP",
        protocol_version="HTTP1",
        target_type="ip",
        load_balancing_algorithm_type="least_outstanding_requests",
        # Said, not left out: AWS reads both attributes of one update together.
        slow_start=0,
        stickiness={"type": "lb_cookie", "enabled": False},
        deregistration_delay=deregistration_delay_seconds,
        health_check=health_check(check),
        opts=child,
    )


def websocket_group(
    name: str,
    vpc_id: pulumi.Input[str],
    check: HealthCheck,
    websocket: Websocket,
    child: pulumi.ResourceOptions,
) -> aws.lb.TargetGroup:
    """The websocket path: round robin, and a new task's share grows slowly."""
    return aws.lb.TargetGroup(
        f"{name}-ws",
        vpc_id=vpc_id,
        port=GROUP_PORT,
        protocol="HTTP",
        protocol_version="HTTP1",  # an upgrade to websocket starts from HTTP/1.1
        target_type="ip",
        load_balancing_algorithm_type="round_robin",
        slow_start=websocket.slow_start_seconds,
        stickiness={"type": "lb_cookie", "enabled": websocket.polling},
        deregistration_delay=websocket.deregistration_delay_seconds,
        health_check=health_check(check),
        opts=child,
    )
