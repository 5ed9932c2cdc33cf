"""A decision of the firewall as AWS WAF logs it, and whether its web ACL's log keeps it.

WAF developer guide, "Log fields for protection pack (web ACL) traffic". What the sandbox does not
know is left out, or says so as AWS does: no labels, no country, no query.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.dataplane.snapshot import Record

REDACTED = "REDACTED"
_KINDS = {"RateBasedStatement": "RATE_BASED", "ManagedRuleGroupStatement": "MANAGED_RULE_GROUP"}
_FIELDS = {
    "action",
    "clientIp",
    "countedRules",
    "host",
    "httpMethod",
    "httpSourceId",
    "httpVersion",
    "responseCode",
    "terminatingRuleId",
    "timestamp",
    "uri",
    "webaclId",
}
_WEB_ACL = re.compile(r"arn:[\w-]+:wafv2:[a-z\d-]+:\d{12}:regional/webacl/[\w-]+/[\w-]+")


def readable(line: Record) -> bool:
    """Whether a line of the decision log has what the others of this module read of it."""
    if not line.keys() >= _FIELDS or not isinstance(line["countedRules"], str | None):
        return False
    try:
        moment(line)
    except (ValueError, TypeError, OverflowError):
        return False
    return _WEB_ACL.fullmatch(str(line["webaclId"])) is not None


def event(line: Record, web_acl: Record | None, redacted: list[Record], at: int) -> dict[str, Any]:
    """A line of the decision log as a log event's message; *at* in ms of the sandbox's clock.

    *redacted* is the logging configuration's RedactedFields.
    """
    rule = line["terminatingRuleId"]
    return {
        "timestamp": at,
        "formatVersion": 1,
        "webaclId": line["webaclId"],
        "terminatingRuleId": rule,
        "terminatingRuleType": _kind(web_acl, rule),
        "action": line["action"],
        "terminatingRuleMatchDetails": [],
        "httpSourceName": "ALB",
        "httpSourceId": line["httpSourceId"],
        "ruleGroupList": [],
        "rateBasedRuleList": [],
        "nonTerminatingMatchingRules": [
            {"ruleId": name, "action": "COUNT", "ruleMatchDetails": []} for name in counted(line)
        ],
        "requestHeadersInserted": None,
        "responseCodeSent": line["responseCode"] if line["action"] == "BLOCK" else None,
        "httpRequest": _request(line, redacted),
    }


def _request(line: Record, redacted: list[Record]) -> dict[str, Any]:
    headers = {
        field["SingleHeader"]["Name"].lower() for field in redacted if "SingleHeader" in field
    }
    fields = {name for field in redacted for name in field}
    request = {
        "clientIp": line["clientIp"],
        "country": "-",
        "headers": [{"name": "host", "value": REDACTED if "host" in headers else line["host"]}],
        "uri": REDACTED if "UriPath" in fields else line["uri"],
        "httpVersion": line["httpVersion"],
        "httpMethod": REDACTED if "Method" in fields else line["httpMethod"],
    }
    # The decision log has no query, so there is none to tell where it is not redacted.
    return {**request, "args": REDACTED} if "QueryString" in fields else request


def moment(line: Record) -> float:
    """When the request began, in seconds of the machine's clock."""
    return datetime.fromisoformat(line["timestamp"]).timestamp()


def counted(line: Record) -> list[str]:
    """The rules that counted the request."""
    return line["countedRules"].split(",") if line["countedRules"] else []


def kept(line: Record, logging_filter: Record | None) -> bool:
    """Whether a LoggingFilter keeps the line: the first of its filters that fits decides."""
    if logging_filter is None:
        return True
    for each in logging_filter["Filters"]:
        met = [_met(line, condition) for condition in each["Conditions"]]
        if all(met) if each["Requirement"] == "MEETS_ALL" else any(met):
            return bool(each["Behavior"] == "KEEP")
    return bool(logging_filter["DefaultBehavior"] == "KEEP")


def _met(line: Record, condition: Mapping[str, Any]) -> bool:
    """No request has a label here, so no condition on one is met."""
    action = condition.get("ActionCondition", {}).get("Action")
    return action == line["action"] or (action == "COUNT" and bool(counted(line)))


def _kind(web_acl: Record | None, rule: str) -> str:
    rules = web_acl["Rules"] if web_acl is not None else []
    statement: Record = next((r["Statement"] for r in rules if r["Name"] == rule), {})
    return next((_KINDS[name] for name in statement if name in _KINDS), "REGULAR")
