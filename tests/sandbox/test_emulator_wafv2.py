"""WAFv2 in the emulator: web ACLs whole, capacity, lock tokens, associations, logging."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.emulated_service import Balancer, Network
from tests.support.emulator import REGION, Account, Emulator, refused, running

pytestmark = pytest.mark.sandbox
SEEN = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}
REFUSE = {"ResponseCode": 403, "CustomResponseBodyKey": "refused"}
BODIES = {"refused": {"ContentType": "TEXT_PLAIN", "Content": "not allowed"}}


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running(tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator


@pytest.fixture
def account(emulator: Emulator) -> Account:
    return Account(emulator.url)


def rule(name: str, priority: int, statement: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A rule that blocks."""
    given: dict[str, Any] = {"Action": {"Block": {}}} | more
    common = {"Name": name, "Priority": priority, "VisibilityConfig": SEEN}
    return {**common, "Statement": statement, **given}


def path(text: str, how: str, *changes: str) -> dict[str, Any]:
    """A match of the path after transformations."""
    transformations = [{"Priority": n, "Type": c} for n, c in enumerate(changes or ("NONE",))]
    return {
        "ByteMatchStatement": {
            "SearchString": text.encode(),
            "FieldToMatch": {"UriPath": {}},
            "PositionalConstraint": how,
            "TextTransformations": transformations,
        }
    }


RATE = rule(
    "rate",
    0,
    {"RateBasedStatement": {"Limit": 2000, "EvaluationWindowSec": 300, "AggregateKeyType": "IP"}},
)
TRAVERSAL = rule("traversal", 1, path("..", "CONTAINS", "URL_DECODE", "LOWERCASE"))
MANAGED = {
    "Name": "common",
    "Priority": 2,
    "VisibilityConfig": SEEN,
    "OverrideAction": {"Count": {}},
    "Statement": {
        "ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet"}
    },
}
ALLOWED = rule(
    "allowed",
    3,
    {"OrStatement": {"Statements": [path("/api/", "STARTS_WITH"), path("/api", "EXACTLY")]}},
    Action={"Allow": {}},
)
RULES = [RATE, TRAVERSAL, MANAGED, ALLOWED]


def acl(account: Account, **changed: Any) -> dict[str, Any]:
    """Create the web ACL; its summary."""
    given: dict[str, Any] = {
        "Name": "web",
        "Scope": "REGIONAL",
        "DefaultAction": {"Block": {"CustomResponse": REFUSE}},
        "CustomResponseBodies": BODIES,
        "Rules": RULES,
        "VisibilityConfig": SEEN,
        "Description": "the web",
        "Tags": [{"Key": "Stage", "Value": "test"}],
    }
    return dict(account.wafv2.create_web_acl(**(given | changed))["Summary"])


def name_of(summary: dict[str, Any]) -> dict[str, str]:
    """What names a web ACL in a call."""
    return {"Name": "web", "Scope": "REGIONAL", "Id": summary["Id"]}


def test_web_acl_is_read_back_with_its_capacity(account: Account) -> None:
    """Rules, bodies and tags are kept; 2 + (10+2x10) + 700 + (2+2) units by hand are 736."""
    summary = acl(account)
    found = account.wafv2.get_web_acl(**name_of(summary))["WebACL"]
    assert found["Rules"] == RULES
    assert found["CustomResponseBodies"] == BODIES
    assert found["DefaultAction"] == {"Block": {"CustomResponse": REFUSE}}
    assert found["Capacity"] == 736
    assert found["Description"] == "the web"
    capacity = account.wafv2.check_capacity(Scope="REGIONAL", Rules=RULES)["Capacity"]
    assert capacity == 736
    tags = account.wafv2.list_tags_for_resource(ResourceARN=summary["ARN"])
    assert tags["TagInfoForResource"]["TagList"] == [{"Key": "Stage", "Value": "test"}]


