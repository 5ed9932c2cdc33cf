"""The firewall before HTTP/2, where a request target is free of HTTP/1.1's grammar."""

import socket
from collections.abc import Iterator

import pytest

from tests.support.firewall import Guard, guarded, shipped_web_acl
from tests.support.raw_http import HOST, LIMIT
from tests.support.web_acls import ALLOW, web_acl

pytestmark = pytest.mark.sandbox
# RFC 9113: frame types, and the flags END_STREAM | END_HEADERS.
DATA, HEADERS, SETTINGS, WHOLE = 0, 1, 4, 0x05
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SMUGGLED = b"/api HTTP/1.1\r\nHost: service.test\r\n\r\nGET /admin"


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guard]:
    acls = {"production": shipped_web_acl("production"), "everything": web_acl(default=ALLOW)}
    with guarded(tmp_path_factory.mktemp("firewall"), acls) as guard:
        yield guard


def frame(kind: int, stream: int, payload: bytes = b"", flags: int = 0) -> bytes:
    return len(payload).to_bytes(3) + bytes([kind, flags]) + stream.to_bytes(4) + payload


def literal(name: bytes, value: bytes) -> bytes:
    """A header field without indexing or Huffman code (RFC 7541, 6.2.2), up to 126 bytes each."""
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


def ask(port: int, path: bytes) -> bytes:
    """The body of the answer, of HTTP/2's own refusal none; a silent Envoy raises TimeoutError."""
    fields = {b":method": b"GET", b":scheme": b"http", b":authority": HOST.encode(), b":path": path}
    block = b"".join(literal(*each) for each in fields.items())
    body, ends = b"", 0
    with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as connection:
        connection.sendall(PREFACE + frame(SETTINGS, 0) + frame(HEADERS, 1, block, WHOLE))
        reader = connection.makefile("rb")
        while not ends and (head := reader.read(9)):
            payload = reader.read(int.from_bytes(head[:3]))
            if head[3] in (DATA, HEADERS):
                body += payload if head[3] == DATA else b""
                ends = head[4] & 1
    return body


def test_an_allowed_path_passes(guard: Guard) -> None:
    """A plain request over HTTP/2 reaches the task as it was sent."""
    assert ask(guard.ports["production"], b"/api/x?y=1") == b"served"
    assert guard.target.take() == [b"/api/x?y=1"]


@pytest.mark.parametrize(
    "path",
    [
        b"",
        b"api",
        b"*",
        b"http://h/api",
        b"?x",
        b"/api/ x",
        b"/\0",
        b"/x\r\nX: y",
        b"/\x7f",
        SMUGGLED,
    ],
)
def test_no_targets_reach_no_task(guard: Guard, path: bytes) -> None:
    """What is no target in HTTP/2 ends the connection, even where everything is allowed (S0-18)."""
    assert ask(guard.ports["everything"], path) == b""
    assert guard.target.take() == []


@pytest.mark.parametrize("path", [b"/#x", b"/api/\x80", b"/api/\xc0\xae", "/äpi".encode()])
def test_malformed_targets_are_answered(guard: Guard, path: bytes) -> None:
    """What HTTP/2 lets through and no URL has is refused in words (S0-18, 19)."""
    answer = ask(guard.ports["everything"], path)
    assert answer.startswith(b"Refused by the firewall: the request target is malformed")
    assert guard.target.take() == []


@pytest.mark.parametrize("path", [b"/admin", b"/api/../admin", b"/api/%2e%2e/admin", b"/api//x"])
def test_hostile_paths_are_answered(guard: Guard, path: bytes) -> None:
    """The web ACL judges HTTP/2 alike (S0-18, 19)."""
    assert ask(guard.ports["production"], path).startswith(b"Refused by the firewall: this path")
    assert guard.target.take() == []
