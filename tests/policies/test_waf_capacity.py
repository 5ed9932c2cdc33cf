"""Capacity units, worked by hand from the WAF developer guide, and their limit."""

from typing import Any

import pytest

from infra import waf_rules
from policies import configuration
from policies.waf.capacity import FITS_CAPACITY, MANAGED_UNITS, units_of
from tests.policies.web_acls import (
    BLOCK,
    COUNT,
    GEO,
    IP_SET,
    both,
    either,
    group,
    managed,
    match,
    no,
    rule,
    said,
)

LOWER = [{"priority": 0.0, "type": "LOWERCASE"}]
SAME = [{"priority": 0.0, "type": "NONE"}]


def _compared(kind: str, field: str = "uriPath", steps: Any = SAME, **more: Any) -> dict[str, Any]:
    return {kind: {"fieldToMatch": {field: {}}, "textTransformations": steps, **more}}


@pytest.mark.parametrize(
    ("statement", "units"),
    [
        (match("/a", "EXACTLY"), 2),
        (match("/a", "STARTS_WITH"), 2),
        (match("/a", "ENDS_WITH"), 2),
        (match("/a", "CONTAINS"), 10),
        (match("a", "CONTAINS_WORD"), 10),
        (match("/a", "CONTAINS", "LOWERCASE"), 20),
        (match("/a", "EXACTLY", "URL_DECODE", "LOWERCASE"), 22),
        (match("/a", "EXACTLY", field="allQueryArguments"), 12),
        (match("/a", "CONTAINS", "LOWERCASE", field="jsonBody"), 30),  # 2 x 10 + 10
        (_compared("sizeConstraintStatement"), 1),
        (_compared("regexMatchStatement", steps=LOWER), 13),
        (_compared("regexPatternSetReferenceStatement"), 25),
        (_compared("xssMatchStatement", field="allQueryArguments"), 50),
        (_compared("sqliMatchStatement"), 20),
        (_compared("sqliMatchStatement", sensitivityLevel="LOW"), 20),
        (_compared("sqliMatchStatement", sensitivityLevel="HIGH"), 30),
        (GEO, 1),
        (IP_SET, 1),
        ({"ipSetReferenceStatement": {"ipSetForwardedIpConfig": {"position": "FIRST"}}}, 1),
        ({"ipSetReferenceStatement": {"ipSetForwardedIpConfig": {"position": "ANY"}}}, 5),
        ({"labelMatchStatement": {"key": "x"}}, 1),
        ({"asnMatchStatement": {"asnLists": [64496.0]}}, 1),
        (either(match("/a", "EXACTLY"), match("/b")), 12),
        (both(GEO, no(match("/a"))), 11),
        ({"notStatement": {"statements": [GEO]}}, 1),  # as in a rule group
        ({"rateBasedStatement": {"limit": 10.0}}, 2),
        ({"rateBasedStatement": {"customKeys": [{}, {}], "scopeDownStatement": GEO}}, 63),
        (managed(), 700),
        (managed(scopeDownStatement=match("/a")), 710),
    ],
)
def test_units_of_a_statement(statement: Any, units: int) -> None:
    """Each statement, part of the request and transformation costs what AWS documents."""
    assert units_of(statement) == units


def test_evenkeels_groups_cost_as_much_as_its_component_says() -> None:
    """Two tables, one for the component and one for the pack, agree."""
    component = dict(waf_rules.MANAGED_GROUPS.values())
    assert {name: MANAGED_UNITS[name] for name in component} == component


def _of(units: int) -> list[Any]:
    """Rules that cost *units*: groups of 700, and IP sets of 1."""
    groups = [group(f"group-{n}", n, managed(), "count") for n in range(units // 700)]
    return [*groups, *(rule(f"ip-{n}", 100 + n, IP_SET, BLOCK) for n in range(units % 700))]


@pytest.mark.parametrize(("units", "refused"), [(4999, False), (5000, False), (5001, True)])
def test_the_limit_is_5000(units: int, refused: bool) -> None:
    """5,000 units fit a web ACL, one more does not."""
    told = said(FITS_CAPACITY, *_of(units))
    assert bool(told) is refused
    if refused:
        assert "5,001 capacity units > 5,000; the dearest rules are group-" in told[0]
        assert "Rules that need 1 units less pass" in told[0]


def test_rules_of_one_name_are_both_counted() -> None:
    """AWS refuses two rules of one name; until then each has its cost."""
    twice = [group("same", n, managed(), "count") for n in range(8)]
    assert "5,600 capacity units > 5,000" in said(FITS_CAPACITY, *twice)[0]


def test_the_limit_can_be_what_the_base_price_includes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Configured to 1,500 it keeps a web ACL in its base price."""
    monkeypatch.setattr(configuration, "numbers", {"waf-fits-capacity": {"mostUnits": 1500}})
    assert said(FITS_CAPACITY, *_of(1500)) == []
    assert "1,501 capacity units > 1,500" in said(FITS_CAPACITY, *_of(1501))[0]


@pytest.mark.parametrize(
    ("statement", "unknown"),
    [
        ({"ruleGroupReferenceStatement": {"arn": "arn"}}, "ruleGroupReferenceStatement"),
        (managed("AWSManagedRulesNewRuleSet"), "managed group AWSManagedRulesNewRuleSet of AWS"),
        (
            {"managedRuleGroupStatement": {"vendorName": "S", "name": "G"}},
            "managed group G of S",
        ),
        (
            {
                "managedRuleGroupStatement": {
                    "vendorName": "S",
                    "name": "AWSManagedRulesCommonRuleSet",
                }
            },
            "managed group AWSManagedRulesCommonRuleSet of S",
        ),
        (no({"newStatement": {}}), "newStatement"),
    ],
)
def test_unknown_costs_are_named(statement: Any, unknown: str) -> None:
    """What no document tells is refused, and the rest is still counted."""
    told = said(FITS_CAPACITY, rule("odd", 0, statement, COUNT), *_of(5001))
    assert "rule odd (priority 0) cannot be verified: the capacity units of " in told[0]
    assert f"capacity units of {unknown} stand in no document" in told[0]
    assert "5,001 capacity units > 5,000" in told[1]


def test_rules_as_text_are_refused() -> None:
    """What ruleJson costs cannot be verified."""
    (message,) = said(FITS_CAPACITY, rules=None, ruleJson="[]")
    assert "ruleJson cannot be verified" in message
