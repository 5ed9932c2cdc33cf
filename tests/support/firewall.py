"""An Envoy that stands behind web ACLs, a target that keeps what it sees, and raw requests."""

import contextlib
import json
import socket
import socketserver
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

from infra.stack import build
from sandbox.dataplane import firewall
from sandbox.dataplane.envoy import Envoy
from sandbox.dataplane.resources import (
    CLUSTER,
    FILTERS,
    LISTENER,
    ROUTES,
    Files,
    Resource,
    address,
    extension,
    typed,
)
from sandbox.provider.wafv2.web_acls import WEB_ACL
from tests.support.emulator import free_port, until
from tests.support.program import register
from tests.support.stages import shipped

LIMIT = 60.0  # seconds that an answer may take before a test calls it a time-out
HOST = "service.test"
WebAcl = dict[str, Any]


@cache
def shipped_web_acl(stage: str) -> WebAcl:
    """The web ACL of a shipped stage, as boto3's get_web_acl would answer with it."""
    settings = shipped(stage)
    program = register(lambda: build(settings), stage=stage)
    (request,) = WEB_ACL.requests(_whole(program.one("aws:wafv2/webAcl:WebAcl").inputs))
    return {"ARN": f"arn:aws:wafv2:eu-west-1:111122223333:{stage}", **request.parameters}


def _whole(value: Any) -> Any:
    """`value` with whole numbers, which the engine makes of Pulumi's floats."""
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _whole(item) for name, item in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


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


@dataclass
class Guard:
    """One Envoy with a listener for each web ACL, by name."""

    envoy: Envoy
    files: Files
    target: Target
    folder: Path
    ports: Mapping[str, int]
    _read: int = field(default=0)

    def set(self, name: str, web_acl: WebAcl | None, speed: float = 1.0, mark: str = "") -> None:
        """Guard the listener `name` with another web ACL; its listener itself stays."""
        version = self.files.write(f"routes-{name}", [_routes(name, web_acl, speed, mark)])
        self.until_live(name, version)

    def until_live(self, name: str, version: str) -> None:
        """Wait until Envoy has taken over this version of the routes of `name`."""

        def live() -> bool | None:
            found = self.envoy.stats(f"^http.{name}.rds.{name}.version_text")
            return True if version in found.values() else None

        until(live, f"the routes of {name} are live", seconds=LIMIT)

    def log(self, lines: int) -> list[dict[str, Any]]:
        """The next lines of the decision log."""
        file = self.folder / "firewall.log"

        def written() -> list[str] | None:
            found = file.read_text().splitlines()[self._read :] if file.exists() else []
            return found if len(found) >= lines else None

        found = cast(list[str], until(written, f"{lines} decisions are logged", seconds=LIMIT))
        self._read += len(found)
        return [json.loads(line) for line in found]


@contextlib.contextmanager
def guarded(folder: Path, web_acls: Mapping[str, WebAcl | None]) -> Iterator[Guard]:
    """An Envoy of the caller's own, before one target."""
    target = Target()
    threading.Thread(target=target.serve_forever, daemon=True).start()
    files = Files(folder / "envoy")
    files.write("clusters", [_cluster(target.server_address[1])])
    ports = {name: free_port() for name in web_acls}
    versions = {
        name: files.write(f"routes-{name}", [_routes(name, web_acl, 1.0, "")])
        for name, web_acl in web_acls.items()
    }
    listeners = [_listener(name, acl, ports[name], files, folder) for name, acl in web_acls.items()]
    files.write("listeners", listeners)
    envoy = Envoy(folder, files)
    guard = Guard(envoy, files, target, folder, ports)
    try:
        for name, version in versions.items():
            guard.until_live(name, version)
        started = "listener_manager.listener_create_success"  # with one worker, once a listener
        until(
            lambda: envoy.stats(started).get(started) == len(ports) or None,
            "Envoy listens",
            seconds=LIMIT,
        )
        yield guard
    finally:
        envoy.stop()
        target.shutdown()
        target.server_close()


def _cluster(port: int) -> Resource:
    endpoint = {"endpoint": {"address": address("127.0.0.1", port)}}
    assignment = {"cluster_name": "target", "endpoints": [{"lb_endpoints": [endpoint]}]}
    return typed(CLUSTER, name="target", type="STATIC", load_assignment=assignment)


def _routes(name: str, web_acl: WebAcl | None, speed: float, mark: str) -> Resource:
    host = {
        "name": f"all{mark}",
        "domains": ["*"],
        "routes": [{"match": {"prefix": ""}, "route": {"cluster": "target"}}],
        "typed_per_filter_config": firewall.per_route(web_acl, speed),
    }
    return typed(ROUTES, name=name, virtual_hosts=[host])


def _listener(name: str, web_acl: WebAcl | None, port: int, files: Files, folder: Path) -> Resource:
    source = files.source(f"routes-{name}")
    manager = extension(
        "manager",
        f"{FILTERS}.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix=name,
        rds={"route_config_name": name, "config_source": source},
        http_filters=[
            *firewall.http_filters(),
            extension("router", f"{FILTERS}.http.router.v3.Router"),
        ],
        upgrade_configs=[{"upgrade_type": "websocket"}],
        local_reply_config={"mappers": firewall.local_replies(web_acl)},
        access_log=firewall.access_logs(folder / "firewall.log", web_acl),
        **firewall.connection_manager(),
    )
    chains = [{"filters": [manager]}]
    return typed(LISTENER, name=name, address=address("127.0.0.1", port), filter_chains=chains)
