"""What the rules of a web ACL cost, in web ACL capacity units."""

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_policy import Severity

from policies.plan import Resource
from policies.resource_types import WEB_ACL
from policies.rules import Number, ResourceRule
from policies.waf.statements import AND, BYTE_MATCH, NOT, OR, inspects, parts, transformations
from policies.waf.web_acl import MANAGED_GROUP, OneOf, kind_of, readable, rules_of

# AWS: WAF developer guide, the pages of the rule statements.
POSITION_UNITS = {
    "EXACTLY": 2,
    "STARTS_WITH": 2,
    "ENDS_WITH": 2,
    "CONTAINS": 10,
    "CONTAINS_WORD": 10,
}
MATCH_UNITS = {
    "sizeConstraintStatement": 1,
    "regexMatchStatement": 3,
    "regexPatternSetReferenceStatement": 25,
    "xssMatchStatement": 40,
}
ORIGIN_UNITS = {"geoMatchStatement": 1, "asnMatchStatement": 1, "labelMatchStatement": 1}
IP_SET, IP_SET_UNITS, IP_SET_ANY_UNITS = "ipSetReferenceStatement", 1, 5
SQLI, SQLI_UNITS = "sqliMatchStatement", {"LOW": 20, "HIGH": 30}
RATE_BASED, RATE_UNITS, RATE_KEY_UNITS = "rateBasedStatement", 2, 30
TRANSFORMATION_UNITS = 10
ALL_ARGUMENTS_UNITS = 10
# AWS: WAF developer guide, AWS Managed Rules rule groups list.
MANAGED_UNITS = {
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
}


class UnknownUnitsError(Exception):
    """What a statement costs stands in no document."""


@readable
def _fits_capacity(web_acl: Resource) -> Iterator[str]:
    most = int(web_acl.config["mostUnits"])
    units: list[tuple[int, str]] = []
    for rule in rules_of(web_acl):
        try:
            units.append((units_of(rule.statement), rule.name))
        except UnknownUnitsError as unknown:
            yield (
                f"{rule.shown} cannot be verified: the capacity units of {unknown} stand in no "
                "document of AWS. Without it the web ACL passes; CheckCapacity of AWS WAF counts "
                "it, and a suppression can say so."
            )
    total = sum(each for each, _ in units)
    if total > most:
        dearest = sorted(units, reverse=True)[:3]
        yield (
            f"{total:,} capacity units > {most:,}; the dearest rules are "
            f"{', '.join(f'{name} {each:,}' for each, name in dearest)}. Rules that need "
            f"{total - most:,} units less pass: fewer matches, or fewer textTransformations."
        )


def units_of(statement: OneOf) -> int:
    """Capacity units of *statement*; never below AWS's own count.

    AWS may charge a transformation that several statements share once; here each pays.

    Raises:
        UnknownUnitsError: for a statement whose cost no document tells.
    """
    kind = kind_of(statement)
    body = statement[kind]
    if kind in (AND, OR, NOT):
        return sum(map(units_of, parts(body)))
    if kind == RATE_BASED:
        return RATE_UNITS + RATE_KEY_UNITS * len(body.get("customKeys") or ()) + _scope(body)
    if kind == MANAGED_GROUP:
        return _managed(body) + _scope(body)
    if kind == IP_SET:
        forwarded = body.get("ipSetForwardedIpConfig") or {}
        return IP_SET_ANY_UNITS if forwarded.get("position") == "ANY" else IP_SET_UNITS
    return ORIGIN_UNITS[kind] if kind in ORIGIN_UNITS else _match(kind, body)


def _scope(body: Mapping[str, Any]) -> int:
    scope = body.get("scopeDownStatement")
    return units_of(scope) if scope else 0


def _managed(group: Mapping[str, Any]) -> int:
    if group["vendorName"] != "AWS" or group["name"] not in MANAGED_UNITS:
        raise UnknownUnitsError(f"managed group {group['name']} of {group['vendorName']}")
    return MANAGED_UNITS[group["name"]]


def _match(kind: str, body: Mapping[str, Any]) -> int:
    """A statement that compares a part of the request: what it is, the part, what is done to it."""
    if kind == BYTE_MATCH:
        base = POSITION_UNITS[body["positionalConstraint"]]
    elif kind == SQLI:
        base = SQLI_UNITS[body.get("sensitivityLevel") or "LOW"]
    elif kind in MATCH_UNITS:
        base = MATCH_UNITS[kind]
    else:
        raise UnknownUnitsError(kind)
    part = inspects(body)
    base = 2 * base if part == "jsonBody" else base
    extra = ALL_ARGUMENTS_UNITS if part == "allQueryArguments" else 0
    return base + extra + TRANSFORMATION_UNITS * len(transformations(body))


FITS_CAPACITY = ResourceRule(
    name="waf-fits-capacity",
    description="The rules of a web ACL fit its capacity units.",
    protects_from=(
        "AWS refuses the web ACL at the update, when other resources have changed already."
    ),
    source="AWS: WAF developer guide, web ACL capacity units and quotas.",
    remediation=(
        "Use fewer matches and transformations. In a stage file allow a common prefix in "
        "evenkeel:firewall.allow in place of several paths."
    ),
    severity=Severity.MEDIUM,
    types={WEB_ACL},
    judge=_fits_capacity,
    numbers={
        "mostUnits": Number(
            5000, "Most capacity units of one web ACL; 1,500 are in its base price.", maximum=5000
        )
    },
)
