"""A web ACL as Envoy's matcher: each statement, the order, and what is kept beside the decision."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.dataplane import firewall
from tests.support import hostile_paths
from tests.support.firewall import shipped_web_acl
from tests.support.web_acls import (
    ALLOW,
    BLOCK,
    COUNT,
    both,
    either,
    managed,
    match,
    no,
    rate,
    rule,
    web_acl,
)

NEVER = "[^/]"  # every path begins with /


def matcher(acl: Any, kind: str = "matcher") -> Any:
    return firewall.per_route(acl, 1.0)["evenkeel.firewall.rules"]["rbac"][kind]


def verdict(then: Any) -> tuple[str, str]:
    action = then["action"]["typed_config"]
    return action["name"], action["action"]


def verdicts(acl: Any) -> list[tuple[str, str]]:
    """Every rule's name and action in the order of evaluation, the default last."""
    found = matcher(acl)
    cases = [verdict(case["on_match"]) for case in found["matcher_list"]["matchers"]]
    return [*cases, verdict(found["on_no_match"])]


def plain(predicate: Any) -> Any:
    """A predicate with only what it compares the path to."""
    ((kind, inner),) = predicate.items()
    if kind == "single_predicate":
        assert inner["input"]["typed_config"]["key"] == "evenkeel.firewall.path"
        return inner["value_match"]["safe_regex"]["regex"]
    if kind == "not_matcher":
        return {"not": plain(inner)}
    return {kind.removesuffix("_matcher"): [plain(each) for each in inner["predicate"]]}


def compared(statement: Any) -> Any:
    """What the path is compared to by a rule of *statement*."""
    acl = web_acl(rule("only", statement, ALLOW))
    return plain(matcher(acl)["matcher_list"]["matchers"][1]["predicate"])


@pytest.mark.parametrize("stage", ["staging", "production"])
def test_shipped_rules_decide_in_their_order(stage: str) -> None:
    """Malformed targets, rate and bad paths are refused before a path is allowed (S0-18)."""
    assert verdicts(shipped_web_acl(stage)) == [
        ("Malformed:target", "DENY"),
        ("rate-limit", "DENY"),
        ("bad-paths", "DENY"),
        ("allow-websocket", "ALLOW"),
        ("allow-paths", "ALLOW"),
        ("Default_Action", "DENY"),
    ]


def test_priority_orders_rules_not_their_place() -> None:
    """Rules are judged by priority, lowest first, wherever they stand in the list."""
    first, second = rule("a", match("a"), ALLOW), rule("b", match("b"), BLOCK)
    acl = web_acl({**first, "Priority": 7}, {**second, "Priority": 2}, default=ALLOW)
    assert verdicts(acl)[1:] == [("b", "DENY"), ("a", "ALLOW"), ("Default_Action", "ALLOW")]


@pytest.mark.parametrize(
    ("position", "regex"),
    [
        ("EXACTLY", r"(?s:/a\.Pi)"),
        ("STARTS_WITH", r"(?s:/a\.Pi.*)"),
        ("ENDS_WITH", r"(?s:.*/a\.Pi)"),
        ("CONTAINS", r"(?s:.*/a\.Pi.*)"),
    ],
)
def test_positions_are_places_in_the_whole_path(position: str, regex: str) -> None:
    """Each position is a pattern of the whole path, which tells capitals apart."""
    assert compared(match("/a.Pi", position)) == regex


def test_lower_cased_paths_are_compared_without_case() -> None:
    """LOWERCASE, alone or after NONE, finds a text in small letters in any case."""
    assert compared(match("%2e", "CONTAINS", "LOWERCASE")) == "(?is:.*%2e.*)"
    assert compared(match("%2e", "CONTAINS", "NONE", "LOWERCASE")) == "(?is:.*%2e.*)"


@pytest.mark.parametrize(
    "statement",
    [
        match("%2E", "CONTAINS", "LOWERCASE"),  # no capital is left in the path
        match("é"),  # no such byte is in a well-formed target
        match("a b"),
    ],
)
def test_texts_that_no_path_can_have_never_match(statement: Any) -> None:
    """A text that AWS would compare in vain is compared in vain here."""
    assert compared(statement) == NEVER


