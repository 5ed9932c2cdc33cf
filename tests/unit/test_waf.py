"""Waf: what is blocked, what is allowed, in which order, at which cost."""

from typing import Any, get_args

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.settings import ManagedRules as ManagedSettings
from infra.waf import Waf, WafArgs, web_acl_rules
from infra.waf_rules import BAD_PATHS, MANAGED_GROUPS, ManagedRules, capacity_units
from tests.support.program import Program, register

ALL = ("Common", "KnownBadInputs", "IpReputation")
COUNTED = ManagedRules(mode="count", groups=ALL)


def args(
    allow: tuple[str, ...] = ("/api", "/assets", "=/"),
    websocket: str | None = "/socket.io",
    managed: ManagedRules = COUNTED,
) -> WafArgs:
    return WafArgs(
        load_balancer_arn="arn:lb",
        requests_per_five_minutes=2000,
        managed=managed,
        websocket_path=websocket,
        allowed_paths=allow,
        log_group="aws-waf-logs-evenkeel-x",
        log_retention_days=30,
    )


def built(given_args: WafArgs) -> Program:
    return register(lambda: Waf("acl", given_args))


def verdict(rules: list[Any], path: str) -> str:
    """What a web ACL does with a single request: the first rule that decides, by its name."""
    for rule in rules:
        if "action" in rule and _fits(rule["statement"], path):
            return str(rule["name"])
    return "default"


def _fits(statement: Any, path: str) -> bool:
    if "or_statement" in statement:
        return any(_fits(each, path) for each in statement["or_statement"]["statements"])
    if "byte_match_statement" not in statement:
        return False  # a rate is not exceeded by one request
    match = statement["byte_match_statement"]
    assert match["field_to_match"] == {"uri_path": {}}
    text = match["search_string"]
    seen = path.lower() if match["text_transformations"][0]["type"] == "LOWERCASE" else path
    found: dict[str, bool] = {
        "EXACTLY": seen == text,
        "STARTS_WITH": seen.startswith(text),
        "CONTAINS": text in seen,
    }
    return found[match["positional_constraint"]]


def test_blocks_come_before_allows() -> None:
    """Rate, bad paths and managed rules are judged first: an allow would end the evaluation."""
    rules: list[Any] = web_acl_rules(args())
    assert [rule["name"] for rule in rules] == [
        "rate-limit", "bad-paths", *ALL, "allow-websocket", "allow-paths",
    ]  # fmt: skip
    assert [rule["priority"] for rule in rules] == list(range(7))


@pytest.mark.parametrize(
    ("path", "by"),
    [
        ("/socket.io/", "allow-websocket"),
        ("/socket.io", "allow-websocket"),
        ("/socket.iox", "default"),
        ("/Socket.io/", "default"),
        ("/api", "allow-paths"),
        ("/api/users/7", "allow-paths"),
        ("/apievil", "default"),
        ("/API/users", "default"),
        ("/", "allow-paths"),
        ("/admin", "default"),
        ("/api/../admin", "bad-paths"),
        ("/api/%2e%2E/admin", "bad-paths"),
        ("/api/%252e%252e/admin", "bad-paths"),
        ("/api/..;/admin", "bad-paths"),
        ("/api;x=1/admin", "bad-paths"),
        ("/api\\..\\admin", "bad-paths"),
        ("/api//admin", "bad-paths"),
        ("/api/a%2Fb", "bad-paths"),
        ("/api/a%5cb", "bad-paths"),
        ("/api/a%00", "bad-paths"),
        ("/socket.io/../admin", "bad-paths"),
    ],
)
def test_paths_are_judged_as_the_client_sent_them(path: str, by: str) -> None:
    """The websocket and allowed paths pass at a path boundary; no spelling gets round (S0-18)."""
    assert verdict(web_acl_rules(args()), path) == by


TEXT = st.text(alphabet="/abAPIpi.%25eE;\\~", max_size=12).map("/".__add__)


