"""Requests go around in turn, to busy tasks as to free ones."""

from tests.policies.programs import mutated

mutated(
    "aws:lb/targetGroup:TargetGroup",
    name="production-http",
    load_balancing_algorithm_type="round_robin",
)