def test_statements_nest() -> None:
    """AND, OR and NOT are kept as they nest."""
    nested = both(either(both(match("a"), no(match("b"))), match("c")), match("d"))
    a, b, c, d = (f"(?s:.*{text}.*)" for text in "abcd")
    assert compared(nested) == {"and": [{"or": [c, {"and": [a, {"not": b}]}]}, d]}


def test_texts_of_an_or_are_looked_for_at_once() -> None:
    """Several texts are one pattern, each with its own case."""
    several = either(match("/a", "EXACTLY"), match("..", "CONTAINS", "LOWERCASE"), no(match("b")))
    assert compared(several) == {"or": [r"(?s:/a)|(?is:.*\.\..*)", {"not": "(?s:.*b.*)"}]}


def test_rules_that_count_decide_nothing() -> None:
    """A counting rule is in the shadow alone, and only if no rule before it has decided."""
    acl = web_acl(
        rule("one", match("a"), COUNT), rule("stop", match("b"), BLOCK),
        rule("two", match("c"), COUNT),
    )  # fmt: skip
    assert verdicts(acl)[1:] == [("stop", "DENY"), ("Default_Action", "DENY")]
    a, b, c = (f"(?s:.*{text}.*)" for text in "abc")
    first, second = matcher(acl, "shadow_matcher")["matcher_list"]["matchers"]
    assert plain(first["predicate"]) == a
    assert plain(second["predicate"]) == {"and": [c, {"not": b}]}
    assert verdict(second["on_match"]) == ("two", "ALLOW")
    both_met = first["on_match"]["matcher"]
    assert verdict(both_met["on_no_match"]) == ("one", "ALLOW")
    (also,) = both_met["matcher_list"]["matchers"]
    assert verdict(also["on_match"]) == ("one,two", "ALLOW")


def test_without_counting_rules_there_is_no_shadow() -> None:
    """No request is judged twice when nothing counts."""
    rbac = firewall.per_route(web_acl(), 1.0)["evenkeel.firewall.rules"]["rbac"]
    assert list(rbac) == ["matcher"]


def test_the_rate_is_of_sandbox_seconds() -> None:
    """300 sandbox seconds at 60 times the speed are five seconds of the machine."""
    filters = firewall.per_route(shipped_web_acl("production"), 60.0)
    assert filters["evenkeel.firewall.rate"]["filter_context"] == {
        "rule": "arn:aws:wafv2:eu-west-1:111122223333:production/rate-limit 2000 in 5000.000 ms"
    }


def test_the_default_window_is_five_minutes() -> None:
    """Without an evaluation window a rate is of 300 s, as on AWS."""
    statement = rate(100)
    del statement["RateBasedStatement"]["EvaluationWindowSec"]
    filters = firewall.per_route(web_acl(rule("rate", statement, BLOCK)), 1.0)
    context = filters["evenkeel.firewall.rate"]["filter_context"]
    assert context == {"rule": "arn:acl/rate 100 in 300000.000 ms"}


def test_what_counts_may_stand_before_the_rate() -> None:
    """Neither a counting rule nor a managed group keeps a request from the rate."""
    acl = web_acl(
        rule("seen", match("a"), COUNT), managed("CommonRuleSet"), rule("rate", rate(10), BLOCK)
    )
    assert "evenkeel.firewall.rate" in firewall.per_route(acl, 1.0)


def test_managed_groups_are_named_as_not_evaluated() -> None:
    """The log is told which rules were not asked, whatever their override."""
    acl = web_acl(managed("CommonRuleSet"), managed("KnownBadInputsRuleSet", "None"))
    acl["Rules"][0]["Name"], acl["Rules"][1]["Name"] = "first", "second"
    for log in firewall.access_logs(Path("firewall.log"), acl, "1-app/web/2"):
        assert log["typed_config"]["log_format"]["json_format"]["notEvaluated"] == "first,second"


def test_without_a_web_acl_nothing_is_asked() -> None:
    """No filter has a configuration where no web ACL is attached."""
    assert firewall.per_route(None, 1.0) == {}
    assert firewall.local_replies(None) == []
    assert firewall.access_logs(Path("firewall.log"), None, "1-app/web/2") == []


def test_the_corpus_is_large_and_distinct() -> None:
    """At least 300 hostile targets in at least 20 families, none of them twice."""
    families = [*hostile_paths.REFUSED.values(), *hostile_paths.MALFORMED.values()]
    targets = [target for family in families for target in family]
    assert len(families) >= 20
    assert len(targets) == len(set(targets)) >= 300
