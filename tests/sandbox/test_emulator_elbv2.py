"""ELBv2 in the emulator: everything declared is read back, and what AWS refuses is refused."""

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


@pytest.fixture
def balancer(account: Account, network: Network) -> Balancer:
    return Balancer(account, network)


def attributes(found: dict[str, Any]) -> dict[str, str]:
    """Attributes as a dict."""
    return {a["Key"]: a["Value"] for a in found["Attributes"]}


def set_group(account: Account, group: str, **values: str) -> dict[str, Any]:
    """ModifyTargetGroupAttributes; `__` stands for a dot."""
    given = [{"Key": k.replace("__", "."), "Value": v} for k, v in values.items()]
    return dict(
        account.elbv2.modify_target_group_attributes(TargetGroupArn=group, Attributes=given)
    )


def test_load_balancer_is_read_back(account: Account, network: Network) -> None:
    """VPC, zones, groups, scheme, address type, attributes and tags of a load balancer."""
    made = account.elbv2.create_load_balancer(
        Name="web",
        Subnets=network.subnets,
        SecurityGroups=[network.group],
        Scheme="internal",
        IpAddressType="ipv4",
        Tags=[{"Key": "Stage", "Value": "test"}],
    )["LoadBalancers"][0]
    found = account.elbv2.describe_load_balancers(Names=["web"])["LoadBalancers"][0]
    assert found == made
    assert found["VpcId"] == network.vpc
    assert [z["SubnetId"] for z in found["AvailabilityZones"]] == network.subnets
    assert found["DNSName"].startswith("internal-web-")
    arn = found["LoadBalancerArn"]
    given = {"idle_timeout.timeout_seconds": "120", "access_logs.s3.bucket": "logs"}
    account.elbv2.modify_load_balancer_attributes(
        LoadBalancerArn=arn, Attributes=[{"Key": k, "Value": v} for k, v in given.items()]
    )
    kept = attributes(account.elbv2.describe_load_balancer_attributes(LoadBalancerArn=arn))
    assert given.items() <= kept.items()
    assert kept["routing.http.drop_invalid_header_fields.enabled"] == "false"
    tags = account.elbv2.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]
    assert tags == [{"Key": "Stage", "Value": "test"}]


def test_load_balancer_needs_two_zones(account: Account, network: Network) -> None:
    """One subnet, an unknown subnet, and a name with other settings are refused."""
    create = account.elbv2.create_load_balancer
    code, message = refused(create, Name="a", Subnets=network.subnets[:1])
    assert (code, "two different Availability Zones" in message) == ("ValidationError", True)
    assert refused(create, Name="a", Subnets=["subnet-1", "subnet-2"])[0] == "SubnetNotFound"
    create(Name="a", Subnets=network.subnets)
    again = refused(create, Name="a", Subnets=network.subnets, Scheme="internal")
    assert again[0] == "DuplicateLoadBalancerName"


def test_deletion_protection_holds(account: Account, balancer: Balancer) -> None:
    """A protected load balancer is not deleted; an unprotected one goes with its listeners."""
    protect = {"Key": "deletion_protection.enabled", "Value": "true"}
    change = account.elbv2.modify_load_balancer_attributes
    change(LoadBalancerArn=balancer.arn, Attributes=[protect])
    delete = account.elbv2.delete_load_balancer
    assert refused(delete, LoadBalancerArn=balancer.arn)[0] == "OperationNotPermitted"
    change(LoadBalancerArn=balancer.arn, Attributes=[protect | {"Value": "false"}])
    delete(LoadBalancerArn=balancer.arn)
    found = refused(account.elbv2.describe_listeners, ListenerArns=[balancer.listener])
    assert found[0] == "ListenerNotFound"


def test_target_group_has_aws_s_defaults(account: Account, network: Network) -> None:
    """Protocol version, health check and attributes that nobody gave are AWS's."""
    made = account.elbv2.create_target_group(
        Name="g", Protocol="HTTP", Port=3000, VpcId=network.vpc, TargetType="ip"
    )["TargetGroups"][0]
    expected = {
        "ProtocolVersion": "HTTP1",
        "HealthCheckPath": "/",
        "HealthCheckIntervalSeconds": 30,
        "HealthCheckTimeoutSeconds": 6,
        "HealthyThresholdCount": 5,
        "UnhealthyThresholdCount": 2,
        "Matcher": {"HttpCode": "200"},
        "LoadBalancerArns": [],
    }
    assert expected.items() <= made.items()
    group = made["TargetGroupArn"]
    kept = attributes(account.elbv2.describe_target_group_attributes(TargetGroupArn=group))
    assert kept["load_balancing.algorithm.type"] == "round_robin"
    assert kept["deregistration_delay.timeout_seconds"] == "300"


