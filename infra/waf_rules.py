"""The web ACL's rules and their cost, as data: readable by tests and by a local evaluator."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypedDict

import pulumi_aws as aws

from infra.paths import allowed_path

Rule = aws.wafv2.WebAclRuleArgsDict
Statement = aws.wafv2.WebAclRuleStatementArgsDict
Match = tuple[str, str]  # a text, and where in the path it stands

# On the raw path, lower-cased: WAF reads it as the client sent it. Each of these makes a path
# that a task may read as another one than the allowlist did: parent folder, empty segment,
# backslash, path parameter; encoded dot, slash, backslash, percent and NUL; and what begins an
# overlong UTF-8 form of one of them, which no valid text holds (RFC 3629, section 3).
BAD_PATHS = (
    *("..", "//", "\\", ";", "%2e", "%2f", "%5c", "%25", "%00"),
    *("%c0", "%c1", "%e0%8", "%e0%9", "%f0%8"),
)

RATE_LIMIT = "rate-limit"
BAD_PATHS_RULE = "bad-paths"
REFUSED = "refused"
TOO_MANY = "too-many"
TEXTS = {
    REFUSED: "Refused by the firewall: this path is not allowed. "
    "The service has not seen the request.",
    TOO_MANY: "Refused by the firewall: too many requests from this address. "
    "Slow down and try again in a few minutes.",
}
REFUSED_BY: aws.wafv2.WebAclDefaultActionBlockCustomResponseResponseHeaderArgsDict = {
    "name": "x-refused-by",
    "value": "firewall",
}
# AWS's names of the groups, and their capacity units (WAF developer guide, managed rule groups).
MANAGED_GROUPS = {
    "Common": ("AWSManagedRulesCommonRuleSet", 700),
    "KnownBadInputs": ("AWSManagedRulesKnownBadInputsRuleSet", 200),
    "IpReputation": ("AWSManagedRulesAmazonIpReputationList", 25),
}
RATE_WINDOW_SECONDS = 300

# Capacity units (WAF developer guide, rule statements).
POSITION_UNITS = {"EXACTLY": 2, "STARTS_WITH": 2, "CONTAINS": 10}
TRANSFORMATION_UNITS = 10
RATE_UNITS = 2


class Action(TypedDict, total=False):
    """A rule has either: its own action, or the override of a rule group's actions."""

    action: aws.wafv2.WebAclRuleActionArgsDict
    override_action: aws.wafv2.WebAclRuleOverrideActionArgsDict


ALLOW: Action = {"action": {"allow": {}}}


@dataclass(frozen=True, kw_only=True)
class ManagedRules:
    mode: Literal["count", "block"]
    groups: tuple[str, ...]


def web_acl_rules(
    *,
    requests_per_five_minutes: int,
    managed: ManagedRules,
    websocket_path: str | None,
    allowed_paths: Sequence[str],
) -> list[Rule]:
    """Every rule in its order: blocks before allows, because an allow ends the evaluation."""
    parts: list[tuple[str, Statement, Action]] = [
        (RATE_LIMIT, _rate(requests_per_five_minutes), _block(429, TOO_MANY)),
        (
            BAD_PATHS_RULE,
            _any([(bad, "CONTAINS") for bad in BAD_PATHS], "LOWERCASE"),
            _block(403, REFUSED),
        ),
        *((name, _group(name), _group_action(managed.mode)) for name in managed.groups),
    ]
    if websocket_path is not None:
        parts.append(("allow-websocket", _any(allowed_path(websocket_path).matches), ALLOW))
    listed = [match for entry in allowed_paths for match in allowed_path(entry).matches]
    if listed:
        parts.append(("allow-paths", _any(listed), ALLOW))
    return [_rule(priority, *part) for priority, part in enumerate(parts)]


def default_block() -> aws.wafv2.WebAclDefaultActionArgsDict:
    """What happens to a request that no rule allows: a clear 403."""
    return {"block": {"custom_response": _response(403, REFUSED)}}


def response_bodies() -> list[aws.wafv2.WebAclCustomResponseBodyArgsDict]:
    """The texts of the refusals, so that a block is never taken for an outage."""
    return [
        {"key": key, "content": text, "content_type": "TEXT_PLAIN"} for key, text in TEXTS.items()
    ]


def visibility(metric: str) -> aws.wafv2.WebAclVisibilityConfigArgsDict:
    """Metrics under this name, and samples of what was seen."""
    return {
        "cloudwatch_metrics_enabled": True,
        "metric_name": metric,
        "sampled_requests_enabled": True,
    }


def capacity_units(rules: Sequence[Rule]) -> int:
    """Web ACL capacity units of *rules*; never below AWS's own count.

    AWS may charge a transformation that several statements share once; here each pays.
    """
    return sum(_units(rule["statement"]) for rule in rules)


def _units(statement: Any) -> int:
    if "or_statement" in statement:
        return sum(_units(each) for each in statement["or_statement"]["statements"])
    if "rate_based_statement" in statement:
        return RATE_UNITS
    if "managed_rule_group_statement" in statement:
        return dict(MANAGED_GROUPS.values())[statement["managed_rule_group_statement"]["name"]]
    match = statement["byte_match_statement"]
    transformations = [t for t in match["text_transformations"] if t["type"] != "NONE"]
    return (
        POSITION_UNITS[match["positional_constraint"]] + len(transformations) * TRANSFORMATION_UNITS
    )


def _rule(priority: int, name: str, statement: Statement, action: Action) -> Rule:
    rule: Rule = {
        "name": name,
        "priority": priority,
        "statement": statement,
        "visibility_config": visibility(name),
    }
    if "action" in action:
        rule["action"] = action["action"]
    else:
        rule["override_action"] = action["override_action"]
    return rule


def _any(matches: Sequence[Match], transformation: str = "NONE") -> Statement:
    """True when the path has one of *matches*; AWS wants two or more inside an OR."""
    statements = [_match(text, position, transformation) for text, position in matches]
    return statements[0] if len(statements) == 1 else {"or_statement": {"statements": statements}}


def _match(text: str, position: str, transformation: str) -> Statement:
    return {
        "byte_match_statement": {
            "search_string": text,
            "positional_constraint": position,
            "field_to_match": {"uri_path": {}},
            "text_transformations": [{"priority": 0, "type": transformation}],
        }
    }


def _rate(limit: int) -> Statement:
    return {
        "rate_based_statement": {
            "limit": limit,
            "evaluation_window_sec": RATE_WINDOW_SECONDS,
            "aggregate_key_type": "IP",
        }
    }


def _group(name: str) -> Statement:
    return {"managed_rule_group_statement": {"name": MANAGED_GROUPS[name][0], "vendor_name": "AWS"}}


def _group_action(mode: Literal["count", "block"]) -> Action:
    return {"override_action": {"count": {}} if mode == "count" else {"none": {}}}


def _block(code: int, body: str) -> Action:
    return {"action": {"block": {"custom_response": _response(code, body)}}}


def _response(code: int, body: str) -> aws.wafv2.WebAclDefaultActionBlockCustomResponseArgsDict:
    return {
        "response_code": code,
        "custom_response_body_key": body,
        "response_headers": [REFUSED_BY],
    }
