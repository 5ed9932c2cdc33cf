"""EC2 networks in the emulator: what is declared is read back, what AWS refuses is refused."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.emulated_service import Balancer, Network
from tests.support.emulator import REGION, Account, Emulator, refused, running

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running(tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator


@pytest.fixture
def account(emulator: Emulator) -> Account:
    return Account(emulator.url)


@pytest.fixture
def network(account: Account) -> Network:
    return Network(account)


def tagged(kind: str) -> list[dict[str, Any]]:
    """A tag specification."""
    return [{"ResourceType": kind, "Tags": [{"Key": "Stage", "Value": "test"}]}]


def nat(account: Account, network: Network) -> tuple[str, str]:
    """A public NAT gateway; its id and its address's allocation."""
    allocation = account.ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = account.ec2.create_nat_gateway(
        SubnetId=network.subnets[0],
        AllocationId=allocation,
        TagSpecifications=tagged("natgateway"),
    )["NatGateway"]
    return made["NatGatewayId"], allocation


def test_nat_gateway_has_its_address(account: Account, network: Network) -> None:
    """Allocation, public and private address; the address knows that it is in use."""
    ident, allocation = nat(account, network)
    found = account.ec2.describe_nat_gateways(NatGatewayIds=[ident])["NatGateways"][0]
    address = found["NatGatewayAddresses"][0]
    elastic = account.ec2.describe_addresses(AllocationIds=[allocation])["Addresses"][0]
    assert address["AllocationId"] == allocation
    assert address["PublicIp"] == elastic["PublicIp"]
    assert address["AssociationId"] == elastic["AssociationId"]
    assert address["PrivateIp"].startswith("10.0.0.")
    assert found["Tags"] == [{"Key": "Stage", "Value": "test"}]
    filters = [{"Name": "vpc-id", "Values": [network.vpc]}]
    listed = account.ec2.describe_nat_gateways(Filters=filters)["NatGateways"]
    assert [n["NatGatewayId"] for n in listed] == [ident]


def test_address_in_use_is_not_released(account: Account, network: Network) -> None:
    """An address goes only after its NAT gateway, and serves one at a time."""
    ident, allocation = nat(account, network)
    release = account.ec2.release_address
    assert refused(release, AllocationId=allocation)[0] == "InvalidIPAddress.InUse"
    again = {"SubnetId": network.subnets[0], "AllocationId": allocation}
    taken = refused(account.ec2.create_nat_gateway, **again)
    assert taken[0] == "Resource.AlreadyAssociated"
    account.ec2.delete_nat_gateway(NatGatewayId=ident)
    found = account.ec2.describe_nat_gateways(NatGatewayIds=[ident])["NatGateways"][0]
    assert found["State"] == "deleted"
    release(AllocationId=allocation)


