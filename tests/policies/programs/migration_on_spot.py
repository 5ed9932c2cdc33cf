"""A migration on capacity that AWS may take away."""

from tests.policies.programs import mutated

mutated("pulumi-python:dynamic/evenkeel:MigrationRun", capacityProvider="FARGATE_SPOT")
