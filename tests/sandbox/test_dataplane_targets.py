"""Target groups: which of the healthy targets gets a request."""

import concurrent.futures
from collections import Counter

import pytest

from tests.support.emulator import until
from tests.support.entrance import Entrance, get
from tests.support.plane import entrance, plane, three
from tests.support.targets import Target

__all__ = ["entrance", "plane", "three"]
pytestmark = pytest.mark.sandbox
LEAST = {"load_balancing.algorithm.type": "least_outstanding_requests"}


def test_least_outstanding_requests_compares_all_targets(
    entrance: Entrance, three: list[Target]
) -> None:
    """S3-09: nine requests that nobody answers stand three on each target; the free one is next.

    Two targets compared at random, Envoy's default, would spread them evenly only by luck.
    """
    group = entrance.group(*three, attributes=LEAST)
    entrance.rule(group, "/*")
    entrance.until_state(group, "healthy", *three)
    url = entrance.url()
    with concurrent.futures.ThreadPoolExecutor(9) as pool:
        answers = []
        for count in range(1, 10):
            answers.append(pool.submit(get, url, "/hold"))
            until(lambda n=count: sum(t.held for t in three) == n or None, "it arrived")
        assert [target.held for target in three] == [3, 3, 3]
        three[1].let_go()
        until(lambda: three[1].held == 0 or None, "the second answered")
        assert {get(url, "/quick").body for _ in range(20)} == {three[1].address}
        for target in three:
            target.let_go()
        assert {answer.result().status for answer in answers} == {200}


def test_round_robin_takes_turns(entrance: Entrance, three: list[Target]) -> None:
    """Each of three targets gets ten of thirty requests, one after the other.

    Turns begin anew when a target's health changes, as a slow machine may make it: one more try.
    """
    group = entrance.group(*three)
    entrance.rule(group, "/*")
    entrance.until_state(group, "healthy", *three)
    url = entrance.url()
    tries = [Counter(get(url, "/").body for _ in range(30)) for _ in range(2)]
    assert dict.fromkeys([t.address for t in three], 10) in tries


def test_cookie_keeps_a_client_with_its_target(entrance: Entrance, three: list[Target]) -> None:
    """S0-16: with stickiness the cookie AWSALB decides, for its duration; without, nothing does.

    A cookie of a target that drains leads to another one.
    """
    sticky = {"stickiness.enabled": "true", "stickiness.lb_cookie.duration_seconds": "120"}
    group, free = entrance.group(*three, attributes=sticky), entrance.group(*three)
    entrance.rule(group, "/sticky")
    entrance.rule(free, "/free")
    entrance.until_state(group, "healthy", *three)
    entrance.until_state(free, "healthy", *three)
    url = entrance.url()
    first = get(url, "/sticky")
    cookie, _, rest = first.headers["set-cookie"].partition(";")
    assert cookie.startswith("AWSALB=")
    assert "Max-Age=120" in rest
    assert {get(url, "/sticky", Cookie=cookie).body for _ in range(12)} == {first.body}
    assert len({get(url, "/free", Cookie=cookie).body for _ in range(12)}) == 3
    assert "set-cookie" not in get(url, "/free").headers
    entrance.deregister(group, next(t for t in three if t.address == first.body))
    assert get(entrance.url(), "/sticky", Cookie=cookie).body != first.body
