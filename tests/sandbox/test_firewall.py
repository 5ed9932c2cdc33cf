"""The shipped web ACLs, enforced by Envoy itself before a target that keeps what it sees."""

from collections.abc import Iterator

import pytest

from tests.support.firewall import Guard, guarded, shipped_web_acl
from tests.support.hostile_paths import MALFORMED, REFUSED
from tests.support.raw_http import ask, connected
from tests.support.web_acls import ALLOW, BLOCK, match, rule, web_acl

pytestmark = pytest.mark.sandbox
STAGES = ("staging", "production")
ALLOWED = (
    "/", "/?q=..//x", "/api", "/api/", "/api?x=/../", "/api/users/7", "/api/A-b_c~d.e",
    "/api/a%20b", "/api/%e2%82%ac", "/api/x?next=%2e%2e%2f;a=1", "/api/a,b:c@d!$&'()*+=",
    '/api/"<>^`{|}', "/api/%", "/assets", "/assets/app.js?v=1", "/assets/css/a.b.css",
    "/api/" + "long/" * 1000,
)  # fmt: skip
SOCKET_IO = (
    "/socket.io/?EIO=4&transport=polling",
    "/socket.io/?EIO=4&transport=polling&sid=lv_VI97HAXpY6yYWAAAC",
    "/socket.io/?EIO=4&transport=websocket",
    "/socket.io?EIO=4&transport=polling",
)
UPGRADE = (
    "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)  # fmt: skip
EVERYTHING = web_acl(default=ALLOW)


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guard]:
    acls = {stage: shipped_web_acl(stage) for stage in STAGES}
    # A web ACL that allows whatever it does not block shows what never comes to be judged.
    lenient = web_acl(rule("no-admin", match("/admin", "STARTS_WITH"), BLOCK), default=ALLOW)
    with guarded(
        tmp_path_factory.mktemp("firewall"),
        {**acls, "lenient": lenient, "everything": EVERYTHING, "none": None},
    ) as guard:
        yield guard


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("family", REFUSED)
def test_hostile_paths_are_refused(guard: Guard, stage: str, family: str) -> None:
    """S0-18: each hostile path gets 403 with the clear text, and no task sees it (S0-19)."""
    for target in REFUSED[family]:
        answer = ask(guard.ports[stage], target)
        assert (target, answer.status) == (target, 403)
        assert answer.body.startswith(b"Refused by the firewall: ")
        assert answer.headers["x-refused-by"] == "firewall"
        assert answer.headers["content-type"] == "text/plain"
    assert guard.target.take() == []


@pytest.mark.parametrize("listener", ["production", "everything"])
@pytest.mark.parametrize("family", MALFORMED)
def test_malformed_targets_are_refused(guard: Guard, listener: str, family: str) -> None:
    """Bytes that no request target has get 400 even where everything is allowed (S0-19)."""
    for target in MALFORMED[family]:
        assert (target, ask(guard.ports[listener], target).status) == (target, 400)
    assert guard.target.take() == []


@pytest.mark.parametrize("stage", STAGES)
def test_allowed_paths_pass_unchanged(guard: Guard, stage: str) -> None:
    """Every allowed path passes, and the task sees the very bytes that were sent (S0-18)."""
    with connected(guard.ports[stage]) as connection:
        for target in ALLOWED:
            assert (target, connection.ask(target.encode()).status) == (target, 200)
    assert guard.target.take() == [target.encode() for target in ALLOWED]


def test_no_path_is_normalized_on_its_way(guard: Guard) -> None:
    """Where everything is allowed a task sees the hostile paths as they were sent, to the byte."""
    families = {k: v for k, v in REFUSED.items() if k not in ("absolute form", "asterisk form")}
    sent = [target for family in families.values() for target in family]
    with connected(guard.ports["everything"]) as connection:
        for target in sent:
            assert (target, connection.ask(target).status) == (target, 200)
    assert guard.target.take() == sent


