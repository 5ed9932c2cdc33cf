"""A health check waits longer for its answer than until the next check."""

from tests.policies.programs import mutated

mutated(
    "aws:lb/targetGroup:TargetGroup",
    name="production-http",
    health_check=lambda check: {**check, "timeout": 45},
)
