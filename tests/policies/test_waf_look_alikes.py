"""What looks like the websocket path is not allowed with it."""

from collections.abc import Mapping
from typing import Any

import pytest

from policies.waf.socket_io import SOCKET_IO_ALLOWED
from tests.policies.judging import STAGE, stage
from tests.policies.web_acls import (
    ALLOW,
    COUNT,
    GEO,
    IP_SET,
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

EXACT, BELOW = match("/socket.io", "EXACTLY"), match("/socket.io/", "STARTS_WITH")


def _told(*statements: Any, facts: Mapping[str, Any] = STAGE) -> list[str]:
    """What is said of a web ACL with an allow rule for each of *statements*."""
    rules = [rule(f"allow-{n}", n, each, ALLOW) for n, each in enumerate(statements)]
    return said(SOCKET_IO_ALLOWED, *rules, facts=facts)


@pytest.mark.parametrize(
    ("statement", "passes"),
    [
        (match("/socket.io", "STARTS_WITH"), "/socket.iox"),
        (match("/socket", "STARTS_WITH"), "/socket.iox"),
        (match("/", "STARTS_WITH"), "/socket.iox"),
        (match("", "STARTS_WITH"), "/socket.iox"),
        (match("/socket.iox", "EXACTLY"), "/socket.iox"),
        (match("/socket.io-admin", "STARTS_WITH"), "/socket.io-adminx"),
        (match("/Socket.IO/", "STARTS_WITH"), "/Socket.IO/x"),
        (match("/SOCKET.IO", "EXACTLY"), "/SOCKET.IO"),
        (match("/socket.io", "EXACTLY", "LOWERCASE"), "/SOCKET.IO"),
        (match("/socket.io/", "STARTS_WITH", "LOWERCASE"), "/SOCKET.IO/X"),
        (match("io", "CONTAINS"), "/socket.iox/io"),
        (match(".js", "ENDS_WITH"), "/socket.iox/.js"),
        (match("/js", "CONTAINS"), "/socket.iox/js"),
        (match("api", "CONTAINS_WORD"), "/socket.iox/api"),
        # A task may decode these to look-alikes of the path.
        (match("/%73ocket.iox", "EXACTLY"), "/%73ocket.iox"),
        (match("/%", "STARTS_WITH"), "/%ocket.iox"),
    ],
)
def test_look_alikes_are_refused(statement: Any, passes: str) -> None:
    """S0-18: what else the rule lets through is named by an example."""
    (message,) = _told(SOCKET_IO, statement)
    assert message.startswith("acl: rule allow-1 (priority 1) allows ")
    assert f"so {passes} passes, which the stage does not list" in message
    assert "EXACTLY /socket.io and STARTS_WITH /socket.io/ on uriPath with NONE pass" in message


@pytest.mark.parametrize(
    "statement",
    [
        match("/api", "EXACTLY"),
        match("/api", "STARTS_WITH"),
        match("/api", "STARTS_WITH", "LOWERCASE"),
        match("/socket.io/admin", "STARTS_WITH"),
        match("/socket.io/x", "EXACTLY"),
        both(match("/socket.io", "STARTS_WITH"), match("/socket.io/", "STARTS_WITH")),
        both(IP_SET, EXACT),
        both(no(GEO), either(EXACT, BELOW)),
    ],
)
def test_what_is_not_near_the_path_or_within_it_passes(statement: Any) -> None:
    """Other paths are another matter, and an AND matches no more than its narrowest part."""
    assert _told(SOCKET_IO, statement) == []


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (GEO, "geoMatchStatement"),
        (IP_SET, "ipSetReferenceStatement"),
        ({"labelMatchStatement": {"key": "x"}}, "labelMatchStatement"),
        ({"regexMatchStatement": {"regexString": "^/socket"}}, "regexMatchStatement"),
        (no(match("/admin", "STARTS_WITH")), "notStatement"),
        (match("/socket.io/", "STARTS_WITH", field="queryString"), "byteMatchStatement on query"),
        (either(EXACT, GEO), "geoMatchStatement"),
        (both(GEO, no(EXACT)), "geoMatchStatement"),
    ],
)
def test_what_cannot_be_verified_is_named(statement: Any, named: str) -> None:
    """An allow rule without a path of its own may let look-alikes through."""
    (message,) = _told(SOCKET_IO, statement)
    assert f"allows by {named}" in message
    assert "whose paths cannot be verified: /socket.iox may pass" in message


@pytest.mark.parametrize("step", ["URL_DECODE", "NORMALIZE_PATH", "REMOVE_NULLS", "HEX_DECODE"])
def test_a_transformed_path_is_refused(step: str) -> None:
    """After a decoding other spellings match as well, of any path."""
    (message,) = _told(SOCKET_IO, match("/api", "EXACTLY", step))
    assert f"allows EXACTLY /api after {step}, so other spellings of a path pass" in message


def test_groups_that_may_allow_are_refused() -> None:
    """Rules that stand elsewhere, or are told to allow, may let look-alikes through."""
    own = {"ruleGroupReferenceStatement": {"arn": UNKNOWN}}
    to_allow = managed(ruleActionOverrides=[{"name": "NoUserAgent", "actionToUse": ALLOW}])
    to_count = managed(ruleActionOverrides=[{"name": "NoUserAgent", "actionToUse": COUNT}])
    seller = {"managedRuleGroupStatement": {"vendorName": "Seller", "name": "Rules"}}
    ws = rule("ws", 9, SOCKET_IO, ALLOW)

    for statement in (own, to_allow, seller):
        (message,) = said(SOCKET_IO_ALLOWED, group("group", 1, statement, "none"), ws)
        assert "rule group (priority 1) cannot be verified: its" in message
        assert said(SOCKET_IO_ALLOWED, group("group", 1, statement, "count"), ws) == []
    assert said(SOCKET_IO_ALLOWED, group("group", 1, to_count, "none"), ws) == []
    # AWS knows no overrideAction allow: it is neither a proof that the path is served nor harmless.
    assert len(said(SOCKET_IO_ALLOWED, group("ws", 1, SOCKET_IO, "allow"))) == 3


@pytest.mark.parametrize(
    ("allow", "statement", "passes"),
    [
        (["/"], match("/", "STARTS_WITH"), True),
        (["/"], GEO, True),
        (["=/"], match("/", "STARTS_WITH"), False),
        (["=/"], match("/", "EXACTLY"), True),
        (["/socket.iox"], match("/socket.iox", "EXACTLY"), True),
        (["/socket.iox"], match("/socket.iox/", "STARTS_WITH"), True),
        (["/socket.iox"], match("/socket.iox", "STARTS_WITH"), False),
        (["=/socket.iox"], match("/socket.iox/", "STARTS_WITH"), False),
        (["/socket.iox"], match("/socket.iox", "EXACTLY", "LOWERCASE"), False),
        (["/api"], match("/api/", "CONTAINS"), False),
    ],
)
def test_paths_that_the_stage_lists_pass(allow: list[str], statement: Any, passes: bool) -> None:
    """What firewall.allow lists may pass, however near it is to the websocket path."""
    assert (_told(SOCKET_IO, statement, facts=stage(firewall={"allow": allow})) == []) is passes
