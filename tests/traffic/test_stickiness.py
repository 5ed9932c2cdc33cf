"""Socket.IO behind the load balancer: long polling needs stickiness, websockets do not."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import aiohttp
import pytest
import socketio  # type: ignore[import-untyped]

from tests.support.balanced import Rooms, serving
from tests.support.entrance import Entrance
from tests.support.plane import entrance, plane

__all__ = ["entrance", "plane"]
pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]

PATIENCE = 90.0  # seconds for what takes a few milliseconds
CLIENTS = 6
CALLS = 10
STICKY = {"stickiness.enabled": "true"}
SESSIONS = "/socket.io/?EIO=4&transport=polling"


@contextlib.contextmanager
def tasks(entrance: Entrance, attributes: dict[str, str] | None = None) -> Iterator[str]:
    """The URL before three tasks with Socket.IO, of which none knows another's sessions."""
    three = [Rooms() for _ in range(3)]
    with serving(*three):
        group = entrance.group(*three, attributes=attributes)
        entrance.rule(group, "/socket.io/*")
        entrance.until_state(group, "healthy", *three)
        yield entrance.url()


@contextlib.asynccontextmanager
async def client_of(url: str, transports: Sequence[str]) -> AsyncIterator[Any]:
    """A client of the real library that has a session, and leaves afterwards."""
    # Without `unsafe` it keeps no cookie of a host that is an address.
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        client = socketio.AsyncClient(http_session=session, reconnection=False)
        try:
            await client.connect(url, transports=transports, wait=False)
            yield client
        finally:
            await client.eio.disconnect(abort=True)  # else a poll is waited for
            await client.shutdown()


async def until_connected(client: Any) -> None:
    """Until it is let into the namespace that events travel in."""
    async with asyncio.timeout(PATIENCE):
        while "/" not in client.namespaces:
            assert client.eio.state == "connected"
            await asyncio.sleep(0.01)


async def conversation(url: str, transports: Sequence[str]) -> list[str]:
    """The task of each of CLIENTS, which talk at once, each in a room of its own.

    Fails where a call does, where a client does not hear itself, and where it has two tasks.
    """

    async def talk(number: int) -> str:
        async with client_of(url, transports) as client:
            heard: asyncio.Queue[str] = asyncio.Queue()
            client.on("said", lambda data: heard.put_nowait(data["text"]))
            await until_connected(client)
            room = f"room {number}"
            assert await client.call("join", {"room": room}, timeout=PATIENCE) == {"room": room}
            served = set()
            for call in range(CALLS):
                said = {"room": room, "text": str(call)}
                assert await client.call("say", said, timeout=PATIENCE) == {"room": room}
                assert await asyncio.wait_for(heard.get(), PATIENCE) == str(call)
                served.add((await client.call("whoami", timeout=PATIENCE))["task"])
            assert client.transport() == transports[-1]
            (task,) = served
            return str(task)

    return await asyncio.gather(*map(talk, range(CLIENTS)))


def test_polling_without_stickiness_fails(entrance: Entrance) -> None:
    """S0-16: of three requests of a session two reach tasks that do not know it, and get 400.

    Socket.IO's documentation says so ("HTTP 400 errors due to Session ID unknown"); python-socketio
    calls it an invalid session. The real client is let into no namespace, and gives up.
    """

    async def ask(url: str) -> list[tuple[int, str]]:
        async with aiohttp.ClientSession() as session:
            async with session.get(url + SESSIONS) as answer:
                sid = json.loads((await answer.text())[1:])["sid"]
            found = []
            for _ in range(3):  # the other tasks, then the one that has the session
                async with session.post(f"{url}{SESSIONS}&sid={sid}", data="40") as answer:
                    found.append((answer.status, (await answer.text()).replace(sid, "SID")))
            return found

    async def give_up(url: str) -> Any:
        async with client_of(url, ["polling"]) as client:
            await asyncio.wait_for(client.wait(), PATIENCE)
            return client.namespaces

    with tasks(entrance) as url:
        assert asyncio.run(ask(url)) == [
            (400, '"Invalid session SID"'),
            (400, '"Invalid session SID"'),
            (200, "OK"),
        ]
        assert asyncio.run(give_up(url)) == {}


@pytest.mark.parametrize("transports", [["polling"], ["polling", "websocket"]])
def test_polling_with_stickiness_works(entrance: Entrance, transports: list[str]) -> None:
    """S0-16: every request of a client reaches its task, also the one that upgrades to websocket.

    The clients are not all on one task, with which polling would work in any case.
    """
    with tasks(entrance, STICKY) as url:
        assert len(set(asyncio.run(conversation(url, transports)))) > 1


def test_websockets_need_no_stickiness(entrance: Entrance) -> None:
    """S0-16: a websocket is one connection, so without stickiness each client keeps its task."""
    with tasks(entrance) as url:
        assert len(set(asyncio.run(conversation(url, ["websocket"])))) == 3
