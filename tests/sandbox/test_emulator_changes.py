"""`GET /_evenkeel/changes`: its number moves with load balancers and web ACLs, and only so."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.emulated_service import IMAGES, PORT, Balancer, Network, Service
from tests.support.emulator import REGION, Account, Emulator, refused, running, until

pytestmark = pytest.mark.sandbox
TARGET = [{"Id": "10.0.0.9", "Port": PORT}]
COUNTED = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}


@pytest.fixture
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """One a test: its number is of no other test's doing."""
    with running(tmp_path_factory.mktemp("emulator"), IMAGES) as emulator:
        yield emulator


def changes(emulator: Emulator, since: int | str | None = None) -> dict[str, Any]:
    """The call's answer."""
    query = "" if since is None else f"?since={since}"
    with urllib.request.urlopen(f"{emulator.url}/_evenkeel/changes{query}", timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def moves(emulator: Emulator, call: Callable[[], object]) -> bool:
    """Whether the number is another one after `call`."""
    before = changes(emulator)["number"]
    call()
    return bool(changes(emulator)["number"] != before)


def test_the_number_moves_with_every_change(emulator: Emulator) -> None:
    """Every change of load balancing or the firewall moves it; reads and the rest do not."""
    account = Account(emulator.url)
    network = Network(account)
    balancer = Balancer(account, network)
    elbv2, wafv2 = account.elbv2, account.wafv2
    group, scope = balancer.groups[0], {"Name": "web", "Scope": "REGIONAL"}
    acl: dict[str, Any] = {}

    def create_acl() -> None:
        made = wafv2.create_web_acl(
            **scope, DefaultAction={"Block": {}}, VisibilityConfig=COUNTED, Rules=[]
        )
        acl.update(made["Summary"])

    rules = elbv2.describe_rules(ListenerArn=balancer.listener)["Rules"]
    attributes = [{"Key": "deregistration_delay.timeout_seconds", "Value": "60"}]
    idle = [{"Key": "idle_timeout.timeout_seconds", "Value": "70"}]
    moving = {
        "group attribute": lambda: elbv2.modify_target_group_attributes(
            TargetGroupArn=group, Attributes=attributes
        ),
        "balancer attribute": lambda: elbv2.modify_load_balancer_attributes(
            LoadBalancerArn=balancer.arn, Attributes=idle
        ),
        "health check": lambda: elbv2.modify_target_group(
            TargetGroupArn=group, HealthCheckPath="/health"
        ),
        "rule": lambda: elbv2.delete_rule(RuleArn=rules[0]["RuleArn"]),
        "target": lambda: elbv2.register_targets(TargetGroupArn=group, Targets=TARGET),
        "drain": lambda: elbv2.deregister_targets(TargetGroupArn=group, Targets=TARGET),
        "web ACL": create_acl,
        "association": lambda: wafv2.associate_web_acl(
            WebACLArn=acl["ARN"], ResourceArn=balancer.arn
        ),
        "address set": lambda: wafv2.create_ip_set(**scope, IPAddressVersion="IPV4", Addresses=[]),
        "listener": lambda: elbv2.delete_listener(ListenerArn=balancer.listener),
    }
    assert [name for name, call in moving.items() if not moves(emulator, call)] == []
    until(
        lambda: (
            not elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
            or None
        ),
        "the drain has ended",
    )
    still = {
        "read": lambda: elbv2.describe_load_balancers(),
        "another service": lambda: account.logs.create_log_group(logGroupName="other"),
        "a refusal": lambda: refused(elbv2.delete_rule, RuleArn=balancer.arn),
    }
    assert [name for name, call in still.items() if moves(emulator, call)] == []


def test_a_waiter_hears_of_a_task_s_targets(emulator: Emulator) -> None:
    """A call with the last number is answered when ECS registers a task, without being asked."""
    account = Account(emulator.url)
    Service(account, desired=0)
    number = changes(emulator)["number"]
    heard: list[int] = []

    def listen() -> bool | None:
        heard.append(changes(emulator, number)["number"])
        return heard[-1] != number or None

    waiting = threading.Thread(target=until, args=(listen, "the number moves"))
    waiting.start()
    account.ecs.update_service(cluster="main", service="web", desiredCount=1)
    waiting.join()
    assert heard[-1] != number


def test_the_end_of_a_drain_is_a_change(emulator: Emulator) -> None:
    """A target that has drained moves the number by itself, though nobody asks for it."""
    account = Account(emulator.url)
    group = Balancer(account, Network(account)).groups[0]
    account.elbv2.register_targets(TargetGroupArn=group, Targets=TARGET)
    account.elbv2.deregister_targets(TargetGroupArn=group, Targets=TARGET)
    begun = changes(emulator)["number"]
    until(lambda: changes(emulator)["number"] != begun or None, "the number has moved")


def test_scopes_are_where_load_balancers_are(emulator: Emulator) -> None:
    """Each account and region with a load balancer, and no other."""
    account, other = Account(emulator.url), Account(emulator.url)
    Network(other)
    assert changes(emulator)["scopes"] == []
    balancer = Balancer(account, Network(account))
    assert changes(emulator)["scopes"] == [[account.name, REGION]]
    account.elbv2.delete_load_balancer(LoadBalancerArn=balancer.arn)
    assert changes(emulator)["scopes"] == []


def test_a_restarted_emulator_has_another_number(emulator: Emulator) -> None:
    """A follower of the old process's number is answered at once, so it reads all again."""
    number = changes(emulator)["number"]
    emulator.stop()
    emulator.start()
    assert changes(emulator, number)["number"] != number


def test_a_number_that_is_none_is_refused(emulator: Emulator) -> None:
    """`since` must be the number of an earlier answer."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        changes(emulator, "soon")
    with refused.value as answer:
        assert answer.status == 400
        assert "since is 'soon'; give the number" in json.load(answer)["error"]
