"""Requests by least outstanding requests, websockets by round robin with slow start."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.policies.entrance import LOR, group, later, listener, routed, rule
from tests.policies.judging import fired, stage

REQUESTS = {"load_balancing_algorithm_type": LOR, "slow_start": 0}
SOCKETS = {"load_balancing_algorithm_type": "round_robin", "slow_start": 60}
LEAST, RAMP = "routing-http-least-outstanding", "routing-websocket-slow-start"
NO_WEBSOCKET = stage(routing={"websocket": None})


def _two(http: dict[str, Any] = REQUESTS, ws: dict[str, Any] = SOCKETS) -> Callable[[], None]:
    """Two groups and a rule each, as they should be but for what is given."""

    def program() -> None:
        rule("allow", group("http", **http), ["/api", "/api/*"])
        rule("websocket", group("ws", **ws), ["/socket.io", "/socket.io/*"])

    return program


@pytest.mark.parametrize("preview", [True, False])
def test_two_groups_pass(preview: bool) -> None:
    """S3-09, S3-10: least outstanding requests and slow start, one group each."""
    assert routed(_two(), preview=preview) == []


@pytest.mark.parametrize("algorithm", [None, "round_robin", "weighted_random"])
def test_requests_want_least_outstanding(algorithm: str | None) -> None:
    """S3-09: a group of requests with another algorithm, or AWS's default, is refused."""
    found = routed(_two(http={"load_balancing_algorithm_type": algorithm}))

    assert fired(found) == {(LEAST, "http")}
    assert f"loadBalancingAlgorithmType {algorithm or 'round_robin'} spreads" in found[0].message
    assert f"{LOR} with slowStart 0 passes" in found[0].message


def test_a_default_action_is_a_route_too() -> None:
    """S3-09: the group that a listener forwards to by default takes requests."""

    def program() -> None:
        web = group("web")
        listener("http", {"type": "forward", "target_group_arn": web.arn})

    assert fired(routed(program, config=NO_WEBSOCKET)) == {(LEAST, "web")}


@pytest.mark.parametrize("config", [stage(), NO_WEBSOCKET])
def test_a_group_that_nothing_reaches_is_not_judged(config: dict[str, Any]) -> None:
    """S3-09: which algorithm is right follows from the listener rules."""
    assert routed(lambda: group("idle"), config=config) == []


def test_groups_of_network_load_balancers_are_not_judged() -> None:
    """S3-09: a TCP group has no algorithm."""

    def program() -> None:
        tcp = group("tcp", protocol="TCP")
        listener("tcp", {"type": "forward", "target_group_arn": tcp.arn}, protocol="TCP")

    assert routed(program) == []


@pytest.mark.parametrize("slow_start", [30, 900])
def test_slow_start_from_30_to_900_passes(slow_start: int) -> None:
    """S3-10: both ends of AWS's range; round robin may be left to AWS's default."""
    assert routed(_two(ws={"slow_start": slow_start})) == []


@pytest.mark.parametrize("slow_start", [None, 0, 29, 901])
def test_websockets_want_slow_start(slow_start: int | None) -> None:
    """S3-10, S2-14: no slow start, or one that AWS refuses, on the websocket path is refused."""
    found = routed(_two(ws={"slow_start": slow_start}))

    assert fired(found) == {(RAMP, "ws")}
    assert f"round_robin with slowStart {slow_start or 0} s" in found[0].message
    assert "round_robin with slowStart 60 passes" in found[0].message


def test_websockets_want_round_robin() -> None:
    """S3-10: least outstanding requests sends every new connection to the emptiest task."""
    found = routed(_two(ws=REQUESTS))

    assert fired(found) == {(RAMP, "ws")}
    assert f"{LOR} with slowStart 0 s on the websocket path" in found[0].message
    both = routed(_two(ws={**REQUESTS, "slow_start": 60}))
    assert fired(both) == {(RAMP, "ws"), ("routing-lor-xor-slow-start", "ws")}


def test_the_stage_says_the_advised_slow_start() -> None:
    """S3-10: the value that the stage declares is the one advised."""
    declared = stage(routing={"websocket": {"path": "/socket.io", "slowStart": 90}})
    found = routed(_two(ws={"slow_start": 0}), config=declared)

    assert "round_robin with slowStart 90 passes" in found[0].message


