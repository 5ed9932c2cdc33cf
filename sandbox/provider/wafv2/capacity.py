"""WAF: web ACL capacity units, as AWS counts them."""

from typing import Any

MOST_UNITS = 5000
"""A web ACL's hard limit. Source: WAF developer guide, limits page."""


# Statement → units, without transformations. Source: WAF23 statement pages; capacity page.
_MATCH = {"EXACTLY": 2, "STARTS_WITH": 2, "ENDS_WITH": 2, "CONTAINS": 10, "CONTAINS_WORD": 10}

_PLAIN = {
    "geoMatchStatement": 1, "ipSetReferenceStatement": 1, "labelMatchStatement": 1,
    "sizeConstraintStatement": 1, "regexMatchStatement": 3, "regexPatternSetReferenceStatement": 25,
    "sqliMatchStatement": 20, "xssMatchStatement": 40, "asnMatchStatement": 1,
}  # fmt: skip


_TRANSFORMATION = 10
_RATE = 2


# Source: WAF23 aws-managed-rule-groups-*.md.
_MANAGED = {
    "AWSManagedRulesCommonRuleSet": 700, "AWSManagedRulesAdminProtectionRuleSet": 100,
    "AWSManagedRulesKnownBadInputsRuleSet": 200, "AWSManagedRulesSQLiRuleSet": 200,
    "AWSManagedRulesLinuxRuleSet": 200, "AWSManagedRulesUnixRuleSet": 100,
    "AWSManagedRulesWindowsRuleSet": 200, "AWSManagedRulesPHPRuleSet": 100,
    "AWSManagedRulesWordPressRuleSet": 100, "AWSManagedRulesAmazonIpReputationList": 25,
    "AWSManagedRulesAnonymousIpList": 50, "AWSManagedRulesBotControlRuleSet": 50,
    "AWSManagedRulesATPRuleSet": 50,
}  # fmt: skip


def units(rules: list[dict[str, Any]]) -> int:
    """The units of the rules, each transformation paid for each statement (AWS may share some)."""
    return sum(_statement(item.get("statement") or {}) for item in rules)


def _statement(statement: dict[str, Any]) -> int:
    return sum(_kind(kind, body) for kind, body in statement.items() if isinstance(body, dict))


def _kind(kind: str, body: dict[str, Any]) -> int:
    if kind == "notStatement":
        return _statement(body.get("statement") or {})
    if kind in ("andStatement", "orStatement"):
        return sum(_statement(inner) for inner in body.get("statements") or [])
    if kind == "rateBasedStatement":
        return _RATE + _statement(body.get("scopeDownStatement") or {})
    if kind == "managedRuleGroupStatement":
        scope = _statement(body.get("scopeDownStatement") or {})
        return _MANAGED.get(str(body.get("name")), 0) + scope
    given = [t for t in body.get("textTransformations") or [] if t.get("type") != "NONE"]
    base = _PLAIN.get(kind, 0)
    if kind == "byteMatchStatement":
        base = _MATCH.get(str(body.get("positionalConstraint")), 2)
    return base + _TRANSFORMATION * len(given)
