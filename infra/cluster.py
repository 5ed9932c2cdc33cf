"""The ECS cluster: Fargate capacity and per-task metrics."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    cluster_name: str
    capacity_provider: str  # FARGATE or FARGATE_SPOT, for what names none of its own


class Cluster(pulumi.ComponentResource):
    """A cluster with both Fargate capacity providers and Container Insights enhanced."""

    arn: pulumi.Output[str]
    capacity_providers: aws.ecs.ClusterCapacityProviders

    def __init__(
        self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("evenkeel:infra:Cluster", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        cluster = aws.ecs.Cluster(
            name,
            name=args.cluster_name,
            # Task counts, and CPU and memory of each task, are in no metric without it.
            settings=[{"name": "containerInsights", "value": "enhanced"}],
            opts=child,
        )
        self.capacity_providers = aws.ecs.ClusterCapacityProviders(
            name,
            cluster_name=cluster.name,
            capacity_providers=["FARGATE", "FARGATE_SPOT"],
            default_capacity_provider_strategies=[
                {"capacity_provider": args.capacity_provider, "weight": 1}
            ],
            opts=child,
        )

        self.arn = cluster.arn
        self.register_outputs({"arn": self.arn})