def test_update_needs_the_current_lock_token(account: Account) -> None:
    """A stale token is refused; an update replaces the whole ACL."""
    summary = acl(account)
    named = name_of(summary)
    update = {**named, "DefaultAction": {"Allow": {}}, "VisibilityConfig": SEEN, "Rules": [RATE]}
    account.wafv2.update_web_acl(**update, LockToken=summary["LockToken"])
    found = account.wafv2.get_web_acl(**named)["WebACL"]
    assert (found["Rules"], found["Capacity"]) == ([RATE], 2)
    assert "CustomResponseBodies" not in found
    stale = refused(account.wafv2.update_web_acl, **update, LockToken=summary["LockToken"])
    assert stale[0] == "WAFOptimisticLockException"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"Rules": [RATE, TRAVERSAL | {"Priority": 0}]}, "WAFInvalidParameterException"),
        ({"Rules": [TRAVERSAL, TRAVERSAL | {"Priority": 5}]}, "WAFInvalidParameterException"),
        ({"CustomResponseBodies": {}}, "WAFInvalidParameterException"),
        ({"Rules": [rule("x", 0, path("/", "EXACTLY", "UPPER"))]}, "WAFInvalidParameterException"),
        ({"Rules": [MANAGED | {"Action": {"Block": {}}}]}, "WAFInvalidParameterException"),
        (
            {
                "Rules": [
                    rule(f"r{n}", n, path("x", "CONTAINS", *["LOWERCASE"] * 10)) for n in range(46)
                ]
            },
            "WAFLimitsExceededException",
        ),
    ],
)
def test_web_acl_is_refused(account: Account, wrong: dict[str, Any], code: str) -> None:
    """Double priorities and names, unknown bodies and transformations, 5,060 units."""
    assert refused(acl, account=account, **wrong)[0] == code


def test_association_follows_the_load_balancer(account: Account) -> None:
    """Associate, read from both sides, disassociate; an associated ACL cannot be deleted."""
    balancer = Balancer(account, Network(account))
    summary = acl(account)
    waf, pair = account.wafv2, {"WebACLArn": summary["ARN"], "ResourceArn": balancer.arn}
    unknown = pair | {"ResourceArn": balancer.arn + "0"}
    assert refused(waf.associate_web_acl, **unknown)[0] == "WAFNonexistentItemException"
    waf.associate_web_acl(**pair)
    found = waf.get_web_acl_for_resource(ResourceArn=balancer.arn)["WebACL"]
    assert found["ARN"] == summary["ARN"]
    assert waf.list_resources_for_web_acl(WebACLArn=summary["ARN"])["ResourceArns"] == [
        balancer.arn
    ]
    delete = {**name_of(summary), "LockToken": summary["LockToken"]}
    assert refused(waf.delete_web_acl, **delete)[0] == "WAFAssociatedItemException"
    waf.disassociate_web_acl(ResourceArn=balancer.arn)
    assert "WebACL" not in waf.get_web_acl_for_resource(ResourceArn=balancer.arn)
    waf.delete_web_acl(**delete)
    assert refused(waf.get_web_acl, **name_of(summary))[0] == "WAFNonexistentItemException"


def test_logging_configuration_is_kept(account: Account) -> None:
    """Destination, redaction and filter are read back; a group not named for WAF is refused."""
    summary = acl(account)
    groups = f"arn:aws:logs:{REGION}:{account.name}:log-group"
    account.logs.create_log_group(logGroupName="aws-waf-logs-web")
    account.logs.create_log_group(logGroupName="web")
    given = {
        "ResourceArn": summary["ARN"],
        "LogDestinationConfigs": [f"{groups}:aws-waf-logs-web"],
        "RedactedFields": [{"SingleHeader": {"Name": "cookie"}}, {"QueryString": {}}],
    }
    waf = account.wafv2
    waf.put_logging_configuration(LoggingConfiguration=given)
    named = {"ResourceArn": summary["ARN"]}
    found = waf.get_logging_configuration(**named)["LoggingConfiguration"]
    assert given.items() <= found.items()
    assert len(waf.list_logging_configurations(Scope="REGIONAL")["LoggingConfigurations"]) == 1
    for wrong in (f"{groups}:web", f"{groups}:aws-waf-logs-none"):
        changed = given | {"LogDestinationConfigs": [wrong]}
        assert refused(waf.put_logging_configuration, LoggingConfiguration=changed)
    waf.delete_logging_configuration(**named)
    gone = refused(waf.get_logging_configuration, **named)
    assert gone[0] == "WAFNonexistentItemException"
