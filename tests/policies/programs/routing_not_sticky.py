"""Clients may start with long polling, and nothing keeps them with one task."""

from tests.policies.programs import mutated

mutated(
    "aws:lb/targetGroup:TargetGroup",
    name="production-ws",
    stickiness={"type": "lb_cookie", "enabled": False},
)