def test_least_outstanding_excludes_slow_start(account: Account, balancer: Balancer) -> None:
    """S3-10: AWS's own error, whichever of the two comes second; round robin takes both."""
    group = balancer.groups[0]
    set_group(account, group, load_balancing__algorithm__type="least_outstanding_requests")
    code, message = refused(
        set_group, account=account, group=group, slow_start__duration_seconds="60"
    )
    assert code == "InvalidConfigurationRequest"
    assert message == (
        "You cannot enable both slow start and least outstanding requests algorithm"
        " on a target group"
    )
    both = {"load_balancing__algorithm__type": "round_robin", "slow_start__duration_seconds": "60"}
    set_group(account, group, **both)
    weighted = {"load_balancing__algorithm__type": "weighted_random"}
    assert refused(set_group, account=account, group=group, **weighted)[0] == code


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("slow_start__duration_seconds", "5"),
        ("slow_start__duration_seconds", "901"),
        ("deregistration_delay__timeout_seconds", "3601"),
        ("stickiness__lb_cookie__duration_seconds", "0"),
        ("load_balancing__algorithm__type", "random"),
        ("load_balancing__algorithm__anomaly_mitigation", "on"),
        ("stickiness__type", "source_ip"),
        ("no__such__attribute", "1"),
    ],
)
def test_target_group_attribute_is_refused(
    account: Account, balancer: Balancer, key: str, value: str
) -> None:
    """Ranges, choices and keys of TargetGroupAttribute hold, and nothing is changed."""
    read = account.elbv2.describe_target_group_attributes
    before = read(TargetGroupArn=balancer.groups[0])["Attributes"]
    refusal = refused(set_group, account=account, group=balancer.groups[0], **{key: value})
    assert refusal[0] == "ValidationError"
    assert read(TargetGroupArn=balancer.groups[0])["Attributes"] == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"HealthCheckTimeoutSeconds": 30, "HealthCheckIntervalSeconds": 30},
        {"HealthCheckPath": "health"},
        {"Matcher": {"HttpCode": "500"}},
        {"Name": "-starts-with-a-hyphen"},
        {"Name": "x" * 33},
        {"VpcId": "vpc-unknown"},
    ],
)
def test_target_group_is_refused(account: Account, network: Network, wrong: Any) -> None:
    """A health check, a name or a VPC that AWS does not take."""
    good = {"Name": "g", "Protocol": "HTTP", "Port": 80, "VpcId": network.vpc, "TargetType": "ip"}
    assert refused(account.elbv2.create_target_group, **(good | wrong))[0] == "ValidationError"


def test_target_group_in_use_stays(account: Account, balancer: Balancer) -> None:
    """A group that a rule forwards to cannot be deleted; its load balancer is told."""
    group = balancer.groups[0]
    found = account.elbv2.describe_target_groups(TargetGroupArns=[group])["TargetGroups"]
    assert found[0]["LoadBalancerArns"] == [balancer.arn]
    code, message = refused(account.elbv2.delete_target_group, TargetGroupArn=group)
    assert (code, "currently in use" in message) == ("ResourceInUse", True)
    account.elbv2.delete_load_balancer(LoadBalancerArn=balancer.arn)
    account.elbv2.delete_target_group(TargetGroupArn=group)
    gone = refused(account.elbv2.describe_target_groups, TargetGroupArns=[group])
    assert gone[0] == "TargetGroupNotFound"


def test_repeated_create_answers_alike_or_is_refused(account: Account, network: Network) -> None:
    """The same name with the same settings is the same group; with others it is a duplicate."""
    given = {"Name": "g", "Protocol": "HTTP", "Port": 80, "VpcId": network.vpc, "TargetType": "ip"}
    create = account.elbv2.create_target_group
    first, again = create(**given)["TargetGroups"], create(**given)["TargetGroups"]
    assert first == again
    assert refused(create, **(given | {"Port": 81}))[0] == "DuplicateTargetGroupName"
    assert REGION in first[0]["TargetGroupArn"]
