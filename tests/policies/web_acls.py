"""Small web ACLs in wire names, and what a policy says about them."""

from collections.abc import Mapping
from typing import Any

from pulumi_policy.proxy import unknown_checking_proxy

from policies.plan import Resource
from policies.resource_types import WEB_ACL
from policies.rules import Rule
from policies.waf.bad_paths import BAD_PATHS
from tests.policies.judging import STAGE
from tests.support.program import configure

RESPONSE = {"customResponse": {"responseCode": 403.0, "customResponseBodyKey": "refused"}}
BLOCK: dict[str, Any] = {"block": RESPONSE}
ALLOW: dict[str, Any] = {"allow": {}}
COUNT: dict[str, Any] = {"count": {}}
BODIES = [{"key": "refused", "content": "Refused.", "contentType": "TEXT_PLAIN"}]


def match(
    text: str, position: str = "CONTAINS", *transformations: str, field: str = "uriPath"
) -> dict[str, Any]:
    """A byte match of the path, of the raw one unless told otherwise."""
    steps = transformations or ("NONE",)
    return {
        "byteMatchStatement": {
            "searchString": text,
            "positionalConstraint": position,
            "fieldToMatch": {field: {}},
            "textTransformations": [
                {"priority": float(order), "type": step} for order, step in enumerate(steps)
            ],
        }
    }


def either(*statements: Mapping[str, Any]) -> dict[str, Any]:
    return {"orStatement": {"statements": list(statements)}}


def both(*statements: Mapping[str, Any]) -> dict[str, Any]:
    return {"andStatement": {"statements": list(statements)}}


def no(statement: Mapping[str, Any]) -> dict[str, Any]:
    return {"notStatement": {"statement": statement}}


GEO = {"geoMatchStatement": {"countryCodes": ["DE"]}}
IP_SET = {"ipSetReferenceStatement": {"arn": "arn:aws:wafv2:eu-west-1:123456789012:ipset"}}
BAD = either(*(match(bad, "CONTAINS", "LOWERCASE") for bad in BAD_PATHS))
SOCKET_IO = either(match("/socket.io", "EXACTLY"), match("/socket.io/", "STARTS_WITH"))


def managed(name: str = "AWSManagedRulesCommonRuleSet", **more: Any) -> dict[str, Any]:
    return {"managedRuleGroupStatement": {"vendorName": "AWS", "name": name, **more}}


def rule(
    name: str, priority: int, statement: Mapping[str, Any], action: Mapping[str, Any]
) -> dict[str, Any]:
    """A rule with an action of its own."""
    return {"name": name, "priority": float(priority), "statement": statement, "action": action}


def group(name: str, priority: int, statement: Mapping[str, Any], override: str) -> dict[str, Any]:
    """A rule with a group's actions, or with the override of them."""
    return {
        "name": name,
        "priority": float(priority),
        "statement": statement,
        "overrideAction": {override: {}},
    }


def web_acl(*rules: Mapping[str, Any], **props: Any) -> Resource:
    """A web ACL that blocks by default, guarded as at a preview."""
    given = {
        "rules": list(rules),
        "defaultAction": BLOCK,
        "customResponseBodies": BODIES,
        **props,
    }
    return Resource(WEB_ACL, "acl", "urn::acl", unknown_checking_proxy(given), [], {})


def said(
    policy: Rule, *rules: Mapping[str, Any], facts: Mapping[str, Any] = STAGE, **props: Any
) -> list[str]:
    """What *policy* says of a web ACL with *rules*, on a stage that declares *facts*."""
    configure("production", facts)
    acl = web_acl(*rules, **props)
    told = Resource(acl.type, acl.name, acl.urn, acl.props, [], policy.config)
    return list(policy.messages(told))
