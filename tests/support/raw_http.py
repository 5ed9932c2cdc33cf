"""Raw requests over a socket, and a target that keeps every request line as it came."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LIMIT = 60.0  # seconds that an answer may take before a test calls it a time-out
HOST = "service.test"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Connection:
    """One connection to Envoy, on which raw requests are sent."""

    def __init__(self, port: int, source: str = "127.0.0.1") -> None:
        self._socket = socket.create_connection(
            ("127.0.0.1", port), timeout=LIMIT, source_address=(source, 0)
        )
        self._read = self._socket.makefile("rb")

    def ask(self, target: bytes, *, method: str = "GET", headers: tuple[str, ...] = ()) -> Answer:
        """The answer to a request for exactly these bytes."""
        lines = "".join(f"{header}\r\n" for header in (f"Host: {HOST}", *headers))
        self.send(method.encode() + b" " + target + b" HTTP/1.1\r\n" + lines.encode() + b"\r\n")
        return self.answer()

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def answer(self) -> Answer:
        """The next response; a silent Envoy raises TimeoutError."""
        status = int(self._read.readline().split()[1])
        lines = iter(self._read.readline, b"\r\n")
        pairs = (line.decode("latin-1").rstrip().split(": ", 1) for line in lines)
        headers = {name.lower(): value for name, value in pairs}
        return Answer(status, headers, self._read.read(int(headers.get("content-length", 0))))

    def read(self, length: int) -> bytes:
        return self._read.read(length)

    def close(self) -> None:
        self._read.close()
        self._socket.close()


@contextlib.contextmanager
def connected(port: int, source: str = "127.0.0.1") -> Iterator[Connection]:
    """A connection of the caller's own."""
    connection = Connection(port, source)
    try:
        yield connection
    finally:
        connection.close()


def ask(port: int, target: bytes, source: str = "127.0.0.1", **request: Any) -> Answer:
    """The answer to one request on a connection of its own."""
    with connected(port, source) as connection:
        return connection.ask(target, **request)


class Target(socketserver.ThreadingTCPServer):
    """A task that answers 200, takes websockets, and keeps every request line as it came."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _Requests)

    def take(self) -> list[bytes]:
        """The request targets seen since the last call."""
        seen, self.seen = self.seen, []
        return [line.split(b" ", 1)[1].rpartition(b" ")[0] for line in seen]


class _Requests(socketserver.StreamRequestHandler):
    server: Target

    def handle(self) -> None:
        while line := self.rfile.readline():
            self.server.seen.append(line)
            headers = [field.lower() for field in iter(self.rfile.readline, b"\r\n")]
            length = next((int(h[15:]) for h in headers if h.startswith(b"content-length:")), 0)
            self.rfile.read(length)
            if any(header.startswith(b"upgrade: websocket") for header in headers):
                self.wfile.write(
                    b"HTTP/1.1 101 Switching Protocols\r\n"
                    b"connection: upgrade\r\nupgrade: websocket\r\n\r\nframe"
                )
                return
            self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nserved")


@contextlib.contextmanager
def serving() -> Iterator[Target]:
    """A target of the caller's own, ended afterwards."""
    target = Target()
    threading.Thread(target=target.serve_forever, daemon=True).start()
    try:
        yield target
    finally:
        target.shutdown()
        target.server_close()
