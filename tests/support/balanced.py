"""A load balancer of a test's own before targets of its own: slow ones, or with Socket.IO."""

import asyncio
import contextlib
from collections.abc import Iterator

from aiohttp import web

from sandbox.app import rooms
from sandbox.app.configuration import Configuration
from tests.support.targets import Target


class OneAtATime(Target):
    """A target that serves one request at a time and takes `seconds` for each, health aside."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._turn = asyncio.Lock()
        super().__init__()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        async with self._turn:
            await asyncio.sleep(self._seconds)
        return await super()._answer(request)


class Rooms(Target):
    """The sample application's Socket.IO, as a task of one worker has it."""

    def _application(self) -> web.Application:
        application = web.Application()
        application.router.add_route("*", "/health", self._health)
        rooms.attach(application, _configuration(self.address))
        application.on_cleanup.append(_end_pings)
        return application


def _configuration(host: str) -> Configuration:
    return Configuration(
        host=host,
        port=0,
        workers=1,
        pool_size=0,
        database_url="",
        warm_up=0,
        log_level="info",
        stage="",
        release="",
    )


async def _end_pings(_: web.Application) -> None:
    """Engine.IO's outlive its shutdown where a session was left without a word."""
    for task in asyncio.all_tasks():
        if getattr(task.get_coro(), "__qualname__", "") == "AsyncSocket._send_ping":
            task.cancel()


@contextlib.contextmanager
def serving(*targets: Target) -> Iterator[tuple[Target, ...]]:
    """These targets, ended afterwards."""
    try:
        yield targets
    finally:
        for target in targets:
            target.stop()
