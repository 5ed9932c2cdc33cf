"""Load balancers written by hand, as the data plane reads them."""

from typing import Any

from sandbox.dataplane.snapshot import Listener, LoadBalancer, Scope, Target, TargetGroup
from sandbox.emulator import elbv2_attributes

PREFIX = "arn:aws:elasticloadbalancing:eu-west-1:111122223333"
WEB = f"{PREFIX}:targetgroup/web/0123456789abcdef"


def group(attributes: dict[str, str] | None = None, *, draining: bool = False) -> TargetGroup:
    """A target group with one target."""
    return TargetGroup(
        record={
            "TargetGroupArn": WEB,
            "TargetGroupName": "web",
            "Protocol": "HTTP",
            "ProtocolVersion": "HTTP1",
            "TargetType": "ip",
            "HealthCheckPort": "traffic-port",
            "HealthCheckPath": "/health",
            "HealthCheckIntervalSeconds": 30,
            "HealthCheckTimeoutSeconds": 5,
            "HealthyThresholdCount": 2,
            "UnhealthyThresholdCount": 3,
            "Matcher": {"HttpCode": "200,300-399"},
        },
        attributes={
            **elbv2_attributes.defaults(elbv2_attributes.TARGET_GROUP),
            **(attributes or {}),
        },
        targets=(Target(address="127.77.1.1", port=3000, draining=draining),),
    )


def balancer(rules: list[dict[str, Any]], found: TargetGroup | None = None) -> LoadBalancer:
    """A load balancer with one listener and these rules."""
    return LoadBalancer(
        scope=Scope("111122223333", "eu-west-1"),
        record={"LoadBalancerArn": f"{PREFIX}:loadbalancer/app/web/1"},
        attributes=elbv2_attributes.defaults(elbv2_attributes.BALANCER),
        listeners=(
            Listener(
                record={
                    "ListenerArn": f"{PREFIX}:listener/app/web/1/2",
                    "Port": 80,
                    "Protocol": "HTTP",
                },
                rules=tuple(rules),
                certificates=(),
            ),
        ),
        groups=(found or group(),),
        web_acl=None,
    )


def rule(*acts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A rule as DescribeRules has it."""
    found = {"RuleArn": "rule-1", "Priority": "7", "IsDefault": False, "Conditions": []}
    return {**found, "Actions": list(acts), **more}


def forward(**more: Any) -> dict[str, Any]:
    """A forward action to the one group."""
    config = {"TargetGroups": [{"TargetGroupArn": WEB, "Weight": 1}], **more}
    return {"Type": "forward", "ForwardConfig": config}


def redirect(**members: str) -> dict[str, Any]:
    """A redirect action over AWS's defaults."""
    kept = {"Protocol": "#{protocol}", "Port": "#{port}", "Host": "#{host}", "Query": "#{query}"}
    config = {**kept, "Path": "/#{path}", "StatusCode": "HTTP_301", **members}
    return {"Type": "redirect", "RedirectConfig": config}