def test_endpoints_are_kept_whole(account: Account, network: Network) -> None:
    """Policy and route tables of a gateway; groups, subnets and private DNS of an interface."""
    ec2 = account.ec2
    table = ec2.create_route_table(VpcId=network.vpc)["RouteTable"]["RouteTableId"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    ec2.create_vpc_endpoint(
        VpcId=network.vpc,
        ServiceName=f"com.amazonaws.{REGION}.s3",
        RouteTableIds=[table],
        PolicyDocument=policy,
    )
    made = ec2.create_vpc_endpoint(
        VpcId=network.vpc,
        VpcEndpointType="Interface",
        ServiceName=f"com.amazonaws.{REGION}.logs",
        SubnetIds=network.subnets,
        SecurityGroupIds=[network.group],
        PrivateDnsEnabled=True,
        TagSpecifications=tagged("vpc-endpoint"),
    )["VpcEndpoint"]
    gateway, interface = sorted(
        ec2.describe_vpc_endpoints()["VpcEndpoints"], key=lambda e: e["VpcEndpointType"]
    )
    assert (gateway["PolicyDocument"], gateway["RouteTableIds"]) == (policy, [table])
    assert interface == made
    assert interface["PrivateDnsEnabled"]
    assert [g["GroupId"] for g in interface["Groups"]] == [network.group]
    assert (len(interface["NetworkInterfaceIds"]), len(interface["DnsEntries"])) == (2, 1)
    ec2.modify_vpc_endpoint(
        VpcEndpointId=interface["VpcEndpointId"],
        RemoveSubnetIds=network.subnets[1:],
        PrivateDnsEnabled=False,
    )
    ident = interface["VpcEndpointId"]
    found = ec2.describe_vpc_endpoints(VpcEndpointIds=[ident])["VpcEndpoints"][0]
    assert (found["SubnetIds"], found["PrivateDnsEnabled"]) == (network.subnets[:1], False)


def test_rules_to_every_kind_of_peer_are_kept(account: Account, network: Network) -> None:
    """A rule's group, CIDR or prefix list, its description and its tags are read back."""
    ec2 = account.ec2
    port = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    given = [
        {"UserIdGroupPairs": [{"GroupId": network.group, "Description": "d"}]},
        {"IpRanges": [{"CidrIp": "10.0.0.0/16", "Description": "d"}]},
        {"PrefixListIds": [{"PrefixListId": "pl-1", "Description": "d"}]},
    ]
    for peer in given:
        ec2.authorize_security_group_egress(
            GroupId=network.group,
            IpPermissions=[port | peer],
            TagSpecifications=tagged("security-group-rule"),
        )
    filters = [{"Name": "group-id", "Values": [network.group]}]
    found = ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
    rules = [rule for rule in found if rule["FromPort"] == 443]
    assert {rule["Description"] for rule in rules} == {"d"}
    assert [rule["Tags"] for rule in rules] == [[{"Key": "Stage", "Value": "test"}]] * 3
    peers = [r.get("CidrIpv4") or r.get("PrefixListId") or r["ReferencedGroupInfo"] for r in rules]
    assert peers[0]["GroupId"] == network.group
    assert peers[1:] == ["10.0.0.0/16", "pl-1"]


@pytest.mark.parametrize(
    ("cidr", "code"),
    [
        ("10.0.0.0/25", "InvalidSubnet.Conflict"),
        ("10.1.0.0/24", "InvalidSubnet.Range"),
        ("10.0.9.0/29", "InvalidSubnet.Range"),
        ("10.0.9.1/24", "InvalidParameterValue"),
    ],
)
def test_subnet_is_refused(account: Account, network: Network, cidr: str, code: str) -> None:
    """A CIDR that overlaps, lies outside the VPC, is too small or no network."""
    made = refused(account.ec2.create_subnet, VpcId=network.vpc, CidrBlock=cidr)
    assert made[0] == code


def test_what_is_not_there_is_refused(account: Account, network: Network) -> None:
    """Unknown VPCs, subnets and groups; a VPC too large; a zone of another region."""
    ec2, good = account.ec2, {"VpcId": network.vpc, "CidrBlock": "10.0.9.0/24"}
    assert refused(ec2.create_vpc, CidrBlock="10.0.0.0/8")[0] == "InvalidVpc.Range"
    unknown = refused(ec2.create_subnet, **(good | {"VpcId": "vpc-1"}))
    assert unknown[0] == "InvalidVpcID.NotFound"
    zone = refused(ec2.create_subnet, **good, AvailabilityZone="us-east-1a")
    assert zone[0] == "InvalidParameterValue"
    subnet = refused(ec2.create_nat_gateway, SubnetId="subnet-1", AllocationId="eipalloc-1")
    assert subnet[0] == "InvalidSubnetID.NotFound"
    pair = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}
    rules = [pair | {"UserIdGroupPairs": [{"GroupId": "sg-1"}]}]
    authorize = ec2.authorize_security_group_ingress
    missing = refused(authorize, GroupId=network.group, IpPermissions=rules)
    assert missing[0] == "InvalidGroup.NotFound"
    back = [pair | {"FromPort": 90, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ports = refused(authorize, GroupId=network.group, IpPermissions=back)
    assert ports[0] == "InvalidParameterValue"


def test_route_is_refused_twice_and_without_its_gateway(account: Account, network: Network) -> None:
    """One route a destination; a NAT gateway must be there."""
    table = account.ec2.create_route_table(VpcId=network.vpc)["RouteTable"]["RouteTableId"]
    route = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0"}
    create = account.ec2.create_route
    assert refused(create, **route, NatGatewayId="nat-1")[0] == "InvalidNatGatewayID.NotFound"
    ident, _ = nat(account, network)
    create(**route, NatGatewayId=ident)
    assert refused(create, **route, NatGatewayId=ident)[0] == "RouteAlreadyExists"


def test_dependencies_hold(account: Account, network: Network) -> None:
    """A load balancer's subnets, groups and VPC cannot be deleted before it."""
    balancer = Balancer(account, network)
    ec2 = account.ec2
    for call, parameters in (
        (ec2.delete_subnet, {"SubnetId": network.subnets[0]}),
        (ec2.delete_security_group, {"GroupId": network.group}),
        (ec2.delete_vpc, {"VpcId": network.vpc}),
    ):
        assert refused(call, **parameters)[0] == "DependencyViolation", parameters
    account.elbv2.delete_load_balancer(LoadBalancerArn=balancer.arn)
    for subnet in network.subnets:
        ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_security_group(GroupId=network.group)
    ec2.delete_vpc(VpcId=network.vpc)
