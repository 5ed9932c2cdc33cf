"""Who may talk to whom: the internet to the load balancer, the load balancer to tasks.

The VPC's default security group is left alone: nothing here uses it.
"""

from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

# Private address ranges (RFC 1918). The database, caches and other services that a task calls
# live in them, in this VPC or a peered one.
PRIVATE_RANGES = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
HTTPS = 443


@dataclass(frozen=True)
class Groups:
    """The security groups of the load balancer and of the tasks, and every rule of theirs."""

    load_balancer: aws.ec2.SecurityGroup
    tasks: aws.ec2.SecurityGroup
    rules: list[pulumi.Resource] = field(default_factory=list)


def make(
    name: str,
    vpc_id: pulumi.Input[str],
    service_port: int,
    listener_ports: tuple[int, ...],
    child: pulumi.ResourceOptions,
) -> Groups:
    """The two groups, with rules for the listeners, for requests, and for what tasks call."""
    groups = Groups(
        _group(f"{name}-load-balancer", "The load balancer", vpc_id, child),
        _group(f"{name}-tasks", "Tasks of the service and its migrations", vpc_id, child),
    )
    groups.rules.extend(_into_load_balancer(name, groups, listener_ports, child))
    groups.rules.extend(_from_load_balancer_to_tasks(name, groups, service_port, child))
    groups.rules.extend(_out_of_tasks(name, groups.tasks, child))
    return groups


def for_endpoints(
    name: str,
    vpc_id: pulumi.Input[str],
    tasks: pulumi.Input[str],
    child: pulumi.ResourceOptions,
) -> tuple[aws.ec2.SecurityGroup, pulumi.Resource]:
    """The group of interface endpoints, open to tasks alone, and the rule that opens it."""
    group = _group(f"{name}-endpoints", "VPC endpoints", vpc_id, child)
    rule = aws.vpc.SecurityGroupIngressRule(
        f"{name}-endpoints",
        security_group_id=group.id,
        description="Tasks, to AWS services",
        referenced_security_group_id=tasks,
        ip_protocol="tcp",
        from_port=HTTPS,
        to_port=HTTPS,
        opts=child,
    )
    return group, rule


def _group(
    name: str, description: str, vpc_id: pulumi.Input[str], child: pulumi.ResourceOptions
) -> aws.ec2.SecurityGroup:
    return aws.ec2.SecurityGroup(name, description=description, vpc_id=vpc_id, opts=child)


def _into_load_balancer(
    name: str, groups: Groups, ports: tuple[int, ...], child: pulumi.ResourceOptions
) -> list[aws.vpc.SecurityGroupIngressRule]:
    return [
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-load-balancer-{port}",
            security_group_id=groups.load_balancer.id,
            description="Anyone, to the listener",
            cidr_ipv4="0.0.0.0/0",
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            opts=child,
        )
        for port in ports
    ]


def _from_load_balancer_to_tasks(
    name: str, groups: Groups, port: int, child: pulumi.ResourceOptions
) -> list[pulumi.Resource]:
    # Named by port: another port is another rule, and the old one stays until old tasks are gone.
    out = aws.vpc.SecurityGroupEgressRule(
        f"{name}-load-balancer-to-{port}",
        security_group_id=groups.load_balancer.id,
        description="Requests and health checks, to tasks alone",
        referenced_security_group_id=groups.tasks.id,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        opts=child,
    )
    into = aws.vpc.SecurityGroupIngressRule(
        f"{name}-tasks-{port}",
        security_group_id=groups.tasks.id,
        description="Requests and health checks, from the load balancer alone",
        referenced_security_group_id=groups.load_balancer.id,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        opts=child,
    )
    return [out, into]


def _out_of_tasks(
    name: str, tasks: aws.ec2.SecurityGroup, child: pulumi.ResourceOptions
) -> list[aws.vpc.SecurityGroupEgressRule]:
    # Images, logs, secrets and other people's APIs are all HTTPS; nothing else leaves for the
    # internet. Amazon's DNS is not subject to security groups (VPC user guide).
    https = aws.vpc.SecurityGroupEgressRule(
        f"{name}-tasks-https",
        security_group_id=tasks.id,
        description="HTTPS: images, logs, secrets, APIs",
        cidr_ipv4="0.0.0.0/0",
        ip_protocol="tcp",
        from_port=HTTPS,
        to_port=HTTPS,
        opts=child,
    )
    private = [
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-tasks-private-{index}",
            security_group_id=tasks.id,
            description="Database, caches and services at private addresses",
            cidr_ipv4=block,
            ip_protocol="-1",
            opts=child,
        )
        for index, block in enumerate(PRIVATE_RANGES)
    ]
    return [https, *private]
