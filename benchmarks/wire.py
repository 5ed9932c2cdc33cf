"""HTTP/1.1 over raw sockets, which costs a client less than a proxy's work costs the proxy."""

import selectors
import socket
import time
from dataclasses import dataclass

from sandbox.errors import SandboxError

BODY = b"as the benchmark expects it"
PATIENCE = 60.0  # seconds for one answer
_CHUNK = 65536


@dataclass(frozen=True)
class Load:
    """What so many requests took."""

    seconds: float
    latencies: list[float]

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds


@dataclass
class _Connection:
    socket: socket.socket
    sent: float = 0.0
    read: bytes = b""

    def ask(self, request: bytes) -> None:
        self.sent, self.read = time.perf_counter(), b""
        self.socket.sendall(request)

    def answered(self) -> bool:
        """Takes over what has come; whether that is all."""
        data = self.socket.recv(_CHUNK)
        self.read += data
        if not data or not self.read.startswith(b"HTTP/1.1 200"[: len(self.read)]):
            found = self.read.split(b"\r\n")[0].decode(errors="replace")
            raise SandboxError(f"the load was answered {found or 'with a closed connection'!r}")
        return self.read.endswith(BODY)


def load(port: int, path: str, requests: int, connections: int) -> Load:
    """So many GETs of 127.0.0.1:`port`: the next on a connection once the last is answered.

    Raises SandboxError for anything but 200 with BODY.
    """
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    open_ = [
        _Connection(socket.create_connection(("127.0.0.1", port), PATIENCE))
        for _ in range(min(connections, requests))
    ]
    try:
        return _run(open_, request, requests)
    except OSError as error:
        raise SandboxError(f"the load was broken off: {error}") from error
    finally:
        for connection in open_:
            connection.socket.close()


def _run(connections: list[_Connection], request: bytes, requests: int) -> Load:
    found: list[float] = []
    with selectors.DefaultSelector() as selector:
        began = time.perf_counter()
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask(request)
        left = requests - len(connections)
        while len(found) < requests:
            if not (ready := selector.select(PATIENCE)):
                raise SandboxError(f"a request was not answered within {PATIENCE:.0f} s")
            for key, _ in ready:
                if key.data.answered():
                    found.append(time.perf_counter() - key.data.sent)
                    if left:
                        left -= 1
                        key.data.ask(request)
        return Load(time.perf_counter() - began, found)
