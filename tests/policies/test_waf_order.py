"""What is evaluated first, what comes last, and how a refusal is answered."""

from typing import Any

import pytest

from policies.plan import Resource
from policies.resource_types import WEB_ACL_RULE, WEB_ACL_RULE_GROUP
from policies.waf.order import BLOCKS_BEFORE_ALLOWS, DEFAULT_BLOCK
from policies.waf.refusal import CLEAR_REFUSAL
from tests.policies.web_acls import (
    ALLOW,
    BAD,
    BLOCK,
    COUNT,
    GEO,
    RESPONSE,
    SOCKET_IO,
    group,
    managed,
    rule,
    said,
)
from tests.support.program import UNKNOWN

ALLOWED = rule("allow", 5, SOCKET_IO, ALLOW)
RATE = {"rateBasedStatement": {"limit": 2000.0, "aggregateKeyType": "IP"}}
OWN = {"ruleGroupReferenceStatement": {"arn": UNKNOWN}}


@pytest.mark.parametrize(
    ("default", "refused"),
    [
        (BLOCK, False),
        ({"block": {}}, False),
        ({"block": {}, "allow": None}, False),
        (ALLOW, True),
        ({"allow": {"customRequestHandling": {}}}, True),
        ({"allow": {}, "block": {}}, True),
        ({}, True),
    ],
)
def test_the_default_blocks(default: Any, refused: bool) -> None:
    """S0-18: what no rule names is blocked."""
    assert bool(said(DEFAULT_BLOCK, defaultAction=default)) is refused


def test_an_unknown_default_is_refused() -> None:
    """What a preview cannot know is no block."""
    (message,) = said(DEFAULT_BLOCK, defaultAction=UNKNOWN)
    assert "defaultAction is not known before the update" in message


@pytest.mark.parametrize(("priority", "refused"), [(4, False), (5, True), (6, True)])
@pytest.mark.parametrize(
    "late",
    [
        lambda at: rule("late", at, RATE, BLOCK),
        lambda at: rule("late", at, BAD, BLOCK),
        lambda at: rule("late", at, GEO, COUNT),
        lambda at: rule("late", at, GEO, {"captcha": {}}),
        lambda at: rule("late", at, GEO, {"challenge": {}}),
        lambda at: group("late", at, managed(), "none"),
        lambda at: group("late", at, managed(), "count"),
        lambda at: group("late", at, OWN, "count"),
    ],
)
def test_all_else_comes_before_allows(late: Any, priority: int, refused: bool) -> None:
    """An allow ends the evaluation: whatever else a rule does, its number is lower."""
    told = said(BLOCKS_BEFORE_ALLOWS, ALLOWED, late(priority), {**ALLOWED, "priority": 7.0})
    assert bool(told) is refused
    if refused:
        assert f"rule late (priority {priority}) is not before rule allow (priority 5)" in told[0]
        assert f"Allow rules with priorities above {priority} pass" in told[0]


def test_the_first_allow_rule_counts() -> None:
    """Each rule after any allow rule is named, with priorities that free all of them."""
    rules = [
        rule("first", 1, SOCKET_IO, ALLOW),
        rule("block", 2, BAD, BLOCK),
        rule("second", 3, SOCKET_IO, ALLOW),
        rule("rate", 8, RATE, BLOCK),
    ]
    told = said(BLOCKS_BEFORE_ALLOWS, *rules)
    assert [text.split(" is not")[0] for text in told] == [
        "acl: rule block (priority 2)",
        "acl: rule rate (priority 8)",
    ]
    assert all("priorities above 8 pass" in text for text in told)


def test_without_an_allow_rule_any_order_passes() -> None:
    """Blocks and counts alone have no order that matters."""
    assert said(BLOCKS_BEFORE_ALLOWS, rule("b", 1, BAD, BLOCK), rule("c", 2, GEO, COUNT)) == []


