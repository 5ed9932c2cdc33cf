"""What cannot be judged as AWS would is refused with its name, never guessed at."""

import re
from typing import Any

import pytest

from sandbox.dataplane import firewall
from tests.support.web_acls import (
    ALLOW,
    BLOCK,
    COUNT,
    both,
    match,
    no,
    rate,
    regex,
    rule,
    web_acl,
)

GEO = {"GeoMatchStatement": {"CountryCodes": ["DE"]}}
HEADERS: dict[str, Any] = {"Allow": {"CustomRequestHandling": {"InsertHeaders": []}}}


def refused(acl: Any) -> str:
    with pytest.raises(firewall.UnsupportedRuleError) as caught:
        firewall.per_route(acl, 1.0)
    return str(caught.value)


def changed(statement: Any, **members: Any) -> Any:
    """*statement* with other members of its body."""
    ((kind, body),) = statement.items()
    return {kind: body | members}


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        (GEO, "does not judge GeoMatchStatement; covered: ByteMatchStatement"),
        (no(GEO), "GeoMatchStatement"),
        (both(match("a"), {"LabelMatchStatement": {"Scope": "LABEL", "Key": "k"}}), "LabelMatch"),
        ({"RuleGroupReferenceStatement": {"ARN": "arn"}}, "RuleGroupReferenceStatement"),
        ({"IPSetReferenceStatement": {"ARN": "arn"}}, "IPSetReferenceStatement"),
        (both(match("a"), rate(10)), "RateBasedStatement as a rule of its own"),
        ({}, "a statement has nothing, where AWS takes exactly one"),
        ({**match("a"), **GEO}, "a statement has ByteMatchStatement and GeoMatchStatement"),
        (match("a", "CONTAINS_WORD"), "position CONTAINS_WORD; covered: EXACTLY"),
        (match(""), "empty SearchString"),
        (match("a", "CONTAINS", "URL_DECODE"), "URL_DECODE, .*covered: NONE, LOWERCASE"),
        (match("a", "CONTAINS", "LOWERCASE", "NORMALIZE_PATH"), "NORMALIZE_PATH"),
        (changed(match("a"), FieldToMatch={"QueryString": {}}), "QueryString, .*covered: UriPath"),
        (changed(match("a"), FieldToMatch={}), "FieldToMatch has nothing"),
        (changed(match("a"), Newer={}), "a ByteMatchStatement has Newer"),
        (changed(rate(10), AggregateKeyType="CONSTANT"), "count by CONSTANT; covered: IP"),
        (changed(rate(10), ScopeDownStatement=match("a")), "has ScopeDownStatement"),
        (regex("a(?=b)"), r"'\(\?=b\)'"),
    ],
)  # fmt: skip
def test_other_statements_are_refused(statement: Any, what: str) -> None:
    """A statement, field, position, transformation or member that is not covered is named."""
    assert re.search(what, refused(web_acl(rule("mine", statement, ALLOW))))


@pytest.mark.parametrize(
    ("action", "what"),
    [
        ({"Captcha": {}}, "Action has Captcha"),
        ({"Challenge": {}}, "Action has Challenge"),
        ({}, "Action has nothing"),
        ({"Allow": {}, "Block": {}}, "Action has Allow and Block"),
        (HEADERS, "Action Allow has CustomRequestHandling"),
        ({"Count": {"CustomRequestHandling": {}}}, "Action Count has CustomRequestHandling"),
    ],
)
def test_other_actions_are_refused(action: Any, what: str) -> None:
    """Only plain Allow, Block and Count are done; a header for the task would be missed."""
    message = refused(web_acl(rule("mine", match("a"), action)))
    assert message.startswith("rule mine: ")
    assert what in message


def test_another_default_action_is_refused() -> None:
    """The default allows or blocks, and adds nothing to a request."""
    assert "the default action Allow has" in refused(web_acl(default=HEADERS))


@pytest.mark.parametrize("before", [ALLOW, BLOCK])
def test_a_rate_behind_a_decision_is_refused(before: Any) -> None:
    """AWS counts only what reaches the rule; here every request is counted."""
    acl = web_acl(rule("first", match("a"), before), rule("rate", rate(10), BLOCK))
    assert "rule rate is rate-based" in refused(acl)


def test_a_second_rate_is_refused() -> None:
    """One rate is counted."""
    acl = web_acl(rule("one", rate(10), COUNT), rule("two", rate(20), BLOCK))
    assert "rule two is rate-based" in refused(acl)


@pytest.mark.parametrize("name", ["Default_Action", "a b", "x']", "a:b", ""])
def test_names_that_a_rule_cannot_have_are_refused(name: str) -> None:
    """A rule is known by its name in replies and log, so it must be AWS's kind of name."""
    assert "is no name of a rule" in refused(web_acl(rule(name, match("a"), BLOCK)))


def test_many_counting_rules_are_refused() -> None:
    """Four rules may count; a fifth is refused."""
    rules = [rule(f"r{place}", match("a"), COUNT) for place in range(5)]
    assert "5 rules count; the sandbox's firewall covers 4" in refused(web_acl(*rules))
    assert firewall.per_route(web_acl(*rules[:4]), 1.0)


@pytest.mark.parametrize("place", ["Pre", "Post"])
def test_rule_groups_of_firewall_manager_are_refused(place: str) -> None:
    """An organisation's own rules, before or after, would be missed."""
    groups: dict[str, Any] = {f"{place}ProcessFirewallManagerRuleGroups": [{"Name": "theirs"}]}
    assert f"{place}ProcessFirewallManagerRuleGroups" in refused(web_acl(**groups))


def test_replies_are_there_for_what_is_refused() -> None:
    """The listener of a web ACL that is not covered can still be made."""
    assert firewall.local_replies(web_acl(rule("mine", GEO, BLOCK)))