@given(TEXT)
def test_allowed_exactly_below_an_allowed_prefix(path: str) -> None:
    """Any path passes if and only if it is clean and is, or lies below, an allowed one (S0-18)."""
    rules = web_acl_rules(args(allow=("/a", "/api", "=/b"), websocket=None))
    clean = not any(bad in path.lower() for bad in BAD_PATHS)
    below = path in ("/a", "/api", "/b") or path.startswith(("/a/", "/api/"))
    assert (verdict(rules, path) == "allow-paths") is (clean and below)


def test_slash_alone_allows_every_clean_path() -> None:
    """The prefix / opens every path but the bad ones."""
    rules = web_acl_rules(args(allow=("/",), websocket=None))
    assert verdict(rules, "/anything/at/all") == "allow-paths"
    assert verdict(rules, "/") == "allow-paths"
    assert verdict(rules, "/..") == "bad-paths"


def test_websocket_path_is_allowed_exactly_when_there_are_websockets() -> None:
    """Without websockets no rule allows their path (S0-18)."""
    rules = web_acl_rules(args(websocket=None))
    assert "allow-websocket" not in [rule["name"] for rule in rules]
    assert verdict(rules, "/socket.io/") == "default"


@pytest.mark.parametrize(("mode", "override"), [("count", {"count": {}}), ("block", {"none": {}})])
def test_managed_rules_count_or_block(mode: Any, override: dict[str, Any]) -> None:
    """Each managed group counts only, or acts as AWS has set it, as the stage says."""
    program = built(args(managed=ManagedRules(mode=mode, groups=ALL)))
    groups = [
        (rule["statement"]["managedRuleGroupStatement"]["name"], rule["overrideAction"])
        for rule in program.one("aws:wafv2/webAcl:WebAcl").inputs["rules"]
        if "overrideAction" in rule
    ]
    assert groups == [(MANAGED_GROUPS[name][0], override) for name in ALL]


def test_every_group_of_the_stage_file_is_known() -> None:
    """No managed group can be written in a stage file that the web ACL has no name for."""
    (choices, _) = get_args(ManagedSettings.model_fields["groups"].annotation)
    assert set(get_args(choices)) == set(MANAGED_GROUPS)


def test_a_block_says_what_it_is() -> None:
    """A refusal is a 403, or 429 for the rate, with a text and a header: no outage (S0-19)."""
    acl = built(args()).one("aws:wafv2/webAcl:WebAcl").inputs
    bodies = {body["key"]: body["content"] for body in acl["customResponseBodies"]}
    blocks = [acl["defaultAction"], *(r["action"] for r in acl["rules"] if "action" in r)]
    responses = [b["block"]["customResponse"] for b in blocks if "block" in b]
    assert [r["responseCode"] for r in responses] == [403, 429, 403]
    for response in responses:
        assert bodies[response["customResponseBodyKey"]].startswith("Refused by the firewall")
        assert response["responseHeaders"] == [{"name": "x-refused-by", "value": "firewall"}]


def test_logs_hide_who_a_client_is() -> None:
    """Requests are logged to the group of the stage, without cookies, tokens and session ids."""
    program = built(args())
    logging = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
    assert program.one(logging).inputs["redactedFields"] == [
        {"singleHeader": {"name": "authorization"}},
        {"singleHeader": {"name": "cookie"}},
        {"queryString": {}},
    ]
    group = program.one("aws:cloudwatch/logGroup:LogGroup").inputs
    assert group == {"name": "aws-waf-logs-evenkeel-x", "retentionInDays": 30}


def test_capacity_is_the_sum_of_the_documented_costs() -> None:
    """2 for the rate, 9 x (10 + 10) bad paths, 925 managed, 2 for each of 7 matches: 1,121."""
    assert capacity_units(web_acl_rules(args())) == 2 + 280 + 700 + 200 + 25 + 7 * 2


def test_too_many_paths_are_refused_with_the_sum() -> None:
    """A list that needs more than 5,000 units is refused before anything is made."""
    many = tuple(f"/p{number}" for number in range(1000))
    with pytest.raises(pulumi.RunError, match=r"1000 entries.* 5211 .*allowed: 5000; next:"):
        web_acl_rules(args(allow=many))
