"""A scalable target with a role of its own, which AWS ignores for ECS."""

from tests.policies.programs import mutated

mutated(
    "aws:appautoscaling/target:Target",
    role_arn="arn:aws:iam::123456789012:role/autoscaling",
)
