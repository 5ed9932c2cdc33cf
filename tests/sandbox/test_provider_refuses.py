"""What only AWS can answer is asked before the call, and refused in AWS's words."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from sandbox.provider.aws import AwsError
from tests.support.emulator import Account, running
from tests.support.provider import World, urn
from tests.support.provider_cases import Ref, resolved
from tests.support.provider_world_cases import BY_NAME, CASES

pytestmark = pytest.mark.sandbox
OTHERS = {"tags": {"Project": "other"}}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One resource of every case, in an account of an emulator of this module's own."""
    images = "- match: '.*'\n  warmUpSeconds: 1\n"
    folder = tmp_path_factory.mktemp("emulator")
    with running(folder, images) as emulator, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", emulator.url)
        patch.setenv("AWS_ACCESS_KEY_ID", Account(emulator.url).name)
        patch.setenv("AWS_SECRET_ACCESS_KEY", "sandbox")
        world = World()
        for case in CASES:
            world.create(case)
        yield world


def created(world: World, case: str, changes: Mapping[str, Any]) -> str:
    """The id of another resource of the case's type, with changes."""
    inputs = resolved({**BY_NAME[case].inputs, **changes}, world.look)
    where = urn(BY_NAME[case].token, "another")
    checked, failures = world.provider.check(where, {}, inputs, b"another seed")
    assert failures == []
    return world.provider.create(where, checked, False)[0]


@pytest.mark.parametrize(
    ("case", "changes", "words"),
    [
        ("subnet-a", {"cidrBlock": "10.8.0.0/24"}, "InvalidSubnet.Range: The CIDR '10.8.0.0/24'"),
        ("subnet-a", {"cidrBlock": "10.9.0.128/25"}, "InvalidSubnet.Conflict: The CIDR"),
        ("subnet-a", {"cidrBlock": "10.9.7.0/24", "availabilityZone": "eu-west-1z"},
         r"Value \(eu-west-1z\) for parameter availabilityZone is invalid"),
        ("subnet-a", {"vpcId": "vpc-0"}, "InvalidVpcID.NotFound: The vpc ID 'vpc-0'"),
        ("gateway", OTHERS, "Resource.AlreadyAssociated"),
        ("route", {"gatewayId": "igw-0"}, "RouteAlreadyExists"),
        ("nat", {"subnetId": "subnet-0"}, "InvalidSubnetID.NotFound"),
        ("group", {**OTHERS, "name": "taken"}, "InvalidGroup.Duplicate: The security group"),
        ("ingress", OTHERS, "InvalidPermission.Duplicate"),
        ("bucket", OTHERS, "BucketAlreadyOwnedByYou"),
        ("balancer", {"subnets": [Ref("subnet-a", "id"), Ref("same-zone", "id")]},
         "two different Availability Zones"),
        ("listener", OTHERS, "DuplicateListener: A listener already exists on this port"),
        ("rule-group-http", OTHERS, "PriorityInUse: Priority '10' is currently in use"),
        ("cluster", OTHERS, "without this stack's tags"),
        ("role", OTHERS, "EntityAlreadyExists: Role with name evenkeel-test already exists"),
        ("waf-logs", OTHERS, "ResourceAlreadyExistsException: The specified log group"),
        ("alarm", OTHERS, "exists, without this stack's tags"),
        ("event-rule", OTHERS, "exists, without this stack's tags"),
        ("service", OTHERS, "Creation of service was not idempotent"),
        ("service", {"name": "b", "taskDefinition": "none:1"}, "ClientException"),
        ("service", {"name": "b", "loadBalancers": [
            {"targetGroupArn": Ref("group-http"), "containerName": "web", "containerPort": 3000}]},
         "The container web does not exist in the task definition"),
        ("service", {"name": "b", "loadBalancers": [
            {"targetGroupArn": Ref("group-http"), "containerName": "service", "containerPort": 1}]},
         "did not have a container port 1 defined"),
        ("service", {"name": "b", "loadBalancers": [
            {"targetGroupArn": Ref("lonely"), "containerName": "service", "containerPort": 3000}]},
         "does not have an associated load balancer"),
        ("target", {"resourceId": "service/evenkeel-test/none"}, "ValidationException"),
    ],
)  # fmt: skip
def test_refused(world: World, case: str, changes: Mapping[str, Any], words: str) -> None:
    """A create that AWS refuses for what else there is fails, and makes nothing."""
    if "same-zone" not in world.ids:
        world.ids["same-zone"] = created(world, "subnet-a", {"cidrBlock": "10.9.9.0/24"})
        where = {"name": "lonely", "vpcId": Ref("vpc", "id")}
        created(world, "group", {"name": "taken"})
        world.outputs["lonely"] = {"arn": created(world, "group-http", where)}
    with pytest.raises(AwsError, match=words):
        created(world, case, changes)


def test_deletion_protection_holds(world: World) -> None:
    """A protected load balancer is not deleted until the protection is off."""
    case = BY_NAME["balancer"]
    world.update(case, world.checked(case, {"enableDeletionProtection": True}))
    with pytest.raises(AwsError, match="cannot be deleted because deletion protection"):
        world.delete(case)
    assert world.read(case) is not None


def test_failed_create_leaves_nothing(world: World) -> None:
    """A target group whose attributes are refused does not stay behind, unknown to the engine."""
    inputs = {**BY_NAME["group-http"].inputs, "name": "half-made", "slowStart": 60}
    with pytest.raises(AwsError, match="InvalidConfigurationRequest"):
        world.provider.create(
            urn(BY_NAME["group-http"].token, "half"), resolved(inputs, world.look), False
        )
    assert world.provider.aws is not None
    found = world.provider.aws.found(
        "elbv2", "DescribeTargetGroups", "NotFound", Names=["half-made"]
    )
    assert not (found or {}).get("TargetGroups")
