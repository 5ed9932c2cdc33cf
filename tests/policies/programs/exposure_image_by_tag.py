"""Tasks that run whatever their image's tag points at."""

import re

from tests.policies.programs import mutated

mutated(
    "aws:ecs/taskDefinition:TaskDefinition",
    container_definitions=lambda text: re.sub("@sha256:[0-9a-f]+", ":1.4", text),
)
