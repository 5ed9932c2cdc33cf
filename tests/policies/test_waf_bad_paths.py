"""Traversal and encoded separators are blocked before anything is allowed."""

from typing import Any

import pytest

from infra import waf_rules
from policies.waf.bad_paths import BAD_PATHS, BAD_PATHS_FIRST
from policies.waf.web_acl import kind_of
from tests.policies.web_acls import (
    ALLOW,
    BAD,
    BLOCK,
    COUNT,
    GEO,
    SOCKET_IO,
    both,
    either,
    group,
    managed,
    match,
    no,
    rule,
    said,
)
from tests.support.program import UNKNOWN

ALLOWED = rule("allow", 9, SOCKET_IO, ALLOW)


def _missing(statement: Any, action: Any = BLOCK, priority: int = 1) -> str:
    """The missing texts that a web ACL is refused for, with *statement* before its allow rule."""
    told = said(BAD_PATHS_FIRST, rule("bad", priority, statement, action), ALLOWED)
    if not told:
        return ""
    (message,) = told
    return message.split("(priority 9): ")[1].split(". A path")[0]


ALL = " ".join(BAD_PATHS)


def test_the_texts_are_those_that_evenkeel_blocks() -> None:
    """The pack cannot import the component's list; both have the same texts."""
    assert BAD_PATHS == waf_rules.BAD_PATHS


def test_all_of_them_lower_cased_pass() -> None:
    """S0-18: a block rule with every text on the raw, lower-cased path passes."""
    assert said(BAD_PATHS_FIRST, rule("bad", 1, BAD, BLOCK), ALLOWED) == []


@pytest.mark.parametrize("left_out", BAD_PATHS)
def test_each_text_is_needed(left_out: str) -> None:
    """S0-18: without any one of the texts the web ACL is refused, and the text is named."""
    texts = [match(bad, "CONTAINS", "LOWERCASE") for bad in BAD_PATHS if bad != left_out]
    assert _missing(either(*texts)) == left_out


def test_several_rules_together_pass() -> None:
    """The texts may stand in several block rules, each alone in a statement without OR."""
    rules = [
        rule(f"bad-{place}", place, match(bad, "CONTAINS", "LOWERCASE"), BLOCK)
        for place, bad in enumerate(BAD_PATHS)
    ]
    assert said(BAD_PATHS_FIRST, *rules, rule("allow", 20, SOCKET_IO, ALLOW)) == []


def test_a_part_of_a_text_covers_it() -> None:
    """A path without any % or . or / / cannot hold an encoded one: shorter texts are stricter."""
    shorter = [match(text) for text in ("%", "..", "//", "\\", ";")]
    assert _missing(either(*shorter)) == ""


@pytest.mark.parametrize(
    ("transformations", "missing"),
    [
        (("NONE", "LOWERCASE"), ""),
        (("NONE",), "%2e %2f %5c %c0 %c1 %e0%8 %e0%9 %f0%8"),  # %2E passes it
        (("URL_DECODE",), ALL),  # %252e passes it
        (("URL_DECODE", "LOWERCASE"), ALL),
        (("LOWERCASE", "NORMALIZE_PATH"), ALL),  # removes .. before it is looked for
        (("REMOVE_NULLS", "LOWERCASE"), ALL),
        (("UPPERCASE",), ALL),
    ],
)
def test_the_raw_lower_cased_path_is_compared(transformations: Any, missing: str) -> None:
    """A decoded or normalized path hides what a second decoding shows; capitals hide %2E."""
    statement = either(*(match(bad, "CONTAINS", *transformations) for bad in BAD_PATHS))
    assert _missing(statement) == missing


@pytest.mark.parametrize("position", ["EXACTLY", "STARTS_WITH", "ENDS_WITH", "CONTAINS_WORD"])
def test_the_text_may_stand_anywhere(position: str) -> None:
    """A text is looked for in the whole path."""
    statement = either(*(match(bad, position, "LOWERCASE") for bad in BAD_PATHS))
    assert _missing(statement) == ALL


def test_capitals_never_match_a_lower_cased_path() -> None:
    """The text %2E is never found in a path in lower case."""
    texts = [match(bad.upper(), "CONTAINS", "LOWERCASE") for bad in BAD_PATHS]
    assert _missing(either(*texts)) == "%2e %2f %5c %c0 %c1 %e0%8 %e0%9 %f0%8"


def test_an_empty_text_covers_nothing() -> None:
    """AWS refuses an empty text; it is no proof of anything."""
    assert _missing(match("", "CONTAINS", "LOWERCASE")) == ALL


