"""The network: an own VPC or a given one, and who may talk to whom in it."""

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

import pulumi
import pulumi_aws as aws

from infra import security_groups, vpc_endpoints
from infra.vpc_endpoints import VpcEndpoints

ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class OwnVpc:
    """A VPC to make."""

    cidr: str
    zones: tuple[str, ...]
    egress: Literal["nat", "natPerZone", "endpoints"]


@dataclass(frozen=True, kw_only=True)
class GivenVpc:
    """A VPC that exists."""

    vpc_id: str
    public_subnet_ids: tuple[str, ...]
    private_subnet_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    vpc: OwnVpc | GivenVpc
    region: str
    service_port: int
    listener_ports: tuple[int, ...]


class Network(pulumi.ComponentResource):
    """Public subnets for the load balancer, private ones for tasks, and two security groups."""

    vpc_id: pulumi.Input[str]
    public_subnet_ids: list[pulumi.Input[str]]
    private_subnet_ids: list[pulumi.Input[str]]
    load_balancer_security_group_id: pulumi.Output[str]
    task_security_group_id: pulumi.Output[str]
    egress: list[pulumi.Resource]
    """What a task needs in place to reach the outside: routes or endpoints, and its rules."""

    def __init__(
        self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("evenkeel:infra:Network", name, None, opts)
        self.child = pulumi.ResourceOptions(parent=self)
        self.egress = []

        if isinstance(args.vpc, GivenVpc):
            self.vpc_id = args.vpc.vpc_id
            self.public_subnet_ids = [*args.vpc.public_subnet_ids]
            self.private_subnet_ids = [*args.vpc.private_subnet_ids]
        else:
            self._make_vpc(name, args.vpc)

        groups = security_groups.make(
            name, self.vpc_id, args.service_port, args.listener_ports, self.child
        )
        self.load_balancer_security_group_id = groups.load_balancer.id
        self.task_security_group_id = groups.tasks.id
        self.egress += groups.rules
        if isinstance(args.vpc, OwnVpc) and args.vpc.egress == "endpoints":
            self.egress += vpc_endpoints.make(
                name,
                VpcEndpoints(
                    vpc_id=self.vpc_id,
                    subnet_ids=self.private_subnet_ids,
                    route_table_ids=[table.id for table in self.private_route_tables],
                    task_security_group_id=self.task_security_group_id,
                    region=args.region,
                ),
                self.child,
            )

        self.register_outputs(
            {
                "vpc_id": self.vpc_id,
                "public_subnet_ids": self.public_subnet_ids,
                "private_subnet_ids": self.private_subnet_ids,
                "load_balancer_security_group_id": self.load_balancer_security_group_id,
                "task_security_group_id": self.task_security_group_id,
            }
        )

    def _make_vpc(self, name: str, own: OwnVpc) -> None:
        vpc = aws.ec2.Vpc(
            name,
            cidr_block=own.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,  # interface endpoints answer by their services' own names
            opts=self.child,
        )
        self.vpc_id = vpc.id
        public, private = subnet_blocks(own.cidr, len(own.zones))
        self.public_subnet_ids = self._subnets(f"{name}-public", own.zones, public)
        self.private_subnet_ids = self._subnets(f"{name}-private", own.zones, private)

        gateway = aws.ec2.InternetGateway(name, vpc_id=vpc.id, opts=self.child)
        table = aws.ec2.RouteTable(f"{name}-public", vpc_id=vpc.id, opts=self.child)
        internet = aws.ec2.Route(
            f"{name}-public",
            route_table_id=table.id,
            destination_cidr_block=ANYWHERE,
            gateway_id=gateway.id,
            opts=self.child,
        )
        self._associate(f"{name}-public", self.public_subnet_ids, [table])
        self.egress.append(internet)
        self._private_routes(name, own, gateway)

    def _subnets(
        self, name: str, zones: tuple[str, ...], blocks: list[str]
    ) -> list[pulumi.Input[str]]:
        return [
            aws.ec2.Subnet(
                f"{name}-{index}",
                vpc_id=self.vpc_id,
                availability_zone=zone,
                cidr_block=block,
                map_public_ip_on_launch=False,
                opts=self.child,
            ).id
            for index, (zone, block) in enumerate(zip(zones, blocks, strict=True))
        ]

    def _private_routes(self, name: str, own: OwnVpc, gateway: aws.ec2.InternetGateway) -> None:
        tables = len(own.zones) if own.egress == "natPerZone" else 1
        self.private_route_tables = [
            aws.ec2.RouteTable(f"{name}-private-{index}", vpc_id=self.vpc_id, opts=self.child)
            for index in range(tables)
        ]
        self._associate(f"{name}-private", self.private_subnet_ids, self.private_route_tables)
        if own.egress != "endpoints":
            self._nat(name, gateway)

    def _nat(self, name: str, gateway: aws.ec2.InternetGateway) -> None:
        for index, table in enumerate(self.private_route_tables):
            address = aws.ec2.Eip(f"{name}-nat-{index}", domain="vpc", opts=self.child)
            nat = aws.ec2.NatGateway(
                f"{name}-nat-{index}",
                allocation_id=address.allocation_id,
                subnet_id=self.public_subnet_ids[index],
                # A NAT gateway cannot start before its VPC has a way out (EC2 API).
                opts=pulumi.ResourceOptions(parent=self, depends_on=[gateway]),
            )
            route = aws.ec2.Route(
                f"{name}-private-{index}",
                route_table_id=table.id,
                destination_cidr_block=ANYWHERE,
                nat_gateway_id=nat.id,
                opts=self.child,
            )
            self.egress.append(route)

    def _associate(
        self, name: str, subnets: list[pulumi.Input[str]], tables: list[aws.ec2.RouteTable]
    ) -> None:
        for index, subnet in enumerate(subnets):
            association = aws.ec2.RouteTableAssociation(
                f"{name}-{index}",
                subnet_id=subnet,
                route_table_id=tables[min(index, len(tables) - 1)].id,
                opts=self.child,
            )
            self.egress.append(association)


def subnet_blocks(cidr: str, zones: int) -> tuple[list[str], list[str]]:
    """Sixteenths of *cidr*: public ones from the first, private ones from the ninth.

    A further zone takes the next block of each half and moves none. Up to eight zones.
    """
    blocks = [str(block) for block in IPv4Network(cidr).subnets(prefixlen_diff=4)]
    return blocks[:zones], blocks[8 : 8 + zones]
