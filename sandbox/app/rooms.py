"""Socket.IO: clients join rooms and hear what is said in them.

A room is this worker's own. An application with more workers or tasks gives AsyncServer a
`client_manager`, such as socketio.AsyncRedisManager, so that all of them hear each other.
"""

import logging
import os
from typing import Any

import engineio  # type: ignore[import-untyped]
import socketio  # type: ignore[import-untyped]
from aiohttp import web

from sandbox.app.configuration import Configuration

LONGEST_NAME = 100  # characters of a room's name
LOG = logging.getLogger(__name__)


def attach(app: web.Application, given: Configuration) -> None:
    """Serves /socket.io; when the worker stops, its clients are told to connect again."""
    server = socketio.AsyncServer(async_mode="aiohttp", transports=transports(given.workers))
    server.attach(app)
    _listen(server, {"task": given.host, "worker": os.getpid()})

    async def leave(_: web.Application) -> None:
        await _send_away(server.eio)
        await server.shutdown()

    app.on_shutdown.append(leave)


def transports(workers: int) -> list[str]:
    """Both with one worker; else websocket alone.

    Long polling is many requests that must all reach the worker that has the session. The load
    balancer's stickiness brings them to the task; nothing then brings them to the worker.
    """
    return ["polling", "websocket"] if workers == 1 else ["websocket"]


def _listen(server: Any, whoami: dict[str, Any]) -> None:
    @server.event  # type: ignore[untyped-decorator]
    async def join(sid: str, data: Any = None) -> dict[str, Any]:
        room = _text(data, "room")
        if room is None:
            return {"error": f"room must be a text of 1 to {LONGEST_NAME} characters"}
        await server.enter_room(sid, room)
        return {"room": room}

    @server.event  # type: ignore[untyped-decorator]
    async def say(sid: str, data: Any = None) -> dict[str, Any]:
        room, text = _text(data, "room"), data.get("text") if isinstance(data, dict) else None
        if room is None or not isinstance(text, str):
            return {"error": "say takes {room, text}, both texts"}
        await server.emit("said", {"room": room, "text": text, "from": sid}, room=room)
        return {"room": room}

    @server.on("whoami")  # type: ignore[untyped-decorator]
    async def answer(_: str, __: Any = None) -> dict[str, Any]:
        return whoami


def _text(data: Any, key: str) -> str | None:
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, str) and 1 <= len(value) <= LONGEST_NAME else None


async def _send_away(server: Any) -> None:
    """Ends each client's transport, without the packet that says goodbye.

    After that packet a client stays away; a lost transport makes it connect again, and through the
    load balancer it reaches another task.
    """
    for socket in list(server.sockets.values()):
        last = None if socket.upgraded else engineio.packet.Packet(engineio.packet.NOOP)
        await socket.close(wait=False, abort=True, reason=server.reason.SERVER_DISCONNECT)
        await socket.queue.put(last)  # None closes a websocket; a no-op ends a poll that waits
