"""Envoy's decisions against a plain judge of web ACLs, and the log that tells of them."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from tests.support.firewall import Guard, guarded, shipped_web_acl
from tests.support.raw_http import ask, connected
from tests.support.web_acls import (
    ALLOW,
    BLOCK,
    COUNT,
    judge,
    managed,
    match,
    random_target,
    random_web_acl,
    rate,
    rule,
    web_acl,
)

pytestmark = pytest.mark.sandbox
SEEDS = range(24)
TARGETS = 40  # for each random web ACL
ENOUGH = 1_000_000_000
CUSTOM: dict[str, Any] = {"ResponseCode": 404, "CustomResponseBodyKey": "gone"}


def _shipped_without_rate() -> Any:
    acl = shipped_web_acl("production")
    first, *others = acl["Rules"]
    return {**acl, "Rules": [{**first, "Statement": rate(ENOUGH)}, *others]}


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guard]:
    acls = {f"random-{seed}": random_web_acl(seed) for seed in SEEDS}
    acls["shipped"] = _shipped_without_rate()
    acls["logged"] = web_acl(
        rule("seen", match("a"), COUNT),
        managed("CommonRuleSet"),
        rule("gone", match("b"), {"Block": {"CustomResponse": CUSTOM}}),
        rule("late", match("c"), COUNT),
        rule("fine", match("d"), ALLOW),
        default=BLOCK,
        CustomResponseBodies={"gone": {"ContentType": "TEXT_HTML", "Content": "<p>gone"}},
    )
    with guarded(tmp_path_factory.mktemp("firewall"), acls) as guard:
        yield guard


def _agree(guard: Guard, name: str, acl: Any, targets: list[str]) -> None:
    """Sends every target on one connection and compares the log to the judge."""
    with connected(guard.ports[name]) as connection:
        passed = [connection.ask(target.encode()).status == 200 for target in targets]
    lines = guard.log(len(targets))
    found = [
        (target, line["action"], line["terminatingRuleId"], line["countedRules"])
        for target, line in zip(targets, lines, strict=True)
    ]
    judged = [(target, *judge(acl, target)) for target in targets]
    assert found == [(t, action, by, ",".join(met) or None) for t, action, by, met in judged]
    assert passed == [action == "ALLOW" for _, action, _, _ in judged]
    allowed = [t.encode() for t, action, _, _ in judged if action == "ALLOW"]
    assert guard.target.take() == allowed


@pytest.mark.parametrize("seed", SEEDS)
def test_random_web_acls_are_judged_as_on_aws(guard: Guard, seed: int) -> None:
    """Action, deciding rule and counted rules are those of an independent judge (S0-18)."""
    random = Random(seed)
    targets = [random_target(random) for _ in range(TARGETS)]
    _agree(guard, f"random-{seed}", random_web_acl(seed), targets)


def test_random_paths_are_judged_as_the_shipped_rules_say(guard: Guard) -> None:
    """Hundreds of paths around the allowed ones get the judge's decision, and no other (S0-18)."""
    random = Random(0)
    parts = (
        "/api",
        "/assets",
        "/socket.io",
        "/",
        "x",
        "..",
        "//",
        "%2E",
        "%2f",
        ";",
        "\\",
        "?",
        "A",
    )
    targets = ["/" + "".join(random.choices(parts, k=random.randint(0, 4))) for _ in range(200)]
    targets += [
        "".join(random.choices(parts[:3], k=1) + random.choices(parts, k=2)) for _ in targets
    ]
    acl = _shipped_without_rate()
    assert {judge(acl, target)[1] for target in targets} == {
        "bad-paths", "allow-websocket", "allow-paths", "Default_Action",
    }  # fmt: skip
    _agree(guard, "shipped", acl, targets)


def test_a_line_tells_what_was_decided_and_why(guard: Guard) -> None:
    """The log names rule, counted rules and what was not evaluated, and hides who a client is."""
    headers = ("Cookie: sid=secret-1", "Authorization: Bearer secret-2", "X-Api-Key: secret-3")
    answer = ask(guard.ports["logged"], b'/a"b?token=secret-4', method="POST", headers=headers)
    (line,) = guard.log(1)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "webaclId": "arn:acl",
        "httpSourceId": "111122223333-app/web/1",
        "action": "BLOCK",
        "terminatingRuleId": "gone",
        "countedRules": "seen",
        "notEvaluated": "CommonRuleSet",
        "httpMethod": "POST",
        "host": "service.test",
        "uri": '/a"b',
        "httpVersion": "HTTP/1.1",
        "clientIp": "127.0.0.1",
        "responseCode": 404,
    }
    assert (answer.status, answer.body, answer.headers["content-type"]) == (
        404, b"<p>gone", "text/html",
    )  # fmt: skip
    assert "secret" not in (guard.folder / "firewall.log").read_text()


@pytest.mark.parametrize(
    ("path", "action", "by", "counted"),
    [
        ("/acd", "ALLOW", "fine", "seen,late"),
        ("/d", "ALLOW", "fine", None),
        ("/abcd", "BLOCK", "gone", "seen"),  # decided before the rule that would have counted
        ("/c", "BLOCK", "Default_Action", "late"),
    ],
)
def test_rules_count_until_one_decides(
    guard: Guard, path: str, action: str, by: str, counted: str | None
) -> None:
    """Counting rules are named in their order, those behind the decision are not."""
    ask(guard.ports["logged"], path.encode())
    (line,) = guard.log(1)
    found = (line["action"], line["terminatingRuleId"], line["countedRules"])
    assert found == (action, by, counted)
