"""A service in production that leaves the choice between on-demand and Spot to its cluster."""

from tests.policies.programs import mutated

mutated("aws:ecs/service:Service", capacity_provider_strategies=[])
