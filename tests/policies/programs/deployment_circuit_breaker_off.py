"""A service that keeps starting a broken revision for ever."""

from tests.policies.programs import mutated

mutated(
    "aws:ecs/service:Service",
    deployment_circuit_breaker={"enable": False, "rollback": False},
)
