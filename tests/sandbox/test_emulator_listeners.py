"""Listeners, rules and certificates of the emulated ELBv2."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.emulated_service import Balancer, Network
from tests.support.emulator import REGION, Account, Emulator, refused, running

pytestmark = pytest.mark.sandbox
POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running(tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator


@pytest.fixture
def account(emulator: Emulator) -> Account:
    return Account(emulator.url)


@pytest.fixture
def balancer(account: Account) -> Balancer:
    return Balancer(account, Network(account))


def planted(account: Account, number: int = 1) -> str:
    """A certificate that the sandbox was told of; its ARN."""
    arn = (
        f"arn:aws:acm:{REGION}:{account.name}:certificate/{number:08d}-0000-0000-0000-000000000000"
    )
    body = json.dumps({"certificates": [arn]}).encode()
    with urllib.request.urlopen(f"{account.url}/_evenkeel/seed", data=body) as answer:
        assert answer.status == 200
    return arn


def forward(*groups: str, weights: tuple[int, ...] = (1, 1)) -> dict[str, Any]:
    """A weighted forward action."""
    targets = [
        {"TargetGroupArn": group, "Weight": weight}
        for group, weight in zip(groups, weights, strict=False)
    ]
    sticky = {"Enabled": True, "DurationSeconds": 60}
    config = {"TargetGroups": targets, "TargetGroupStickinessConfig": sticky}
    return {"Type": "forward", "ForwardConfig": config}


def secure(account: Account, balancer: Balancer, certificate: str, **more: Any) -> dict[str, Any]:
    """Create an HTTPS listener; the listener."""
    parameters = {
        "LoadBalancerArn": balancer.arn,
        "Port": 443,
        "Protocol": "HTTPS",
        "SslPolicy": POLICY,
        "Certificates": [{"CertificateArn": certificate}],
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": balancer.groups[0]}],
    }
    return dict(account.elbv2.create_listener(**(parameters | more))["Listeners"][0])


def test_https_listener_is_read_back(account: Account, balancer: Balancer) -> None:
    """Policy, certificate, further certificates, attributes and default actions are kept."""
    first, second = planted(account), planted(account, 2)
    made = secure(account, balancer, first)
    arn = made["ListenerArn"]
    found = account.elbv2.describe_listeners(ListenerArns=[arn])["Listeners"][0]
    assert found == made
    assert (found["SslPolicy"], found["Certificates"]) == (POLICY, [{"CertificateArn": first}])
    account.elbv2.add_listener_certificates(
        ListenerArn=arn, Certificates=[{"CertificateArn": second}]
    )
    certificates = account.elbv2.describe_listener_certificates(ListenerArn=arn)["Certificates"]
    assert [(c["CertificateArn"], c["IsDefault"]) for c in certificates] == [
        (first, True),
        (second, False),
    ]
    given = {"Key": "routing.http.response.server.enabled", "Value": "false"}
    account.elbv2.modify_listener_attributes(ListenerArn=arn, Attributes=[given])
    kept = account.elbv2.describe_listener_attributes(ListenerArn=arn)["Attributes"]
    assert given in kept


def test_https_listener_is_refused(account: Account, balancer: Balancer) -> None:
    """No certificate, an unknown one, an unknown policy, a taken port."""
    certificate = planted(account)
    unknown = certificate.replace("/0", "/9")

    def code(**wrong: Any) -> str:
        return refused(
            secure, account=account, balancer=balancer, certificate=certificate, **wrong
        )[0]

    assert code(Certificates=[]) == "ValidationError"
    assert code(Certificates=[{"CertificateArn": unknown}]) == "CertificateNotFound"
    assert code(SslPolicy="ELBSecurityPolicy-None") == "SSLPolicyNotFound"
    assert code(Port=80) == "DuplicateListener"


def test_redirect_has_aws_s_defaults(account: Account, balancer: Balancer) -> None:
    """What a redirect leaves out is `#{…}`; one that changes nothing is a loop."""
    redirect = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    change = account.elbv2.modify_listener
    changed = change(
        ListenerArn=balancer.listener,
        DefaultActions=[{"Type": "redirect", "RedirectConfig": redirect}],
    )["Listeners"][0]
    assert changed["DefaultActions"][0]["RedirectConfig"] == redirect | {
        "Host": "#{host}",
        "Path": "/#{path}",
        "Query": "#{query}",
    }
    loop = [{"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301"}}]
    code, _ = refused(change, ListenerArn=balancer.listener, DefaultActions=loop)
    assert code == "InvalidLoadBalancerAction"


def test_weighted_forward_is_kept(account: Account, balancer: Balancer) -> None:
    """ForwardConfig with weights and stickiness survives create, modify and describe."""
    rule = account.elbv2.create_rule(
        ListenerArn=balancer.listener,
        Priority=50,
        Conditions=[
            {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/a/*", "/b"]}},
            {
                "Field": "http-header",
                "HttpHeaderConfig": {"HttpHeaderName": "x-stage", "Values": ["blue"]},
            },
        ],
        Actions=[forward(*balancer.groups, weights=(90, 10))],
        Tags=[{"Key": "Stage", "Value": "test"}],
    )["Rules"][0]
    read = account.elbv2.describe_rules
    assert read(RuleArns=[rule["RuleArn"]])["Rules"] == [rule]
    config = rule["Actions"][0]["ForwardConfig"]
    assert [t["Weight"] for t in config["TargetGroups"]] == [90, 10]
    assert config["TargetGroupStickinessConfig"] == {"Enabled": True, "DurationSeconds": 60}
    account.elbv2.modify_rule(
        RuleArn=rule["RuleArn"], Actions=[forward(*balancer.groups, weights=(50, 50))]
    )
    found = read(RuleArns=[rule["RuleArn"]])["Rules"][0]
    assert [t["Weight"] for t in found["Actions"][0]["ForwardConfig"]["TargetGroups"]] == [50, 50]
    assert found["Conditions"] == rule["Conditions"]


def test_rules_come_in_order_with_the_default_last(account: Account, balancer: Balancer) -> None:
    """DescribeRules sorts by priority; the default rule follows the listener's default."""
    rules = account.elbv2.describe_rules(ListenerArn=balancer.listener)["Rules"]
    assert [rule["Priority"] for rule in rules] == ["1", "2", "default"]
    assert rules[-1]["IsDefault"]
    assert rules[-1]["Actions"][0]["Type"] == "fixed-response"
    code, _ = refused(account.elbv2.delete_rule, RuleArn=rules[-1]["RuleArn"])
    assert code == "OperationNotPermitted"
    priorities = [{"RuleArn": rules[0]["RuleArn"], "Priority": 7}]
    account.elbv2.set_rule_priorities(RulePriorities=priorities)
    rules = account.elbv2.describe_rules(ListenerArn=balancer.listener)["Rules"]
    assert [rule["Priority"] for rule in rules] == ["2", "7", "default"]


def test_rule_is_refused(account: Account, balancer: Balancer) -> None:
    """A taken priority, an unknown group, six values, six wildcards."""

    def code(**wrong: Any) -> str:
        good: dict[str, Any] = {
            "ListenerArn": balancer.listener,
            "Priority": 60,
            "Conditions": [{"Field": "path-pattern", "Values": ["/x"]}],
            "Actions": [{"Type": "forward", "TargetGroupArn": balancer.groups[0]}],
        }
        return refused(account.elbv2.create_rule, **(good | wrong))[0]

    unknown = {"Type": "forward", "TargetGroupArn": balancer.groups[0] + "0"}
    many = [{"Field": "path-pattern", "Values": [f"/{n}" for n in range(6)]}]
    wild = [{"Field": "path-pattern", "Values": ["/*/*/*", "/*/*/*"]}]
    assert code(Priority=1) == "PriorityInUse"
    assert code(Actions=[unknown]) == "TargetGroupNotFound"
    assert code(Conditions=many) == "TooManyConditionValues"
    assert code(Conditions=wild) == "ValidationError"
    assert code(Conditions=[{"Field": "cookie", "Values": ["x"]}]) == "ValidationError"
