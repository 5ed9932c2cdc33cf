"""Parts of an entrance for tests of routing: target groups, listeners, listener rules."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from policies.routing import RULES
from tests.policies.judging import STAGE, Finding, findings
from tests.support.program import register

LOR = "least_outstanding_requests"
CHECK: Mapping[str, Any] = {"path": "/health", "interval": 30, "timeout": 5}


def later() -> pulumi.Output[str]:
    """A text that no preview knows: another resource's ARN."""
    return aws.sns.Topic("later").arn


def group(name: str, **properties: Any) -> aws.lb.TargetGroup:
    """A target group with a health check and AWS's defaults, but for *properties*."""
    given = {"port": 3000, "protocol": "HTTP", "vpc_id": "vpc-1", "health_check": CHECK}
    return aws.lb.TargetGroup(name, **{**given, **properties})


def listener(name: str, action: Any, **properties: Any) -> aws.lb.Listener:
    """A listener of a load balancer that is not in the program, unless *properties* say one."""
    given = {"load_balancer_arn": "arn:aws:elasticloadbalancing:one", "protocol": "HTTP"}
    return aws.lb.Listener(name, default_actions=[action], **{**given, **properties})


def rule(
    name: str,
    to: aws.lb.TargetGroup,
    paths: Sequence[pulumi.Input[str]],
    of: aws.lb.Listener | None = None,
    priority: int | None = None,
) -> aws.lb.ListenerRule:
    """A listener rule that forwards *paths*; without *of*, of a listener that is elsewhere."""
    return aws.lb.ListenerRule(
        name,
        listener_arn=of.arn if of else "arn:aws:elasticloadbalancing:listener",
        priority=priority,
        conditions=[{"path_pattern": {"values": [*paths]}}],
        actions=[{"type": "forward", "target_group_arn": to.arn}],
    )


def routed(
    program: Callable[[], object],
    *,
    config: Mapping[str, Any] = STAGE,
    name: str = "production",
    preview: bool = True,
) -> list[Finding]:
    """What the routing policies find in *program*."""
    return findings(register(program, preview=preview, stage=name, config=config), RULES)
