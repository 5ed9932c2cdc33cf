"""Clients that may start with long polling stay with their task."""

from typing import Any

import pytest

from tests.policies.entrance import LOR, group, later, routed, rule
from tests.policies.judging import fired, stage

FIRES = {("routing-polling-sticky", "ws")}
POLLING = stage(routing={"websocket": {"path": "/socket.io", "transport": "polling"}})


def _entrance(stickiness: Any) -> None:
    """A group of requests without stickiness, and one of websockets with what is given."""
    rule("allow", group("http", load_balancing_algorithm_type=LOR), ["/api/*"])
    rule("websocket", group("ws", slow_start=60, stickiness=stickiness), ["/socket.io/*"])


@pytest.mark.parametrize("stickiness", [None, {"type": "lb_cookie", "enabled": False}])
def test_polling_wants_stickiness(stickiness: dict[str, Any] | None) -> None:
    """S0-16: long polling without stickiness, which AWS leaves off, loses its sessions."""
    found = routed(lambda: _entrance(stickiness), config=POLLING)

    assert fired(found) == FIRES
    assert "routing.websocket.transport is polling" in found[0].message
    assert "stickiness of type lb_cookie with enabled true passes" in found[0].message


@pytest.mark.parametrize(
    "stickiness", [{"type": "lb_cookie", "enabled": True}, {"type": "lb_cookie"}]
)
@pytest.mark.parametrize("preview", [True, False])
def test_stickiness_passes(stickiness: dict[str, Any], preview: bool) -> None:
    """S0-16: a block that does not turn stickiness off has it on; requests need none."""
    assert routed(lambda: _entrance(stickiness), config=POLLING, preview=preview) == []


def test_websockets_alone_need_no_stickiness() -> None:
    """S0-16: a websocket stays with the task that accepted it."""
    assert routed(lambda: _entrance(None)) == []


def test_unknown_stickiness_is_a_violation() -> None:
    """S0-16: stickiness that only the update knows cannot be verified."""
    unknown = {"type": "lb_cookie", "enabled": False}
    found = routed(lambda: _entrance({**unknown, "enabled": later().apply(bool)}), config=POLLING)

    assert fired(found) == FIRES
    assert "stickiness.enabled is not known before the update" in found[0].message


def test_without_facts_nothing_is_judged() -> None:
    """S0-16: only a stage says that clients may poll."""
    assert routed(lambda: _entrance(None), config={}, name="dev") == []
