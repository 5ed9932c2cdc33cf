"""A whole sandbox for tests of the real engine: real tasks behind a load balancer, a PostgreSQL.

    def test_it(whole: Whole, tmp_path: Path) -> None:
        live = whole.stage(tmp_path / "project", "staging", {"capacity.max": 3})
        assert live.stack.up().status == 0
        with Visitor(live.address()) as visitor:
            live.asks({"service.image": ...})
            assert live.stack.up().status != 0
        assert visitor.failed() == []

What its images do stands in tests/support/images/images.yaml.
"""

import http.client
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.settings import Settings
from sandbox import entrance, needs
from sandbox.control import Sandbox
from sandbox.paths import POLICIES, PROJECT, Root
from sandbox.state import Part, State
from tests.support.engine import made_in
from tests.support.stages import changed, config_of, shipped
from tests.support.workspace import Workspace

SPEED = 20.0  # sandbox seconds in a second: as `make up` has it
NAME = "evenkeel-staging"  # of cluster and service
IMAGES = Path(__file__).parent / "images" / "images.yaml"
PATIENCE = 60.0  # seconds for one request
EVERY = 0.1  # seconds between two requests of a visitor
MOST = 20_000  # requests of a visitor


@dataclass(frozen=True)
class Whole:
    """The sandbox of this test worker, with emulator and data plane."""

    sandbox: Sandbox

    def up(self, databases: Mapping[str, int] | None = None) -> State:
        """Starts what does not run, and databases that are asked for, by name and limit."""
        return self.sandbox.up(SPEED, databases=databases, dataplane=True)

    def stage(self, folder: Path, name: str, changes: Mapping[str, Any]) -> "Live":
        """The shipped staging stage with `changes`, an empty stack and a database called `name`."""
        base = changed(shipped("staging"), changes)
        running = self.up({name: base.database.limit.connections})
        program = (PROJECT / "__main__.py").read_text()
        stack = made_in(folder, "staging", running.url, program=program, packs=(POLICIES,))
        live = Live(self, name, stack, base)
        live.asks({})
        needs.seed(base, running.url, running.databases[name])
        return live


@dataclass(frozen=True)
class Live:
    """A stage of a whole sandbox."""

    whole: Whole
    name: str
    stack: Workspace
    base: Settings

    def asks(self, changes: Mapping[str, Any]) -> None:
        """The stage file is the base with `changes`, and nothing of earlier ones."""
        self.stack.write(config_of(changed(self.base, changes)))

    def address(self) -> str:
        """Where the load balancer stands on this machine, once all that is built is live."""
        return entrance.local(self.stack.outputs()["url"], self.whole.up(), lambda _: None)

    def database(self) -> Part:
        """The stage's PostgreSQL, started if it does not run."""
        return self.whole.up().databases[self.name]

    def service(self) -> dict[str, Any]:
        """The service as the account has it."""
        ecs = self.stack.aws("ecs")
        found: dict[str, Any] = ecs.describe_services(cluster=NAME, services=[NAME])["services"][0]
        return found

    def scale(self, tasks: int) -> None:
        """Sets the desired count, as Application Auto Scaling does."""
        self.stack.aws("ecs").update_service(cluster=NAME, service=NAME, desiredCount=tasks)

    def exit_codes(self) -> set[int]:
        """Exit codes of the service's tasks that have stopped."""
        ecs = self.stack.aws("ecs")
        arns = ecs.list_tasks(cluster=NAME, serviceName=NAME, desiredStatus="STOPPED")["taskArns"]
        found = ecs.describe_tasks(cluster=NAME, tasks=arns)["tasks"] if arns else []
        return {task["containers"][0].get("exitCode") for task in found}

    def logged(self) -> list[str]:
        """Lines that the service's tasks have written."""
        group = {"logGroupName": "/evenkeel/staging/service"}
        pages = self.stack.aws("logs").get_paginator("filter_log_events").paginate(**group)
        return [event["message"] for page in pages for event in page["events"]]

    def end(self) -> None:
        """Ends its tasks, for which others have use of the machine."""
        self.stack.aws("ecs").delete_service(cluster=NAME, service=NAME, force=True)


class Visitor:
    """Asks `/api/whoami` all the time it is entered, MOST times at most."""

    def __init__(self, address: str) -> None:
        self.answers: list[tuple[int, str]] = []  # status and body
        self._address = urlsplit(address).netloc
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Visitor":
        self._ask()
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def failed(self) -> list[tuple[int, str]]:
        """The answers that are not 200."""
        return [answer for answer in self.answers if answer[0] != 200]

    def release(self) -> str:
        """The release that was the last to answer."""
        return self._served()[-1]

    def releases(self) -> set[str]:
        """The releases that have answered."""
        return set(self._served())

    def _served(self) -> list[str]:
        return [json.loads(body)["release"] for status, body in self.answers if status == 200]

    def _run(self) -> None:
        while not self._over.wait(EVERY) and len(self.answers) < MOST:
            self._ask()

    def _ask(self) -> None:
        self.answers.append(asked(self._address, "/api/whoami"))


def asked(netloc: str, path: str) -> tuple[int, str]:
    """Status and body of one request; 0 and the error where there is no answer."""
    connection = http.client.HTTPConnection(netloc, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException) as error:
        return 0, repr(error)
    finally:
        connection.close()


def websocket(address: str) -> socket.socket:
    """An open websocket connection to the application's Socket.IO."""
    place = urlsplit(address)
    assert place.hostname
    opened = socket.create_connection((place.hostname, place.port or 80), timeout=PATIENCE)
    key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    path = "/socket.io/?EIO=4&transport=websocket"
    upgrade = f"Host: {place.netloc}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{key}"
    opened.sendall(f"GET {path} HTTP/1.1\r\n{upgrade}\r\n\r\n".encode())
    assert opened.recv(1024).startswith(b"HTTP/1.1 101 ")
    return opened


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """The whole sandbox of this test worker; a stage of it has a database of its own."""
    root = Root(tmp_path_factory.mktemp("whole"))
    sandbox = Sandbox(root, images=IMAGES, say=lambda _: None, dies_with_us=True)
    yield Whole(sandbox)
    sandbox.down()
