"""The rate-based rule, counted by Envoy."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.emulator import until
from tests.support.firewall import Guard, guarded, shipped_web_acl
from tests.support.raw_http import LIMIT, ask, connected
from tests.support.web_acls import ALLOW, COUNT, WebAcl, rate, rule, web_acl

pytestmark = pytest.mark.sandbox


def limited(limit: int = 10, seconds: int = 600) -> WebAcl:
    """The shipped web ACL with another rate."""
    acl = shipped_web_acl("production")
    first, *others = acl["Rules"]
    return {**acl, "Rules": [{**first, "Statement": rate(limit, seconds)}, *others]}


@pytest.fixture
def guard(tmp_path: Path) -> Iterator[Guard]:
    counting = web_acl(rule("rate", rate(10, 600), COUNT), default=ALLOW)
    with guarded(tmp_path, {"limited": limited(), "counting": counting}) as guard:
        yield guard


def statuses(guard: Guard, target: bytes, times: int, source: str = "127.0.0.1") -> list[int]:
    return [ask(guard.ports["limited"], target, source).status for _ in range(times)]


def test_an_address_is_blocked_beyond_the_limit(guard: Guard) -> None:
    """Ten requests pass, the eleventh gets 429 and the reason; another address is free (S0-19)."""
    assert statuses(guard, b"/api", 10) == [200] * 10
    answer = ask(guard.ports["limited"], b"/api", headers=("X-Forwarded-For: 10.0.0.1",))
    assert answer.status == 429
    assert answer.body.startswith(b"Refused by the firewall: too many requests")
    assert answer.headers["x-refused-by"] == "firewall"
    assert statuses(guard, b"/api", 2, "127.0.0.2") == [200, 200]
    assert len(guard.target.take()) == 12


def test_the_rate_comes_before_the_paths(guard: Guard) -> None:
    """Refused requests count too, and beyond the limit a bad path is a rate's affair."""
    assert statuses(guard, b"/api/../admin", 10) == [403] * 10
    assert statuses(guard, b"/api/../admin", 1) == [429]
    assert statuses(guard, b"/api", 1) == [429]
    assert guard.target.take() == []


def test_changed_routes_forget_no_count(guard: Guard) -> None:
    """A change of the routes leaves the counts; a change of the rule begins anew, as on AWS."""
    assert statuses(guard, b"/api", 11)[-1] == 429
    guard.set("limited", limited(), mark="-changed")
    assert statuses(guard, b"/api", 1) == [429]
    guard.set("limited", limited(limit=12))
    assert statuses(guard, b"/api", 13) == [200] * 12 + [429]


def test_a_blocked_address_is_free_again_when_its_rate_falls(guard: Guard) -> None:
    """The window is of sandbox seconds: 60 of them at 20 times the speed are 3 s."""
    guard.set("limited", limited(seconds=60), speed=20.0)
    port = guard.ports["limited"]

    def blocked() -> bool | None:
        with connected(port) as connection:
            return 429 in [connection.ask(b"/api").status for _ in range(11)] or None

    def free() -> bool | None:
        time.sleep(3)  # a blocked request counts too, so that asking on would keep it blocked
        return ask(port, b"/api").status == 200 or None

    until(blocked, "the address is blocked", seconds=LIMIT)
    until(free, "the address is free", seconds=LIMIT)


def test_a_counting_rate_blocks_nothing(guard: Guard) -> None:
    """With the action Count a rate is in the log alone."""
    answers = [ask(guard.ports["counting"], b"/x").status for _ in range(12)]
    assert answers == [200] * 12
    counted = [line["countedRules"] for line in guard.log(12)]
    assert counted == [None] * 10 + ["rate", "rate"]
