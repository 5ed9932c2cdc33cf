"""Readers of the network."""

from tests.support.read_back.answers import Account, Properties, Reader, Resource, only, told


def vpc(account: Account, resource: Resource) -> Properties:
    ec2 = account("ec2")
    found = told(only(ec2.describe_vpcs(VpcIds=[resource.id])["Vpcs"]))
    for attribute in ("enableDnsHostnames", "enableDnsSupport"):
        name = attribute[0].upper() + attribute[1:]
        answer = ec2.describe_vpc_attribute(VpcId=resource.id, Attribute=attribute)
        found[attribute] = answer[name]["Value"]
    return dict(found)


def subnet(account: Account, resource: Resource) -> Properties:
    return dict(told(only(account("ec2").describe_subnets(SubnetIds=[resource.id])["Subnets"])))


def internet_gateway(account: Account, resource: Resource) -> Properties:
    answer = account("ec2").describe_internet_gateways(InternetGatewayIds=[resource.id])
    found = told(only(answer["InternetGateways"]))
    return {**found, "vpcId": only(found["attachments"])["vpcId"]}


def route_table(account: Account, resource: Resource) -> Properties:
    return _table(account, resource.id)


def route(account: Account, resource: Resource) -> Properties:
    table, _, destination = resource.id.partition("_")
    found = _table(account, table)
    routes = [r for r in found["routes"] if r.get("destinationCidrBlock") == destination]
    return {**only(routes), "routeTableId": found["routeTableId"]}


def route_table_association(account: Account, resource: Resource) -> Properties:
    named = {"Name": "association.route-table-association-id", "Values": [resource.id]}
    table = only(account("ec2").describe_route_tables(Filters=[named])["RouteTables"])
    own = [a for a in table["Associations"] if a["RouteTableAssociationId"] == resource.id]
    return dict(told(only(own)))


def eip(account: Account, resource: Resource) -> Properties:
    answer = account("ec2").describe_addresses(AllocationIds=[resource.id])
    return dict(told(only(answer["Addresses"])))


def nat_gateway(account: Account, resource: Resource) -> Properties:
    answer = account("ec2").describe_nat_gateways(NatGatewayIds=[resource.id])
    found = told(only(answer["NatGateways"]))
    return {**found, "allocationId": only(found["natGatewayAddresses"])["allocationId"]}


def vpc_endpoint(account: Account, resource: Resource) -> Properties:
    answer = account("ec2").describe_vpc_endpoints(VpcEndpointIds=[resource.id])
    found = told(only(answer["VpcEndpoints"]))
    return {**found, "securityGroupIds": [group["groupId"] for group in found.get("groups", [])]}


def security_group(account: Account, resource: Resource) -> Properties:
    answer = account("ec2").describe_security_groups(GroupIds=[resource.id])
    found = told(only(answer["SecurityGroups"]))
    return {**found, "name": found["groupName"]}


def ingress_rule(account: Account, resource: Resource) -> Properties:
    return _rule(account, resource, egress=False)


def egress_rule(account: Account, resource: Resource) -> Properties:
    return _rule(account, resource, egress=True)


def _rule(account: Account, resource: Resource, *, egress: bool) -> Properties:
    answer = account("ec2").describe_security_group_rules(SecurityGroupRuleIds=[resource.id])
    found = told(only(answer["SecurityGroupRules"]))
    assert found["isEgress"] is egress, f"{resource.name} has the wrong direction"
    referenced = found.get("referencedGroupInfo", {}).get("groupId")
    return {
        **found,
        "securityGroupId": found["groupId"],
        **({"referencedSecurityGroupId": referenced} if referenced else {}),
    }


def _table(account: Account, table: str) -> Properties:
    answer = account("ec2").describe_route_tables(RouteTableIds=[table])
    return dict(told(only(answer["RouteTables"])))


READERS: dict[str, Reader] = {
    "aws:ec2/vpc:Vpc": vpc,
    "aws:ec2/subnet:Subnet": subnet,
    "aws:ec2/internetGateway:InternetGateway": internet_gateway,
    "aws:ec2/routeTable:RouteTable": route_table,
    "aws:ec2/route:Route": route,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": route_table_association,
    "aws:ec2/eip:Eip": eip,
    "aws:ec2/natGateway:NatGateway": nat_gateway,
    "aws:ec2/vpcEndpoint:VpcEndpoint": vpc_endpoint,
    "aws:ec2/securityGroup:SecurityGroup": security_group,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ingress_rule,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": egress_rule,
}
