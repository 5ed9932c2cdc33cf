"""The sample application over Socket.IO, with the real client library."""

import asyncio
from typing import Any

import pytest
import socketio  # type: ignore[import-untyped]

from sandbox import database
from sandbox.state import Part
from tests.support.application import PATIENCE, StartTask, Task, postgres, start

__all__ = ["postgres", "start"]
pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]

both_transports = pytest.mark.parametrize("transport", ["websocket", "polling"])


class Member:
    """A client that joins a room whenever it connects, as every application's client must."""

    def __init__(self, room: str) -> None:
        self.client = socketio.AsyncClient(reconnection_delay=0.1, reconnection_delay_max=0.5)
        self.heard: asyncio.Queue[str] = asyncio.Queue()
        self.joined: asyncio.Queue[Any] = asyncio.Queue()
        self.left: asyncio.Queue[str] = asyncio.Queue()

        @self.client.event  # type: ignore[untyped-decorator]
        async def connect() -> None:
            # Not awaited here: the library reads the answer only after this has returned.
            await self.client.emit("join", {"room": room}, callback=self.joined.put)

        @self.client.event  # type: ignore[untyped-decorator]
        async def disconnect(reason: str) -> None:
            await self.left.put(reason)

        @self.client.event  # type: ignore[untyped-decorator]
        async def said(data: dict[str, str]) -> None:
            await self.heard.put(data["text"])

    async def enter(self, task: Task, transport: str) -> Any:
        await self.client.connect(task.url, transports=[transport])
        return await soon(self.joined.get())

    async def call(self, event: str, data: Any = None) -> Any:
        return await self.client.call(event, data, timeout=PATIENCE)


async def end(task: Task, *members: Member) -> None:
    """Stops the task under its clients; a polling client that leaves by itself waits for a ping."""
    for member in members:
        member.client.reconnection = False
    assert await asyncio.to_thread(task.stop) == 0
    for member in members:
        await soon(member.left.get())


async def soon(awaited: Any) -> Any:
    return await asyncio.wait_for(awaited, PATIENCE)


@both_transports
def test_a_room_hears_what_is_said_in_it(postgres: Part, start: StartTask, transport: str) -> None:
    """S0-15: members hear it, the speaker too; a client of another room does not."""
    task = start(DATABASE_URL=database.url(postgres)).wait_until_warm()

    async def talk() -> None:
        speaker, listener, stranger = Member("a"), Member("a"), Member("b")
        for member in (speaker, listener, stranger):
            assert "room" in await member.enter(task, transport)
            assert member.client.transport() == transport
        assert await speaker.call("say", {"room": "a", "text": "hello"}) == {"room": "a"}
        assert await soon(speaker.heard.get()) == "hello"
        assert await soon(listener.heard.get()) == "hello"
        await speaker.call("say", {"room": "b", "text": "last"})
        assert await soon(stranger.heard.get()) == "last"
        assert (await stranger.call("whoami"))["task"] == task.host
        await end(task, speaker, listener, stranger)

    asyncio.run(talk())


def test_what_is_no_message_is_answered_with_the_reason(postgres: Part, start: StartTask) -> None:
    """The acknowledgement has an `error`, and the client stays connected."""
    task = start(DATABASE_URL=database.url(postgres)).wait_until_warm()

    async def talk() -> None:
        member = Member("a")
        await member.enter(task, "websocket")
        for room in (None, "a", {}, {"room": 3}, {"room": ""}, {"room": "x" * 101}):
            assert "room must be" in (await member.call("join", room))["error"]
        for words in (None, {"room": "a"}, {"text": "t"}, {"room": "a", "text": 3}):
            assert "say takes" in (await member.call("say", words))["error"]
        assert member.client.connected
        await end(task, member)

    asyncio.run(talk())


@both_transports
def test_clients_of_a_stopping_task_reconnect_and_rejoin(
    postgres: Part, start: StartTask, transport: str
) -> None:
    """S0-15: at SIGTERM the client is let go, finds the next task by itself and joins again."""
    url = database.url(postgres)
    old = start(DATABASE_URL=url).wait_until_warm()

    async def stay() -> None:
        member = Member("a")
        assert await member.enter(old, transport) == {"room": "a"}
        before = await member.call("whoami")
        assert await asyncio.to_thread(old.stop) == 0
        assert await soon(member.left.get()) == "transport error"  # after which clients come back
        new = await asyncio.to_thread(start, place=(old.host, old.port), DATABASE_URL=url)
        assert await soon(member.joined.get()) == {"room": "a"}
        assert (await member.call("whoami"))["worker"] != before["worker"]
        await member.call("say", {"room": "a", "text": "again"})
        assert await soon(member.heard.get()) == "again"
        await end(new, member)

    asyncio.run(stay())
    assert "Traceback" not in old.log.read_text()


def test_a_task_of_several_workers_takes_websockets_alone(postgres: Part, start: StartTask) -> None:
    """S0-16: polling is refused at its first request, not at random later; the log says so."""
    task = start(DATABASE_URL=database.url(postgres), WEB_CONCURRENCY="2").wait_until_warm()
    assert "polling needs a task of one worker" in task.log.read_text()

    async def talk() -> None:
        refused = socketio.AsyncClient()
        with pytest.raises(socketio.exceptions.ConnectionError):
            await refused.connect(task.url, transports=["polling"])
        member = Member("a")
        assert await member.enter(task, "websocket") == {"room": "a"}
        answer = await asyncio.to_thread(task.get, "/socket.io/?EIO=4&transport=polling")
        assert (answer.status, answer.json) == (400, "Invalid transport")
        await end(task, member)

    asyncio.run(talk())
