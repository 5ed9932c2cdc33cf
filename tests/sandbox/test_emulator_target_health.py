"""Target health in the emulator, on the sandbox clock."""

from collections.abc import Iterator

import pytest

from tests.support.emulated_service import IMAGES, PORT, Balancer, Network, Service
from tests.support.emulator import Account, Emulator, refused, running, until

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running(tmp_path_factory.mktemp("emulator"), IMAGES, speed=60) as emulator:
        yield emulator


@pytest.fixture
def account(emulator: Emulator) -> Account:
    return Account(emulator.url)


def states(account: Account, group: str, *addresses: str) -> list[tuple[str, str]]:
    """State and reason of a group's targets, or of the named ones."""
    named = {"Targets": [{"Id": a, "Port": PORT} for a in addresses]} if addresses else {}
    found = account.elbv2.describe_target_health(TargetGroupArn=group, **named)
    health = [t["TargetHealth"] for t in found["TargetHealthDescriptions"]]
    return [(h["State"], h.get("Reason", "")) for h in health]


def test_targets_of_a_running_task_turn_healthy(account: Account) -> None:
    """The targets of a running task go from initial to healthy in every group."""
    service = Service(account, desired=1)
    seen: list[str] = []

    def look() -> bool | None:
        seen.extend(state for group in service.health() for state in group)
        return service.health() == [["healthy"], ["healthy"]] or None

    until(look, "both targets are healthy")
    assert seen[0] == "initial"
    assert set(seen) <= {"initial", "unhealthy", "healthy"}


def test_address_without_a_task_is_unhealthy(account: Account) -> None:
    """Nothing answers there: initial, then unhealthy with Target.Timeout."""
    balancer = Balancer(account, Network(account))
    group = balancer.groups[0]
    target = [{"Id": "10.0.0.9", "Port": PORT}]
    account.elbv2.register_targets(TargetGroupArn=group, Targets=target)
    assert states(account, group) == [("initial", "Elb.InitialHealthChecking")]
    until(
        lambda: states(account, group) == [("unhealthy", "Target.Timeout")] or None,
        "the target is unhealthy",
    )


def test_deregistered_target_is_gone_and_unused(account: Account) -> None:
    """The waiter for a deregistered target ends; an unknown one is Target.NotRegistered."""
    balancer = Balancer(account, Network(account))
    group = balancer.groups[0]
    target = [{"Id": "10.0.0.9", "Port": PORT}]
    elbv2 = account.elbv2
    elbv2.register_targets(TargetGroupArn=group, Targets=target)
    elbv2.deregister_targets(TargetGroupArn=group, Targets=target)
    waiter = elbv2.get_waiter("target_deregistered")
    config = {"Delay": 1, "MaxAttempts": 10}
    waiter.wait(TargetGroupArn=group, Targets=target, WaiterConfig=config)
    assert states(account, group) == []
    assert states(account, group, "10.0.0.9") == [("unused", "Target.NotRegistered")]
    again = refused(elbv2.deregister_targets, TargetGroupArn=group, Targets=target)
    assert again[0] == "InvalidTarget"


def test_group_without_a_rule_is_not_in_use(account: Account) -> None:
    """Targets of a group that nothing forwards to are unused with Target.NotInUse."""
    network = Network(account)
    group = account.elbv2.create_target_group(
        Name="idle", Protocol="HTTP", Port=PORT, VpcId=network.vpc, TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    account.elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": "10.0.0.9"}])
    assert states(account, group) == [("unused", "Target.NotInUse")]
