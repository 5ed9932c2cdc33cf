"""VPC endpoints: the AWS services that tasks reach where nothing leads to the internet."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import security_groups

# What ECS calls for a Fargate task: image, log, secrets (ECS developer guide, VPC endpoints).
INTERFACES = ("ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm")


@dataclass(frozen=True, kw_only=True)
class VpcEndpoints:
    """Where the endpoints stand and who may use them."""

    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    route_table_ids: Sequence[pulumi.Input[str]]
    task_security_group_id: pulumi.Input[str]
    region: str


def make(name: str, args: VpcEndpoints, child: pulumi.ResourceOptions) -> list[pulumi.Resource]:
    """A gateway to S3, where ECR keeps image layers, and an interface for each other service.

    All that must be there before a task can use them is returned.
    """
    group, rule = security_groups.for_endpoints(
        name, args.vpc_id, args.task_security_group_id, child
    )
    storage = aws.ec2.VpcEndpoint(
        f"{name}-s3",
        vpc_id=args.vpc_id,
        service_name=f"com.amazonaws.{args.region}.s3",
        vpc_endpoint_type="Gateway",
        route_table_ids=args.route_table_ids,
        opts=child,
    )
    interfaces = [
        aws.ec2.VpcEndpoint(
            f"{name}-{service.replace('.', '-')}",
            vpc_id=args.vpc_id,
            service_name=f"com.amazonaws.{args.region}.{service}",
            vpc_endpoint_type="Interface",
            subnet_ids=args.subnet_ids,
            security_group_ids=[group.id],
            private_dns_enabled=True,
            opts=child,
        )
        for service in INTERFACES
    ]
    return [rule, storage, *interfaces]