@pytest.mark.parametrize(
    ("odd", "because"),
    [
        (group("odd", 1, OWN, "none"), "its ruleGroupReferenceStatement has rules of its own"),
        (
            group(
                "odd", 1, {"managedRuleGroupStatement": {"vendorName": "S", "name": "G"}}, "none"
            ),
            "its group G of S may have allow rules",
        ),
        (
            group(
                "odd",
                1,
                managed(ruleActionOverrides=[{"name": "NoUserAgent", "actionToUse": ALLOW}]),
                "none",
            ),
            "its ruleActionOverrides let NoUserAgent allow",
        ),
        (rule("odd", 1, GEO, {"monetize": {}}), "its action monetize is unknown"),
        (rule("odd", 1, GEO, {}), "its action (none given) is unknown"),
        (group("odd", 1, managed(), "allow"), "its action allow is unknown"),
    ],
)
def test_what_may_allow_is_named(odd: Any, because: str) -> None:
    """A rule that may allow, and does not show what, is refused before any allow rule too."""
    (message,) = said(BLOCKS_BEFORE_ALLOWS, odd, ALLOWED)
    assert f"rule odd (priority 1) cannot be verified: {because}" in message


@pytest.mark.parametrize("token", [WEB_ACL_RULE, WEB_ACL_RULE_GROUP])
def test_rules_outside_of_the_web_acl_are_refused(token: str) -> None:
    """A rule as a resource of its own can stand before every block of the web ACL."""
    outside = Resource(token, "extra", "urn::extra", {"webAclArn": UNKNOWN}, [], {})
    (message,) = BLOCKS_BEFORE_ALLOWS.messages(outside)
    assert "its order among the others cannot be verified" in message


@pytest.mark.parametrize("policy", [BLOCKS_BEFORE_ALLOWS, CLEAR_REFUSAL])
def test_rules_as_text_are_refused(policy: Any) -> None:
    """What ruleJson says cannot be verified."""
    (message,) = said(policy, rules=None, ruleJson="[]")
    assert "ruleJson cannot be verified" in message


def _answer(**changes: Any) -> dict[str, Any]:
    return {"block": {"customResponse": {**RESPONSE["customResponse"], **changes}}}


@pytest.mark.parametrize(
    ("block", "wrong"),
    [
        (BLOCK, ""),
        ({"block": {}}, "has no customResponse"),
        (_answer(responseCode=404.0), "answers with responseCode 404, not 403"),
        (_answer(responseCode=200.0), "answers with responseCode 200, not 403"),
        (_answer(responseCode=429.0), "answers with responseCode 429, not 403"),
        (_answer(customResponseBodyKey="other"), "has customResponseBodyKey other, and the"),
        (_answer(customResponseBodyKey=None), "has customResponseBodyKey (none), and the"),
    ],
)
def test_a_refusal_says_that_it_is_one(block: Any, wrong: str) -> None:
    """S0-19: 403 with a text of the web ACL's own, by default and by every rule."""
    of_default = said(CLEAR_REFUSAL, defaultAction=block)
    of_rule = said(CLEAR_REFUSAL, rule("bad", 1, BAD, block))

    assert [f"acl: defaultAction block {wrong}" in text for text in of_default] == [True] * bool(
        wrong
    )
    assert [f"acl: rule bad (priority 1) {wrong}" in text for text in of_rule] == [True] * bool(
        wrong
    )


@pytest.mark.parametrize(("code", "refused"), [(429.0, False), (403.0, True), (503.0, True)])
def test_a_rate_answers_429(code: float, refused: bool) -> None:
    """S0-19: too many requests are told apart from forbidden ones."""
    told = said(CLEAR_REFUSAL, rule("rate", 1, RATE, _answer(responseCode=code)))
    assert bool(told) is refused
    assert all("not 429. A customResponse with responseCode 429" in text for text in told)


def test_only_blocks_answer() -> None:
    """A default that allows is another policy's matter; counts and allows answer nothing."""
    assert said(CLEAR_REFUSAL, rule("c", 1, GEO, COUNT), ALLOWED, defaultAction=ALLOW) == []
    assert said(CLEAR_REFUSAL, group("g", 1, managed(), "none")) == []


def test_without_bodies_no_key_exists() -> None:
    """A key without a body is refused as AWS would at the update."""
    (message,) = said(CLEAR_REFUSAL, customResponseBodies=None)
    assert "customResponseBodyKey refused, and the customResponseBodies are none" in message