@pytest.mark.parametrize("paths", [["/socket.io"], ["/socket.io/*"], ["/socket.io*"]])
def test_every_pattern_of_the_path_counts(paths: list[str]) -> None:
    """S3-10: a rule is the websocket's by the path itself or by what is below it."""

    def program() -> None:
        rule("websocket", group("ws", **REQUESTS), paths)

    assert fired(routed(program)) == {(RAMP, "ws")}


@pytest.mark.parametrize("properties", [REQUESTS, SOCKETS])
@pytest.mark.parametrize("paths", [["/socket.iox"], ["/*"], ["/socket.iox/*", "/api"]])
def test_without_a_websocket_rule_connections_are_lost_among_requests(
    paths: list[str], properties: dict[str, Any]
) -> None:
    """S3-10: no rule has the path, so each group that is reached says which rule to add."""

    def program() -> None:
        rule("allow", group("http", **properties), paths)

    found = routed(program)
    assert fired(found) == {(RAMP, "http")}
    assert "no listener rule has the websocket path /socket.io" in found[0].message
    assert "Add a rule of /socket.io and /socket.io/* that forwards" in found[0].message
    assert "a group of its own with round_robin and slowStart 60" in found[0].message


def test_the_rule_of_the_lowest_priority_number_has_the_path() -> None:
    """S3-09, S3-10: an allowed path below the websocket's, of a later rule, is one of requests."""

    def program(first: int, second: int) -> None:
        web = listener("web", {"type": "fixed-response"})
        rule("allow", group("http", **REQUESTS), ["/socket.io/status"], web, second)
        rule("websocket", group("ws", **SOCKETS), ["/socket.io", "/socket.io/*"], web, first)

    assert routed(lambda: program(1, 10)) == []
    assert fired(routed(lambda: program(10, 1))) == {(LEAST, "ws"), (RAMP, "http")}


def test_each_listener_has_its_own_first_rule() -> None:
    """S3-10: the rules of two listeners do not stand in each other's way."""

    def program() -> None:
        for name, properties in (("right", SOCKETS), ("wrong", REQUESTS)):
            of = listener(name, {"type": "fixed-response"})
            rule(name, group(f"{name}-ws", **properties), ["/socket.io"], of)

    assert fired(routed(program)) == {(RAMP, "wrong-ws")}


def test_one_group_for_both_is_told_to_split() -> None:
    """S3-09, S3-10: whichever algorithm one group has, the other use is refused."""

    def program(properties: dict[str, Any]) -> None:
        web = group("web", **properties)
        rule("allow", web, ["/api/*"])
        rule("websocket", web, ["/socket.io/*"])

    sockets_right = routed(lambda: program(SOCKETS))
    assert fired(sockets_right) == {(LEAST, "web")}
    assert "Give the websocket path a target group of its own" in sockets_right[0].message
    assert fired(routed(lambda: program(REQUESTS))) == {(RAMP, "web")}


@pytest.mark.parametrize("key", ["load_balancing_algorithm_type", "slow_start"])
def test_unknown_values_are_violations(key: str) -> None:
    """S3-10: what only the update knows cannot be verified."""

    def program() -> None:
        unknown = later().apply(len) if key == "slow_start" else later()
        _two(ws={**SOCKETS, key: unknown})()

    found = [finding for finding in routed(program) if finding.policy == RAMP]
    assert fired(found) == {(RAMP, "ws")}
    assert "is not known before the update" in found[0].message


def test_an_unknown_path_is_a_violation() -> None:
    """S3-09, S3-10: without a rule's paths nobody can say which group has the websockets."""

    def program() -> None:
        rule("allow", group("http", **REQUESTS), [later()])

    assert fired(routed(program)) == {(LEAST, "http"), (RAMP, "http")}


def test_without_facts_nothing_is_judged() -> None:
    """S3-09: a stage says whether there are websockets and where; another program has none."""
    program = _two(http=SOCKETS, ws=REQUESTS)

    assert routed(program, config={}, name="dev") == []