@pytest.mark.parametrize(
    "statement",
    [
        both(BAD, GEO),  # only from one country
        no(BAD),
        {"rateBasedStatement": {"limit": 10.0, "scopeDownStatement": BAD}},
        {"regexMatchStatement": {"regexString": r"\.\.", "fieldToMatch": {"uriPath": {}}}},
        either(*(match(bad, "CONTAINS", "LOWERCASE", field="queryString") for bad in BAD_PATHS)),
        GEO,
    ],
)
def test_a_block_that_may_not_happen_proves_nothing(statement: Any) -> None:
    """Only a statement that is sure to match every such path counts."""
    assert _missing(statement) == ALL


def test_every_part_of_an_and_that_holds_the_texts_proves_them() -> None:
    """An AND of two statements with all texts is sure to match what both match."""
    assert _missing(both(BAD, either(BAD, GEO))) == ""


@pytest.mark.parametrize("action", [COUNT, {"captcha": {}}, {"challenge": {}}, ALLOW])
def test_the_rule_blocks(action: Any) -> None:
    """A rule that counts, or asks for a token, lets the path go on to the allow rules."""
    (message,) = said(BAD_PATHS_FIRST, rule("bad", 1, BAD, action), ALLOWED)
    assert "14 of 14 bad texts" in message


@pytest.mark.parametrize(("priority", "refused"), [(8, False), (9, True), (10, True)])
def test_the_rule_comes_first(priority: int, refused: bool) -> None:
    """The number decides, not the place in the list; it has to be below the allow rule's."""
    told = said(BAD_PATHS_FIRST, ALLOWED, rule("bad", priority, BAD, BLOCK))
    assert bool(told) is refused


def test_a_group_that_may_allow_counts_as_an_allow_rule() -> None:
    """A rule group of one's own before the bad paths may let them through."""
    own = {"ruleGroupReferenceStatement": {"arn": "arn:aws:wafv2:eu-west-1:123456789012:group"}}
    bad = rule("bad", 1, BAD, BLOCK)

    (message,) = said(BAD_PATHS_FIRST, group("own", 0, own, "none"), bad, ALLOWED)
    assert "not blocked before rule own (priority 0)" in message
    assert said(BAD_PATHS_FIRST, group("own", 0, own, "count"), bad, ALLOWED) == []
    assert said(BAD_PATHS_FIRST, group("aws", 0, managed(), "none"), bad, ALLOWED) == []


def test_nothing_is_allowed_then_nothing_has_to_be_blocked() -> None:
    """Without an allow rule the default block refuses bad paths; a default allow does not."""
    assert said(BAD_PATHS_FIRST) == []
    (message,) = said(BAD_PATHS_FIRST, defaultAction=ALLOW)
    assert "14 of 14 bad texts are not blocked before defaultAction allow" in message
    assert said(BAD_PATHS_FIRST, rule("bad", 1, BAD, BLOCK), defaultAction=ALLOW) == []


def test_what_cannot_be_read_is_refused() -> None:
    """Rules as text, rules that a preview does not know, and a statement of no kind."""
    (text,) = said(BAD_PATHS_FIRST, ruleJson="[]", rules=None)
    (later,) = said(BAD_PATHS_FIRST, rules=UNKNOWN)
    (text_later,) = said(BAD_PATHS_FIRST, ruleJson=UNKNOWN)
    (empty,) = said(BAD_PATHS_FIRST, rule("bad", 1, {}, BLOCK), ALLOWED)
    (two,) = said(BAD_PATHS_FIRST, rule("bad", 1, {**BAD, **GEO}, BLOCK), ALLOWED)

    assert "ruleJson cannot be verified" in text
    assert "rules is not known before the update" in later
    assert "ruleJson is not known before the update" in text_later
    assert "could not be verified" in empty
    assert "one of orStatement, geoMatchStatement has to be given" in two


def test_an_unknown_value_that_no_verdict_needs_is_left_alone() -> None:
    """An IP set's ARN is unknown at preview and decides nothing here."""
    known = rule("bad", 1, BAD, BLOCK)
    office = rule("office", 2, {"ipSetReferenceStatement": {"arn": UNKNOWN}}, BLOCK)
    assert said(BAD_PATHS_FIRST, known, office, ALLOWED) == []


def test_a_groups_override_blocks_nothing() -> None:
    """AWS knows no overrideAction block: whatever it is, it is no proof."""
    (message,) = said(BAD_PATHS_FIRST, group("bad", 1, BAD, "block"), ALLOWED)
    assert "14 of 14 bad texts" in message


def test_choices_without_a_value_are_passed_over() -> None:
    """A provider may spell out the choices that are not taken, or the taken one as null."""
    assert _missing({**BAD, "geoMatchStatement": None}) == ""
    assert kind_of({"queryString": None}) == "queryString"
