"""Web ACL capacity units of rules.

Costs: AWS WAF developer guide, the "WCUs" line of each rule statement's page and of each managed
rule group's page. Where its 2023 and current editions differ, the current one counts.
"""

from collections.abc import Iterator

from ministack.services import waf

from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

_TRANSFORMATION = 10
_MATCH = {"EXACTLY": 2, "STARTS_WITH": 2, "ENDS_WITH": 2, "CONTAINS": 10, "CONTAINS_WORD": 10}
_PLAIN = {
    "RegexMatchStatement": 3,
    "RegexPatternSetReferenceStatement": 25,
    "SizeConstraintStatement": 1,
    "XssMatchStatement": 40,
    "GeoMatchStatement": 1,
    "IPSetReferenceStatement": 1,
    "LabelMatchStatement": 1,
    "AsnMatchStatement": 1,
}
_RATE_BASED, _CUSTOM_KEY = 2, 30
_MANAGED = {
    "AWSManagedRulesCommonRuleSet": 700,
    "AWSManagedRulesAdminProtectionRuleSet": 100,
    "AWSManagedRulesKnownBadInputsRuleSet": 200,
    "AWSManagedRulesSQLiRuleSet": 200,
    "AWSManagedRulesLinuxRuleSet": 200,
    "AWSManagedRulesUnixRuleSet": 100,
    "AWSManagedRulesWindowsRuleSet": 200,
    "AWSManagedRulesPHPRuleSet": 100,
    "AWSManagedRulesWordPressRuleSet": 100,
    "AWSManagedRulesAmazonIpReputationList": 25,
    "AWSManagedRulesAnonymousIpList": 50,
    "AWSManagedRulesBotControlRuleSet": 50,
    "AWSManagedRulesATPRuleSet": 50,
    "AWSManagedRulesACFPRuleSet": 50,
    "AWSManagedRulesAntiDDoSRuleSet": 50,
}


def capacity(rules: list[Record]) -> int:
    """The capacity units of rules together."""
    return sum(_statement(rule["Statement"]) for rule in rules)


def statements(statement: Record) -> Iterator[tuple[str, Record]]:
    """Every statement in a statement, itself first, with its name."""
    for name, body in statement.items():
        yield name, body
        nested = [*body.get("Statements", [])]
        nested += [body[n] for n in ("Statement", "ScopeDownStatement") if n in body]
        for inner in nested:
            yield from statements(inner)


def _statement(statement: Record) -> int:
    return sum(_single(name, body) for name, body in statements(statement))


def _single(name: str, body: Record) -> int:
    """One statement by itself; what is nested in it counts for itself."""
    if name in ("AndStatement", "OrStatement", "NotStatement"):
        return 0
    if name == "ManagedRuleGroupStatement":
        return _managed(body)
    if name == "RuleGroupReferenceStatement":
        found = [g for g in waf._rule_groups.values() if g["ARN"] == body["ARN"]]
        return int(found[0].get("Capacity", 0)) if found else 0
    if name == "RateBasedStatement":
        return _RATE_BASED + _CUSTOM_KEY * len(body.get("CustomKeys", []))
    if name == "ByteMatchStatement":
        base = _MATCH[body["PositionalConstraint"]]
    elif name == "SqliMatchStatement":
        base = 30 if body.get("SensitivityLevel") == "HIGH" else 20
    else:
        base = _PLAIN.get(name, 1)
    field = body.get("FieldToMatch", {})
    if "JsonBody" in field:
        base *= 2
    if "AllQueryArguments" in field:
        base += 10
    changed = [t for t in body.get("TextTransformations", []) if t["Type"] != "NONE"]
    return base + _TRANSFORMATION * len(changed)


def _managed(body: Record) -> int:
    if body["VendorName"] != "AWS" or body["Name"] not in _MANAGED:
        raise Refusal(
            "WAFNonexistentItemException",
            f"The managed rule group {body['VendorName']} {body['Name']} doesn't exist.",
        )
    return _MANAGED[body["Name"]]
