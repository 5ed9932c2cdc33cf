"""The websocket path is allowed exactly, and only where the stage has websockets."""

from collections.abc import Mapping
from typing import Any

import pulumi_aws as aws
import pytest

from policies.waf.socket_io import SOCKET_IO_ALLOWED
from tests.policies.judging import STAGE, reasons, stage
from tests.policies.web_acls import (
    ALLOW,
    BLOCK,
    COUNT,
    GEO,
    SOCKET_IO,
    both,
    either,
    match,
    rule,
    said,
)
from tests.support.program import register

EXACT, BELOW = match("/socket.io", "EXACTLY"), match("/socket.io/", "STARTS_WITH")
OFF = stage(routing={"websocket": None})
CHAT = stage(routing={"websocket": {"path": "/chat"}})


def _told(*statements: Any, facts: Mapping[str, Any] = STAGE) -> list[str]:
    """What is said of a web ACL with an allow rule for each of *statements*."""
    rules = [rule(f"allow-{n}", n, each, ALLOW) for n, each in enumerate(statements)]
    return said(SOCKET_IO_ALLOWED, *rules, facts=facts)


def test_the_path_and_what_is_below_it_pass() -> None:
    """S0-18: EXACTLY the path and STARTS_WITH the path and a slash, in one rule or in two."""
    assert _told(SOCKET_IO) == []
    assert _told(EXACT, BELOW) == []


def test_the_path_of_the_stage_is_meant() -> None:
    """The path is the stage's own, not Socket.IO's default."""
    chat = either(match("/chat", "EXACTLY"), match("/chat/", "STARTS_WITH"))
    assert _told(chat, facts=CHAT) == []
    assert [text.split(", and")[0] for text in _told(SOCKET_IO, facts=CHAT)] == [
        "acl: no allow rule is sure to match EXACTLY /chat",
        "acl: no allow rule is sure to match STARTS_WITH /chat/",
    ]


@pytest.mark.parametrize(
    ("statement", "missing"),
    [
        (EXACT, ["STARTS_WITH /socket.io/"]),
        (BELOW, ["EXACTLY /socket.io"]),
        # Of what is below the path this is one path.
        (either(EXACT, match("/socket.io/", "EXACTLY")), ["STARTS_WITH /socket.io/"]),
        (both(SOCKET_IO, GEO), ["EXACTLY /socket.io", "STARTS_WITH /socket.io/"]),
    ],
)
def test_all_of_it_is_sure_to_be_allowed(statement: Any, missing: list[str]) -> None:
    """S0-18: a part of the path's requests, or of its clients, is not enough."""
    told = _told(statement)
    assert [text.split("match ")[1].split(", and")[0] for text in told] == missing


@pytest.mark.parametrize("action", [COUNT, BLOCK, {"captcha": {}}, {"challenge": {}}])
def test_another_action_is_no_allow(action: Any) -> None:
    """A rule that matches the path and does not allow it leaves it to the default block."""
    assert len(said(SOCKET_IO_ALLOWED, rule("ws", 1, SOCKET_IO, action))) == 2


@pytest.mark.parametrize(
    ("statement", "passes"),
    [
        (match("/api/", "STARTS_WITH"), True),
        (EXACT, False),
        (BELOW, False),
        (match("/socket.io/admin", "EXACTLY"), False),
        (match("/", "STARTS_WITH"), False),
        (GEO, False),
    ],
)
def test_without_websockets_nothing_allows_their_path(statement: Any, passes: bool) -> None:
    """S0-18: the allow rule exists if and only if websockets are on."""
    told = _told(statement, facts=OFF)
    assert (told == []) is passes
    assert all("a path to serve stands in firewall.allow" in text for text in told)


def test_a_listed_path_is_allowed_without_websockets() -> None:
    """Listed in firewall.allow, Socket.IO's path is a path like any other."""
    facts = stage(routing={"websocket": None}, firewall={"allow": ["/socket.io"]})
    assert _told(SOCKET_IO, facts=facts) == []


def test_a_block_before_the_allow_rule_is_named() -> None:
    """A path that an earlier rule is sure to block cannot be reached."""
    dashed = stage(routing={"websocket": {"path": "/chat-room"}})
    ws = either(match("/chat-room", "EXACTLY"), match("/chat-room/", "STARTS_WITH"))
    bad, allow = rule("bad", 1, match("-room", "CONTAINS"), BLOCK), rule("ws", 2, ws, ALLOW)

    first, second = said(SOCKET_IO_ALLOWED, bad, allow, facts=dashed)
    assert "rule bad (priority 1) blocks /chat-room before an allow rule" in first
    assert "rule bad (priority 1) blocks /chat-room/ before an allow rule" in second
    assert said(SOCKET_IO_ALLOWED, {**bad, "priority": 3.0}, allow, facts=dashed) == []
    assert said(SOCKET_IO_ALLOWED, rule("geo", 1, GEO, BLOCK), allow, facts=dashed) == []


def test_without_facts_a_foreign_web_acl_is_not_judged() -> None:
    """Which path is the websockets' only a stage can say, however the rules are written."""

    def program() -> None:
        aws.wafv2.WebAcl(
            "acl",
            scope="REGIONAL",
            default_action={"block": {}},
            rule_json="[]",
            visibility_config={
                "cloudwatch_metrics_enabled": True,
                "metric_name": "acl",
                "sampled_requests_enabled": True,
            },
        )

    registered = register(program, preview=True, stage="dev")
    assert set(reasons(registered, [SOCKET_IO_ALLOWED])) == {"waf-socket-io-allowed"}


def test_rules_as_text_are_refused() -> None:
    """What ruleJson allows cannot be verified."""
    (message,) = said(SOCKET_IO_ALLOWED, rules=None, ruleJson="[]")
    assert "ruleJson cannot be verified" in message


@pytest.mark.parametrize(
    ("statement", "missing"),
    [
        (match("/", "CONTAINS"), 0),
        (match("/", "STARTS_WITH"), 0),
        (match("/socket", "STARTS_WITH", "LOWERCASE"), 0),
        (match("/", "EXACTLY"), 2),
        (match("/socket.io", "EXACTLY", "LOWERCASE"), 1),
        (match("io", "ENDS_WITH"), 1),
        (match("/socket", "STARTS_WITH", "URL_DECODE"), 2),  # which paths is unknown
        (match("socket", "CONTAINS_WORD"), 2),  # what a word is, AWS decides
    ],
)
def test_a_wider_match_allows_it_too(statement: Any, missing: int) -> None:
    """On a stage that lists every path, any match that is sure to include the path will do."""
    assert len(_told(statement, facts=stage(firewall={"allow": ["/"]}))) == missing


def test_a_block_in_lower_case_is_named() -> None:
    """A lower-cased path is compared with a block's text as AWS WAF would."""
    facts = stage(routing={"websocket": {"path": "/Chat"}})
    ws = either(match("/Chat", "EXACTLY"), match("/Chat/", "STARTS_WITH"))
    bad = rule("bad", 1, match("/chat", "STARTS_WITH", "LOWERCASE"), BLOCK)

    assert len(said(SOCKET_IO_ALLOWED, bad, rule("ws", 2, ws, ALLOW), facts=facts)) == 2
