"""A migration of another image than the service's."""

import json

from tests.policies.programs import mutated

DIGEST = "0000000000000000000000000000000000000000000000000000000000000000"


def of_another_build(definitions: str) -> str:
    [container] = json.loads(definitions)
    image = f"registry.example.com/web@sha256:{DIGEST}"
    return json.dumps([{**container, "image": image}])


mutated(
    "aws:ecs/taskDefinition:TaskDefinition",
    name="evenkeel-production-migration-migrate",
    container_definitions=of_another_build,
)
