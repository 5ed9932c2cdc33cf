"""Small HTTP servers on loopback addresses of their own, to stand behind a load balancer."""

import asyncio
import contextlib
import random
import threading
from collections.abc import Iterator
from typing import Any

from aiohttp import WSMsgType, web


class Target:
    """A server that answers what its test sets; it runs in a thread of its own.

    It answers every path with its own name, `/health` with `health`, websockets with an echo, and
    waits where a request's path begins with `/hold` until it is let go.
    """

    def __init__(self) -> None:
        # Any 127.x.y.z may be bound; tasks have theirs below 127.77.
        self.address = f"127.78.{random.randrange(256)}.{random.randrange(1, 255)}"
        self.health = 200
        self.silent = False
        self.requests: list[tuple[str, dict[str, str]]] = []  # raw target and headers
        self.held = 0
        self._loop = asyncio.new_event_loop()
        self._let_go = asyncio.Event()
        self._started = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._started.wait(30)

    @property
    def id(self) -> dict[str, Any]:
        """The target as ELB takes it."""
        return {"Id": self.address, "Port": self.port}

    @property
    def paths(self) -> list[str]:
        """The raw targets of the requests so far, health checks apart."""
        return [path for path, _ in self.requests]

    def let_go(self) -> None:
        """Answer what is held, and hold no more."""
        self._loop.call_soon_threadsafe(self._let_go.set)

    def kill(self) -> None:
        """End the server and break every connection to it, answered or not."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(30)

    def stop(self) -> None:
        """End the server; what is held is answered first."""
        if self._thread.is_alive():
            self.let_go()
        self.kill()

    def _run(self) -> None:
        with contextlib.closing(self._loop):
            self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        runner = web.AppRunner(self._application(), shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, self.address, 0)
        await site.start()
        self.port = int(runner.addresses[0][1])
        self._started.set()
        await self._stop.wait()
        await runner.cleanup()

    def _application(self) -> web.Application:
        application = web.Application()
        application.router.add_route("*", "/health", self._health)
        application.router.add_route("*", "/{path:.*}", self._answer)
        return application

    async def _health(self, _: web.Request) -> web.Response:
        if self.silent:
            await self._stop.wait()
        return web.Response(status=self.health)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((request.raw_path, dict(request.headers)))
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._echo(request)
        if request.path.startswith("/hold"):
            self.held += 1
            await self._let_go.wait()
            self.held -= 1
        return web.Response(text=self.address)

    async def _echo(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await socket.send_str(f"{self.address} {message.data}")
        return socket


@contextlib.contextmanager
def targets(count: int) -> Iterator[list[Target]]:
    """So many targets, ended afterwards."""
    found = [Target() for _ in range(count)]
    try:
        yield found
    finally:
        for target in found:
            target.stop()