@pytest.mark.parametrize("stage", STAGES)
def test_polling_passes(guard: Guard, stage: str) -> None:
    """S0-18: Socket.IO's polling requests, GET and POST, reach a task."""
    with connected(guard.ports[stage]) as connection:
        for target in SOCKET_IO:
            for method in ("GET", "POST"):
                headers = ("Content-Length: 0",) if method == "POST" else ()
                answer = connection.ask(target.encode(), method=method, headers=headers)
                assert (target, answer.status) == (target, 200)
    assert len(guard.target.take()) == 2 * len(SOCKET_IO)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("path", ["/socket.io/", "/socket.io"])
def test_websockets_pass(guard: Guard, stage: str, path: str) -> None:
    """S0-18: the upgrade of Socket.IO's websocket transport reaches a task, and its frames do."""
    target = f"{path}?EIO=4&transport=websocket".encode()
    with connected(guard.ports[stage]) as connection:
        assert connection.ask(target, headers=UPGRADE).status == 101
        assert connection.read(5) == b"frame"
    assert guard.target.take() == [target]


def test_upgrades_elsewhere_are_refused(guard: Guard) -> None:
    """An upgrade opens no path that the web ACL keeps shut (S0-18)."""
    for target in (b"/admin", b"/socket.iox/", b"/socket.io/../admin"):
        assert ask(guard.ports["production"], target, headers=UPGRADE).status == 403
    assert guard.target.take() == []


def test_headers_do_not_change_what_is_judged(guard: Guard) -> None:
    """Headers that name another path count for nothing (S0-18)."""
    for name in ("X-Envoy-Original-Path", "X-Original-URL", "X-Rewrite-URL", ":path"):
        answer = ask(guard.ports["production"], b"/admin", headers=(f"{name}: /api",))
        assert answer.status in (400, 403)
    assert guard.target.take() == []


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PURGE"])
def test_every_method_is_judged(guard: Guard, method: str) -> None:
    """A path that is not allowed is refused by any method (S0-18)."""
    assert ask(guard.ports["production"], b"/admin", method=method).status in (400, 403)
    assert guard.target.take() == []


@pytest.mark.parametrize("target", [b"service.test:443", b"/api", b"*"])
def test_connect_reaches_no_task(guard: Guard, target: bytes) -> None:
    """CONNECT has no path to judge, so it is refused at once."""
    assert ask(guard.ports["production"], target, method="CONNECT").status in (400, 403)
    assert guard.target.take() == []


def test_two_requests_in_one_packet_are_both_judged(guard: Guard) -> None:
    """A request in the wake of an allowed one is judged by itself (S0-18)."""
    with connected(guard.ports["production"]) as connection:
        connection.send(
            b"".join(b"GET /%s HTTP/1.1\r\nHost: h\r\n\r\n" % p for p in (b"api", b"x"))
        )
        assert [connection.answer().status, connection.answer().status] == [200, 403]
    assert guard.target.take() == [b"/api"]


def test_absolute_form_gets_round_no_block(guard: Guard) -> None:
    """Where the default allows, a block of a path is not evaded by a whole URL."""
    port = guard.ports["lenient"]
    assert [ask(port, t).status for t in (b"/admin", b"http://h/admin", b"/other")] == [
        403,
        403,
        200,
    ]
    assert guard.target.take() == [b"/other"]


def test_without_a_web_acl_nothing_is_refused(guard: Guard) -> None:
    """The filters rest where no web ACL is attached."""
    assert ask(guard.ports["none"], b"/admin/../x").status == 200
    assert guard.target.take() == [b"/admin/../x"]


def test_a_changed_web_acl_is_live_on_open_connections(guard: Guard) -> None:
    """A web ACL that is attached later judges the next request of a connection that is open."""
    with connected(guard.ports["none"]) as connection:
        assert connection.ask(b"/admin").status == 200
        guard.set("none", shipped_web_acl("staging"))
        assert connection.ask(b"/admin").status == 403
        guard.set("none", None)
        assert connection.ask(b"/admin").status == 200
    assert guard.target.take() == [b"/admin", b"/admin"]
