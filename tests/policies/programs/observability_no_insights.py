"""A cluster that nobody counts the tasks of."""

from tests.policies.programs import mutated

mutated("aws:ecs/cluster:Cluster", settings=[{"name": "containerInsights", "value": "disabled"}])
