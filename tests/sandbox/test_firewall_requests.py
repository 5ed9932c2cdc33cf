"""Requests that clients send a little otherwise: other upgrades, many headers, old versions."""

from collections.abc import Iterator

import pytest

from tests.support.firewall import Guard, guarded, shipped_web_acl
from tests.support.raw_http import ask, connected

pytestmark = pytest.mark.sandbox
WEBSOCKET = (
    "Connection: Upgrade", "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)  # fmt: skip


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guard]:
    acls = {"production": shipped_web_acl("production")}
    with guarded(tmp_path_factory.mktemp("firewall"), acls) as guard:
        yield guard


@pytest.mark.parametrize("token", ["TLS/1.2", "h2c", "websocketx", "web", "TLS/1.2, foo"])
def test_other_upgrades_are_as_if_unasked(guard: Guard, token: str) -> None:
    """Clients that offer another protocol are served, or refused, as without the offer (S0-18)."""
    offer = ("Connection: Upgrade", f"Upgrade: {token}")
    answers = [ask(guard.ports["production"], t, headers=offer) for t in (b"/api", b"/admin")]
    assert [answer.status for answer in answers] == [200, 403]
    assert guard.target.take() == [b"/api"]


@pytest.mark.parametrize("token", ["WebSocket", "TLS/1.2, websocket"])
def test_a_websocket_may_be_asked_for_otherwise(guard: Guard, token: str) -> None:
    """Capitals, and another protocol beside it, are an upgrade to websocket all the same."""
    answer = ask(guard.ports["production"], b"/api", headers=(*WEBSOCKET, f"Upgrade: {token}"))
    assert answer.status == 101
    assert guard.target.take() == [b"/api"]


def test_headers_are_not_counted(guard: Guard) -> None:
    """Their size has a limit, and not their number: an ALB has none either."""
    many = tuple(f"X-{number}: 1" for number in range(500))
    assert ask(guard.ports["production"], b"/api", headers=many).status == 200
    assert guard.target.take() == [b"/api"]


@pytest.mark.parametrize("version", [b" HTTP/1.0", b""])
def test_old_versions_are_refused(guard: Guard, version: bytes) -> None:
    """S0-18: HTTP/1.0 and 0.9 get 400 and their reason; no target is called malformed."""
    for target in (b"/api", b"/admin"):
        with connected(guard.ports["production"]) as connection:
            connection.send(b"GET " + target + version + b"\r\nHost: h\r\n\r\n")
            answer = connection.answer()
            assert (answer.status, answer.headers["x-refused-by"]) == (400, "firewall")
            assert b"no HTTP version from 1.1 on" in answer.body
    assert guard.target.take() == []
