"""Network: subnets, routes out, and who may talk to whom."""

from ipaddress import IPv4Network
from itertools import combinations
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.network import GivenVpc, Network, NetworkArgs, OwnVpc, subnet_blocks
from tests.support.program import Program, register

ZONES = ("eu-west-1a", "eu-west-1b")
SUBNET = "aws:ec2/subnet:Subnet"
NAT = "aws:ec2/natGateway:NatGateway"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
ROUTE = "aws:ec2/route:Route"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"


def network(vpc: OwnVpc | GivenVpc, ports: tuple[int, ...] = (80, 443)) -> Program:
    args = NetworkArgs(vpc=vpc, region="eu-west-1", service_port=3000, listener_ports=ports)
    return register(lambda: Network("net", args))


def own(egress: Literal["nat", "natPerZone", "endpoints"]) -> Program:
    return network(OwnVpc(cidr="10.20.0.0/16", zones=ZONES, egress=egress))


def test_subnets_stand_in_two_zones() -> None:
    """Each zone has a public and a private subnet, none giving out public addresses (S3-13)."""
    subnets = own("nat").of_type(SUBNET)
    assert [(s.name, s.inputs["availabilityZone"], s.inputs["cidrBlock"]) for s in subnets] == [
        ("net-public-0", "eu-west-1a", "10.20.0.0/20"),
        ("net-public-1", "eu-west-1b", "10.20.16.0/20"),
        ("net-private-0", "eu-west-1a", "10.20.128.0/20"),
        ("net-private-1", "eu-west-1b", "10.20.144.0/20"),
    ]
    assert {s.inputs["mapPublicIpOnLaunch"] for s in subnets} == {False}


@given(st.integers(16, 22), st.integers(2, 6))
def test_blocks_never_overlap_and_never_move(prefix: int, zones: int) -> None:
    """Subnets lie in the VPC, apart from each other, and a further zone moves none."""
    cidr = f"10.0.0.0/{prefix}"
    public, private = subnet_blocks(cidr, zones)
    blocks = [IPv4Network(block) for block in [*public, *private]]
    assert len(blocks) == 2 * zones
    assert all(block.subnet_of(IPv4Network(cidr)) for block in blocks)
    assert not any(a.overlaps(b) for a, b in combinations(blocks, 2))
    more_public, more_private = subnet_blocks(cidr, zones + 1)
    assert (more_public[:zones], more_private[:zones]) == (public, private)


@pytest.mark.parametrize(("egress", "gateways"), [("nat", 1), ("natPerZone", 2), ("endpoints", 0)])
def test_private_subnets_leave_through_nat(
    egress: Literal["nat", "natPerZone", "endpoints"], gateways: int
) -> None:
    """There is one NAT gateway, or one a zone, or none, each with its route and its address."""
    program = own(egress)
    assert len(program.of_type(NAT)) == gateways
    assert len(program.of_type("aws:ec2/eip:Eip")) == gateways
    through = [r for r in program.of_type(ROUTE) if "natGatewayId" in r.inputs]
    assert len(through) == gateways
    assert {nat.inputs["subnetId"] for nat in program.of_type(NAT)} == {
        f"net-public-{index}-id" for index in range(gateways)
    }


def test_each_zone_has_its_own_way_out_with_nat_per_zone() -> None:
    """With a NAT gateway a zone, no private subnet leaves through another zone's."""
    program = own("natPerZone")
    association = "aws:ec2/routeTableAssociation:RouteTableAssociation"
    tables = {
        a.inputs["subnetId"]: a.inputs["routeTableId"]
        for a in program.of_type(association)
        if a.name.startswith("net-private")
    }
    assert tables == {f"net-private-{i}-id": f"net-private-{i}-id" for i in range(2)}


def test_endpoints_replace_the_internet() -> None:
    """Without NAT, tasks reach image, layers, log and secrets through endpoints they alone use."""
    program = own("endpoints")
    services = {e.inputs["serviceName"].removeprefix("com.amazonaws.eu-west-1."): e.inputs
                for e in program.of_type(ENDPOINT)}  # fmt: skip
    assert set(services) == {"s3", "ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm"}
    assert services["s3"]["vpcEndpointType"] == "Gateway"
    assert services["s3"]["routeTableIds"] == ["net-private-0-id"]
    assert services["logs"]["privateDnsEnabled"] is True
    rule = program.one(INGRESS, "net-endpoints").inputs
    assert (rule["referencedSecurityGroupId"], rule["fromPort"]) == ("net-tasks-id", 443)


def test_given_network_makes_nothing_but_security_groups() -> None:
    """In a VPC that exists, only the two security groups and their rules are made."""
    given_vpc = GivenVpc(
        vpc_id="vpc-1",
        public_subnet_ids=("subnet-1", "subnet-2"),
        private_subnet_ids=("subnet-3", "subnet-4"),
    )
    program = network(given_vpc)
    assert {r.type for r in program.registered if r.custom} == {GROUP, INGRESS, EGRESS}
    assert {g.inputs["vpcId"] for g in program.of_type(GROUP)} == {"vpc-1"}


def test_only_the_load_balancer_reaches_tasks() -> None:
    """Tasks are entered from the load balancer on their port; it goes to tasks and nowhere else."""
    program = own("nat")
    (into_tasks,) = [
        r.inputs for r in program.of_type(INGRESS) if r.inputs["securityGroupId"] == "net-tasks-id"
    ]
    assert into_tasks["referencedSecurityGroupId"] == "net-load-balancer-id"
    assert (into_tasks["fromPort"], into_tasks["toPort"]) == (3000, 3000)
    (out_of_balancer,) = [
        r.inputs
        for r in program.of_type(EGRESS)
        if r.inputs["securityGroupId"] == "net-load-balancer-id"
    ]
    assert out_of_balancer["referencedSecurityGroupId"] == "net-tasks-id"


@pytest.mark.parametrize("ports", [(80,), (80, 443)])
def test_listener_ports_are_open_to_everybody(ports: tuple[int, ...]) -> None:
    """The load balancer is open on the ports that have a listener, and on no other."""
    program = network(OwnVpc(cidr="10.20.0.0/16", zones=ZONES, egress="nat"), ports)
    entries = [
        r.inputs
        for r in program.of_type(INGRESS)
        if r.inputs["securityGroupId"] == "net-load-balancer-id"
    ]
    assert [(e["cidrIpv4"], e["fromPort"], e["toPort"]) for e in entries] == [
        ("0.0.0.0/0", port, port) for port in ports
    ]


def test_tasks_leave_for_https_and_private_addresses_alone() -> None:
    """A task reaches HTTPS anywhere, and anything at private addresses, such as the database."""
    out = [
        (r.inputs["cidrIpv4"], r.inputs["ipProtocol"], r.inputs.get("toPort"))
        for r in own("nat").of_type(EGRESS)
        if r.inputs["securityGroupId"] == "net-tasks-id"
    ]
    assert out == [
        ("0.0.0.0/0", "tcp", 443),
        ("10.0.0.0/8", "-1", None),
        ("172.16.0.0/12", "-1", None),
        ("192.168.0.0/16", "-1", None),
    ]
