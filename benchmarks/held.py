"""Websockets that stay open, one on each task at least, so that no drain ends before its time."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import socketio  # type: ignore[import-untyped]

from sandbox.errors import SandboxError

MOST = 10  # websockets a task, until every task has one
LIMIT = 60  # seconds for one answer


@contextmanager
def held(url: str, tasks: int) -> Iterator[None]:
    """Socket.IO clients of so many tasks behind `url`, until the end of the block.

    Raises SandboxError where the load balancer brings none to one of them.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    clients: list[socketio.AsyncClient] = []
    try:
        asyncio.run_coroutine_threadsafe(_open(url, tasks, clients), loop).result()
        yield
    finally:
        asyncio.run_coroutine_threadsafe(_close(clients), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _open(url: str, tasks: int, clients: list[socketio.AsyncClient]) -> None:
    reached: set[str] = set()
    while len(reached) < tasks:
        if len(clients) == MOST * tasks:
            raise SandboxError(f"{len(clients)} websockets reached {len(reached)} of {tasks} tasks")
        client = socketio.AsyncClient(reconnection=False)
        await client.connect(url, transports=["websocket"])
        clients.append(client)
        reached.add((await client.call("whoami", timeout=LIMIT))["task"])


async def _close(clients: list[socketio.AsyncClient]) -> None:
    for client in clients:
        await client.disconnect()
