"""The service's container has five minutes to stop; Fargate gives no more than two."""

from tests.policies.programs import mutated

mutated(
    "aws:ecs/taskDefinition:TaskDefinition",
    name="evenkeel-production",
    container_definitions=lambda text: text.replace('"stopTimeout": 30', '"stopTimeout": 300'),
)
