"""No web ACL that the pack accepts lets an attack through; AWS WAF is played by a second reading.

The evaluator below shares no code with the pack. It knows what the pack does not judge: it decodes
and normalizes, and answers for countries and addresses both ways.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from posixpath import normpath
from typing import Any
from urllib.parse import unquote

import pytest

from policies.plan import Resource
from policies.rules import Rule
from policies.waf.bad_paths import BAD_PATHS, BAD_PATHS_FIRST
from policies.waf.order import BLOCKS_BEFORE_ALLOWS, DEFAULT_BLOCK
from policies.waf.socket_io import SOCKET_IO_ALLOWED
from tests.policies.judging import STAGE
from tests.policies.web_acls import (
    ALLOW,
    BAD,
    BLOCK,
    COUNT,
    GEO,
    IP_SET,
    SOCKET_IO,
    both,
    either,
    match,
    no,
    rule,
    web_acl,
)
from tests.support.program import configure

POLICIES: Sequence[Rule] = (
    DEFAULT_BLOCK,
    BLOCKS_BEFORE_ALLOWS,
    BAD_PATHS_FIRST,
    SOCKET_IO_ALLOWED,
)
LOOK_ALIKES = [
    "/socket.iox",
    "/socket.io-admin/x",
    "/socket.iox/socket.io/",
    "/SOCKET.IO/",
    "/Socket.io",
    "/%73ocket.iox",
    "/sock%65t.iox/",
]
TRAVERSALS = [
    f"{allowed}{rest}"
    for allowed in ("/socket.io", "/api", "/a")
    for rest in (
        "/../admin",
        "/%2e%2e/admin",
        "/%2E%2E/admin",
        "/.%2E/admin",
        "/%252e%252e/admin",
        "/%252E%252E%252Fadmin",
        "/..;/admin",
        "/;x/admin",
        "\\..\\admin",
        "/%5c..%5Cadmin",
        "//admin",
        "/x%2Fadmin",
        "/x%00",
    )
]
TRANSFORMED: dict[str, Callable[[str], str]] = {
    "NONE": lambda path: path,
    "LOWERCASE": str.lower,
    "URL_DECODE": unquote,
    "NORMALIZE_PATH": normpath,
}


def _true(statement: Mapping[str, Any], path: str, other: bool) -> bool:
    """Whether AWS WAF finds *statement* true; *other* answers for what is not the path."""
    ((kind, body),) = statement.items()
    if kind == "orStatement":
        return any(_true(each, path, other) for each in body["statements"])
    if kind == "andStatement":
        return all(_true(each, path, other) for each in body["statements"])
    if kind == "notStatement":
        return not _true(body["statement"], path, other)
    if kind != "byteMatchStatement" or "uriPath" not in body["fieldToMatch"]:
        return other
    seen, text = path, body["searchString"]
    for step in body["textTransformations"]:
        seen = TRANSFORMED[step["type"]](seen)
    found = {
        "EXACTLY": seen == text,
        "STARTS_WITH": seen.startswith(text),
        "ENDS_WITH": seen.endswith(text),
        "CONTAINS": text in seen,
    }
    return bool(found[body["positionalConstraint"]])


def _lets_through(acl: Resource, path: str, other: bool) -> bool:
    for each in sorted(acl.props["rules"], key=lambda rule: float(rule["priority"])):
        if "count" not in each["action"] and _true(each["statement"], path, other):
            return "allow" in each["action"]
    return "allow" in acl.props["defaultAction"]


def _open_to(acl: Resource) -> list[str]:
    return [
        path
        for path in (*LOOK_ALIKES, *TRAVERSALS)
        if any(_lets_through(acl, path, other) for other in (True, False))
    ]


def _bad(pick: random.Random) -> dict[str, Any]:
    """The block of bad paths, as it should be or almost."""
    texts = pick.sample(BAD_PATHS, len(BAD_PATHS) - pick.choice([0, 0, 0, 1]))
    steps = pick.choice([["LOWERCASE"], ["LOWERCASE"], ["NONE"], ["URL_DECODE", "LOWERCASE"]])
    almost = either(*(match(text, "CONTAINS", *steps) for text in texts))
    return pick.choice([BAD, BAD, almost, both(BAD, GEO)])


def _leaf(pick: random.Random) -> dict[str, Any]:
    texts = ["/", "/a", "/api", "/api/", "/socket", "/socket.io", "/socket.io/", "/%", ".io"]
    position = pick.choice(["EXACTLY", "EXACTLY", "STARTS_WITH", "ENDS_WITH", "CONTAINS"])
    step = pick.choice(["NONE", "NONE", "NONE", *TRANSFORMED])
    return pick.choice([match(pick.choice(texts), position, step), GEO, IP_SET])


def _statement(pick: random.Random, depth: int = 2) -> dict[str, Any]:
    shape = pick.choice(["leaf", "leaf", "or", "and", "not"]) if depth else "leaf"
    if shape == "leaf":
        return _leaf(pick)
    if shape == "not":
        return no(_statement(pick, depth - 1))
    join = either if shape == "or" else both
    return join(*(_statement(pick, depth - 1) for _ in range(2)))


def _acl(pick: random.Random) -> Resource:
    """A web ACL near to a good one: each part is now and then wrong."""
    bad_action = pick.choice([BLOCK, BLOCK, BLOCK, BLOCK, COUNT])
    rules = [
        rule("bad", pick.choice([1, 1, 1, 1, 9]), _bad(pick), bad_action),
        rule("ws", 5, pick.choice([SOCKET_IO, SOCKET_IO, _statement(pick)]), ALLOW),
        *(rule(f"allow-{n}", 6 + n, _statement(pick), ALLOW) for n in range(pick.randint(0, 2))),
    ]
    pick.shuffle(rules)
    return web_acl(*rules, defaultAction=pick.choice([BLOCK] * 9 + [ALLOW]))


@pytest.mark.parametrize("seed", range(3))
def test_what_the_pack_accepts_holds(seed: int) -> None:
    """S0-18: of many web ACLs none that passes lets a look-alike or a traversal through."""
    configure("production", STAGE)
    pick = random.Random(seed)
    acls = [_acl(pick) for _ in range(500)]
    accepted = [acl for acl in acls if not any(p for r in POLICIES for p in r.messages(acl))]

    assert [(acl.props["rules"], gaps) for acl in accepted if (gaps := _open_to(acl))] == []
    assert len(accepted) >= 15, "too few to prove anything"
    assert sum(bool(_open_to(acl)) for acl in acls[:50]) >= 25, "the attacks are too weak"


def test_what_the_pack_accepts_serves_websockets() -> None:
    """S0-18: whatever passes lets the websocket path through, from every country and address."""
    configure("production", STAGE)
    pick = random.Random(3)
    acls = [_acl(pick) for _ in range(300)]
    accepted = [acl for acl in acls if not any(SOCKET_IO_ALLOWED.messages(acl))]

    assert len(accepted) >= 30
    for acl in accepted:
        for path in ("/socket.io", "/socket.io/", "/socket.io/x"):
            assert all(_lets_through(acl, path, other) for other in (True, False))
