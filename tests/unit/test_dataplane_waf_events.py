"""A decision of the firewall as AWS WAF logs it."""

from typing import Any

import pytest

from sandbox.dataplane.waf_events import event, kept, moment

LINE = {
    "timestamp": "2026-11-22T09:22:42.830Z",
    "webaclId": "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/web/1",
    "httpSourceId": "111122223333-app/web/2",
    "action": "BLOCK",
    "terminatingRuleId": "rate-limit",
    "countedRules": "seen,late",
    "notEvaluated": None,
    "httpMethod": "GET",
    "host": "example.com",
    "uri": "/api/x",
    "httpVersion": "HTTP/1.1",
    "clientIp": "192.0.2.1",
    "responseCode": 403,
}
WEB_ACL = {
    "Rules": [
        {"Name": "rate-limit", "Statement": {"RateBasedStatement": {}}},
        {"Name": "common", "Statement": {"ManagedRuleGroupStatement": {}}},
        {"Name": "bad-paths", "Statement": {"OrStatement": {}}},
    ]
}


def line(**changes: Any) -> dict[str, Any]:
    return {**LINE, **changes}


def test_a_block_is_told_as_aws_tells_it() -> None:
    """Rule, action, what counted, and who asked for what, under AWS's names (S0-19)."""
    found = event(LINE, WEB_ACL, [], 1_790_000_000_123)
    assert found == {
        "timestamp": 1_790_000_000_123,
        "formatVersion": 1,
        "webaclId": LINE["webaclId"],
        "terminatingRuleId": "rate-limit",
        "terminatingRuleType": "RATE_BASED",
        "action": "BLOCK",
        "terminatingRuleMatchDetails": [],
        "httpSourceName": "ALB",
        "httpSourceId": "111122223333-app/web/2",
        "ruleGroupList": [],
        "rateBasedRuleList": [],
        "nonTerminatingMatchingRules": [
            {"ruleId": name, "action": "COUNT", "ruleMatchDetails": []} for name in ("seen", "late")
        ],
        "requestHeadersInserted": None,
        "responseCodeSent": 403,
        "httpRequest": {
            "clientIp": "192.0.2.1",
            "country": "-",
            "headers": [{"name": "host", "value": "example.com"}],
            "uri": "/api/x",
            "httpVersion": "HTTP/1.1",
            "httpMethod": "GET",
        },
    }


@pytest.mark.parametrize(
    ("rule", "kind"),
    [("common", "MANAGED_RULE_GROUP"), ("bad-paths", "REGULAR"), ("Default_Action", "REGULAR")],
)
def test_the_kind_of_rule_is_named(rule: str, kind: str) -> None:
    """The terminating rule's type is its statement's, and the default action's is REGULAR."""
    assert event(line(terminatingRuleId=rule), WEB_ACL, [], 0)["terminatingRuleType"] == kind
    assert event(line(terminatingRuleId=rule), None, [], 0)["terminatingRuleType"] == "REGULAR"


def test_redacted_fields_are_hidden() -> None:
    """What the logging configuration redacts says so, and nothing else does."""
    fields: list[dict[str, Any]] = [{"SingleHeader": {"Name": "Host"}}, {"UriPath": {}}]
    request = event(LINE, WEB_ACL, [*fields, {"QueryString": {}}, {"Method": {}}], 0)["httpRequest"]
    assert request["headers"] == [{"name": "host", "value": "REDACTED"}]
    assert {request[name] for name in ("uri", "args", "httpMethod")} == {"REDACTED"}
    cookie = event(LINE, WEB_ACL, [{"SingleHeader": {"Name": "cookie"}}], 0)["httpRequest"]
    assert (cookie["headers"][0]["value"], cookie["uri"]) == ("example.com", "/api/x")


def test_an_allowed_request_has_no_code_of_the_firewall() -> None:
    """Only a block is answered by the web ACL itself."""
    assert event(line(action="ALLOW"), WEB_ACL, [], 0)["responseCodeSent"] is None


def test_the_moment_is_the_requests() -> None:
    """The time of a line is when its request began, to the millisecond."""
    assert moment(LINE) == 1_795_339_362.83


def only(action: str, requirement: str = "MEETS_ANY", default: str = "DROP") -> dict[str, Any]:
    """A filter that keeps requests of an action; the second condition is on a label."""
    conditions = [{"ActionCondition": {"Action": action}}]
    label = [{"LabelNameCondition": {"LabelName": "awswaf:x"}}]
    each = {"Behavior": "KEEP", "Requirement": requirement, "Conditions": conditions + label}
    return {"DefaultBehavior": default, "Filters": [each]}


@pytest.mark.parametrize(
    ("logging_filter", "found"),
    [
        (None, True),
        (only("BLOCK"), True),
        (only("COUNT"), True),
        (only("ALLOW"), False),
        (only("ALLOW", default="KEEP"), True),
        (only("BLOCK", "MEETS_ALL"), False),
    ],
)
def test_the_logging_filter_decides(logging_filter: dict[str, Any] | None, found: bool) -> None:
    """The first filter that fits decides, and the default behaviour where none does."""
    assert kept(LINE, logging_filter) is found
