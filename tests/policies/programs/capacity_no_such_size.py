"""A task definition with a pair of CPU and memory that Fargate does not have."""

from tests.policies.programs import mutated

mutated(
    "aws:ecs/taskDefinition:TaskDefinition",
    name="evenkeel-production",
    cpu="512",
    memory="5120",
)
