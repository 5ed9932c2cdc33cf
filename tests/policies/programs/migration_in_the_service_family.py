"""A migration whose revisions stand among the service's."""

from tests.policies.programs import mutated

mutated(
    "aws:ecs/taskDefinition:TaskDefinition",
    name="evenkeel-production-migration-migrate",
    family="evenkeel-production-service",
)
