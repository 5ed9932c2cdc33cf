"""Cluster: capacity providers and metrics."""

from infra.cluster import Cluster, ClusterArgs
from tests.support.program import register


def test_cluster_measures_each_task_and_has_both_providers() -> None:
    """Container Insights is enhanced, so that single tasks are seen, and Spot is there (S3-18)."""
    args = ClusterArgs(cluster_name="evenkeel-x", capacity_provider="FARGATE_SPOT")
    program = register(lambda: Cluster("x", args))
    cluster = program.one("aws:ecs/cluster:Cluster").inputs
    assert cluster["name"] == "evenkeel-x"
    assert cluster["settings"] == [{"name": "containerInsights", "value": "enhanced"}]
    providers = program.one("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders").inputs
    assert providers["capacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    assert providers["defaultCapacityProviderStrategies"] == [
        {"capacityProvider": "FARGATE_SPOT", "weight": 1}
    ]
