"""A create that is repeated after its update was killed: what AWS has already is taken up."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.emulator import Account, running
from tests.support.provider import World, urn
from tests.support.provider_cases import Case, resolved
from tests.support.provider_world_cases import BY_NAME, CASES

pytestmark = pytest.mark.sandbox
IMAGES = "- match: '.*'\n  warmUpSeconds: 1\n"
TAGS = [{"Key": "Project", "Value": "evenkeel"}, {"Key": "Stage", "Value": "test"}]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An emulator of this module's own."""
    with running(tmp_path_factory.mktemp("emulator"), IMAGES) as emulator:
        yield emulator.url


@pytest.fixture
def account(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    """An account of this test alone, with the environment that leads to it and to a backend."""
    account = Account(url)
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", account.name)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sandbox")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}?metadata=skip")
    return account


def killed(
    folder: Path, creating: Mapping[str, Mapping[str, Any]], held: Mapping[str, str] | None = None
) -> None:
    """The state that a killed engine leaves: URN → inputs of what it created, URN → id it has."""
    state = folder / ".pulumi/stacks/evenkeel/test.json"
    state.parent.mkdir(parents=True, exist_ok=True)
    pending = [
        {"resource": {"urn": each, "inputs": inputs}, "type": "creating"}
        for each, inputs in creating.items()
    ]
    resources = [{"urn": each, "id": found} for each, found in (held or {}).items()]
    latest = {"resources": resources, "pending_operations": pending}
    state.write_text(json.dumps({"version": 3, "checkpoint": {"latest": latest}}))


def checked(world: World, case: Case, seed: bytes = b"another seed") -> dict[str, Any]:
    """The case's inputs as a new update has them: the engine gives another seed each time."""
    where = urn(case.token, case.name)
    inputs, _ = world.provider.check(where, {}, resolved(case.inputs, world.look), seed)
    return inputs


def create(world: World, case: Case, inputs: Mapping[str, Any] | None = None) -> str:
    where = urn(case.token, case.name)
    return world.provider.create(where, dict(inputs or checked(world, case)), False)[0]


@pytest.mark.usefixtures("account")
def test_every_create_is_taken_up(tmp_path: Path) -> None:
    """Of every type: killed after AWS made it, the next create finds it, under its first name."""
    first = World()
    for case in CASES:
        first.create(case)
    killed(tmp_path, {urn(case.token, case.name): first.inputs[case.name] for case in CASES})
    second = World()
    for case in CASES:
        second.ids[case.name] = first.ids[case.name]
        second.outputs[case.name] = first.outputs[case.name]
        assert create(second, case) == first.ids[case.name], case.name


@pytest.mark.usefixtures("account")
def test_what_the_stack_has_is_not_taken(tmp_path: Path) -> None:
    """A replacement is another resource, although the one before bears the same tags."""
    first = World()
    vpc = BY_NAME["vpc"]
    before = first.create(vpc)
    where = urn(vpc.token, vpc.name)
    killed(tmp_path, {where: first.inputs["vpc"]}, held={where: before})
    assert create(World(), vpc) != before


def test_each_finds_its_own(account: Account, tmp_path: Path) -> None:
    """Two addresses that were being created are two, whichever comes first."""
    first, case = World(), BY_NAME["address"]
    made = {first.create(case), create(first, case)}
    second = Case("second", case.token, case.inputs)
    inputs = first.inputs["address"]
    killed(tmp_path, {urn(each.token, each.name): inputs for each in (case, second)})
    again = World()
    assert {create(again, case), create(again, second)} == made
    assert len(account.ec2.describe_addresses()["Addresses"]) == 2


@pytest.mark.usefixtures("account")
def test_another_create_takes_nothing(tmp_path: Path) -> None:
    """Only what was being created is looked for: an equal VPC of another name stays its own."""
    first = World()
    before = first.create(BY_NAME["vpc"])
    killed(tmp_path, {})
    assert create(World(), BY_NAME["vpc"]) != before


@pytest.mark.usefixtures("account")
def test_a_change_since_makes_another(tmp_path: Path) -> None:
    """A target group on another port by now is not the one of before, and has another name."""
    first, group = World(), BY_NAME["group-http"]
    first.create(BY_NAME["vpc"])
    first.create(group)
    killed(tmp_path, {urn(group.token, group.name): first.inputs[group.name]})
    second = World()
    second.ids["vpc"], second.outputs["vpc"] = first.ids["vpc"], first.outputs["vpc"]
    same = checked(second, group)
    moved = checked(second, Case(group.name, group.token, {**group.inputs, "port": 4000}))
    assert same["name"] == first.inputs[group.name]["name"] != moved["name"]


def test_a_bucket_without_its_tags_is_taken_up(account: Account, tmp_path: Path) -> None:
    """Tags follow a bucket's creation: killed between the two calls, the next create sets them."""
    case = Case("logs", "aws:s3/bucket:Bucket", {"bucket": f"logs-{account.name}"})
    inputs = checked(World(), case)
    place = {"LocationConstraint": "eu-west-1"}
    account.s3.create_bucket(Bucket=inputs["bucket"], CreateBucketConfiguration=place)
    killed(tmp_path, {urn(case.token, case.name): inputs})
    create(World(), case)
    assert account.s3.get_bucket_tagging(Bucket=inputs["bucket"])["TagSet"] == TAGS


def test_half_made_network_is_brought_to_its_end(account: Account, tmp_path: Path) -> None:
    """What the second call of a create would have set is set when the first alone was made."""
    cases = [BY_NAME[name] for name in ("vpc", "gateway", "group", "subnet-a")]

    def spec(kind: str) -> list[dict[str, Any]]:
        return [{"ResourceType": kind, "Tags": TAGS}]

    ec2, world = account.ec2, World()
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=spec("vpc"))["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway(TagSpecifications=spec("internet-gateway"))
    world.ids["vpc"], world.outputs["vpc"] = vpc, {}
    wanted = {case.name: checked(world, case) for case in cases}
    wanted["subnet-a"]["mapPublicIpOnLaunch"] = True
    group = ec2.create_security_group(
        VpcId=vpc,
        GroupName=wanted["group"]["name"],
        Description="tasks",
        TagSpecifications=spec("security-group"),
    )
    subnet = ec2.create_subnet(
        VpcId=vpc,
        CidrBlock="10.9.0.0/24",
        AvailabilityZone="eu-west-1a",
        TagSpecifications=spec("subnet"),
    )
    killed(tmp_path, {urn(case.token, case.name): wanted[case.name] for case in cases})
    again = World()
    assert [create(again, case, wanted[case.name]) for case in cases] == [
        vpc,
        gateway["InternetGateway"]["InternetGatewayId"],
        group["GroupId"],
        subnet["Subnet"]["SubnetId"],
    ]
    hostnames = ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames")
    assert hostnames["EnableDnsHostnames"]["Value"] is True
    found = ec2.describe_internet_gateways(
        InternetGatewayIds=[gateway["InternetGateway"]["InternetGatewayId"]]
    )["InternetGateways"][0]
    assert [each["VpcId"] for each in found["Attachments"]] == [vpc]
    found = ec2.describe_security_groups(GroupIds=[group["GroupId"]])["SecurityGroups"][0]
    assert found["IpPermissionsEgress"] == []
    inside = ec2.describe_subnets(SubnetIds=[subnet["Subnet"]["SubnetId"]])["Subnets"][0]
    assert inside["MapPublicIpOnLaunch"] is True
