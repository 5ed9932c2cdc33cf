"""Small programs for the policies of exposure, and what these say of them."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws

from policies.exposure import RULES
from tests.policies.judging import IMAGE, Finding, findings
from tests.support.program import register


class Place:
    """A load balancer, a bastion's security group, and an empty one for the tasks."""

    def __init__(self, **tasks: Any) -> None:
        self.public = aws.ec2.SecurityGroup("balancer", ingress=[source(cidr_blocks=["0.0.0.0/0"])])
        self.balancer = aws.lb.LoadBalancer("web", security_groups=[self.public.id])
        self.other = aws.ec2.SecurityGroup("bastion")
        self.tasks = aws.ec2.SecurityGroup("tasks", **tasks)

    def service(
        self,
        *more_groups: pulumi.Input[str],
        subnet: aws.ec2.Subnet | aws.ec2.DefaultSubnet | None = None,
        **network: Any,
    ) -> None:
        """The service in these groups; *network* replaces parts of its configuration."""
        placed: Any = {
            "subnets": [(subnet or aws.ec2.Subnet("private", vpc_id="vpc-1")).id],
            "security_groups": [self.tasks.id, *more_groups],
            **network,
        }
        aws.ecs.Service("web", network_configuration=placed)


def source(**whom: Any) -> Any:
    """A rule in a security group's own list, or the properties of the older kind of rule."""
    return {"protocol": "tcp", "from_port": 3000, "to_port": 3000, **whom}


def rule(group: pulumi.Input[str], **whom: Any) -> None:
    """An ingress rule of *group*."""
    aws.vpc.SecurityGroupIngressRule(
        "in", security_group_id=group, ip_protocol="tcp", from_port=3000, to_port=3000, **whom
    )


def old_rule(group: pulumi.Input[str], kind: str = "ingress", **whom: Any) -> None:
    """The older kind of rule of *group*."""
    aws.ec2.SecurityGroupRule("in", type=kind, security_group_id=group, **source(**whom))


def judged(program: Callable[[], object], *, preview: bool = True) -> list[Finding]:
    """What exposure's policies say of *program*, which no stage file describes."""
    return findings(register(program, preview=preview, stage="dev"), RULES)


def of_task(*containers: Any, config: Any = None) -> list[Finding]:
    """What they say of a task definition with *containers*, under the stage file *config*."""

    def program() -> None:
        aws.ecs.TaskDefinition("web", family="web", container_definitions=json.dumps(containers))

    return findings(register(program, preview=True, stage="dev", config=config or {}), RULES)


def container(image: str = IMAGE, **more: Any) -> dict[str, Any]:
    """A container; the compliant one when nothing is given."""
    return {"name": "app", "image": image, **more}
