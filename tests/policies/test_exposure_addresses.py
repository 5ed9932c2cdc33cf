"""Tasks with an address on the internet, and tasks without."""

from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.exposing import Place, judged, rule
from tests.policies.judging import fired

PRIVATE = ("exposure-tasks-private", "web")
CLOSED = ("exposure-only-from-load-balancer", "web")
both = pytest.mark.parametrize("preview", [True, False], ids=["preview", "update"])


@both
def test_a_private_service_behind_its_load_balancer_passes(preview: bool) -> None:
    """Without a public address, and with the load balancer's group alone let in: nothing fires."""

    def program() -> None:
        place = Place()
        rule(place.tasks.id, referenced_security_group_id=place.public.id)
        place.service(assign_public_ip=False)

    assert judged(program, preview=preview) == []


@both
def test_a_public_address_is_refused(preview: bool) -> None:
    """A task with an address of its own is refused, whatever its security group says."""
    found = judged(lambda: Place().service(assign_public_ip=True), preview=preview)

    assert fired(found) == {PRIVATE}
    assert "assignPublicIp true" in found[0].message
    assert "An assignPublicIp of false passes" in found[0].message


@pytest.mark.parametrize(
    "subnet",
    [
        lambda: aws.ec2.Subnet("open", vpc_id="vpc-1", map_public_ip_on_launch=True),
        lambda: aws.ec2.DefaultSubnet("open", availability_zone="eu-west-1a"),
    ],
)
def test_a_subnet_that_gives_public_addresses_is_refused(subnet: Any) -> None:
    """Subnets that hand out public addresses are refused; a default one does so by itself."""
    found = judged(lambda: Place().service(subnet=subnet()))

    assert fired(found) == {PRIVATE}
    assert "its subnet open has mapPublicIpOnLaunch true" in found[0].message


def test_a_default_subnet_told_otherwise_passes() -> None:
    """A default subnet with mapPublicIpOnLaunch false gives no public address."""

    def program() -> None:
        zone = "eu-west-1a"
        subnet = aws.ec2.DefaultSubnet("own", availability_zone=zone, map_public_ip_on_launch=False)
        Place().service(subnet=subnet)

    assert judged(program) == []


def test_tasks_at_their_hosts_addresses_are_refused() -> None:
    """Without a network configuration nothing says who reaches a task: both policies refuse."""
    found = judged(lambda: aws.ecs.Service("web"))

    assert fired(found) == {PRIVATE, CLOSED}
    assert all("passes." in finding.message for finding in found)


def test_an_address_that_only_the_update_knows_is_refused() -> None:
    """A public address that hangs on another resource could not be verified."""
    later = aws.sns.Topic

    found = judged(lambda: Place().service(assign_public_ip=later("x").arn.apply(bool)))

    assert fired(found) == {PRIVATE}
    assert "networkConfiguration.assignPublicIp is not known before" in found[0].message
