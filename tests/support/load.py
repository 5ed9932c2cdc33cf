"""Steady, bounded load through a load balancer, while a test changes what is behind it.

    with load.on(service.url, websockets=4, polling=2) as traffic:
        traffic.flows(service.addresses())   # answered, and heard on these tasks
        ...                                  # the test changes what is behind the load balancer
        traffic.flows(service.addresses())
    assert traffic.failed() == []

HTTP requests come at a steady pace, some of them always under way. Socket.IO clients are those of
the real library; each joins a room of its own whenever it connects, says one word after another
in it, and keeps account of what it hears.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Coroutine, Iterator, Set
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

import aiohttp

from tests.support.clients import Client
from tests.support.emulator import until

_T = TypeVar("_T")
PATIENCE = 240.0  # seconds that a slow machine may need for what takes one here
SENDERS = 4  # requests under way at most
RATE = 20.0  # requests a second, as long as they are answered in time
MOST = 20_000  # requests of one load; a test that needs more fails
WORK = 0.05  # seconds that a task works on a request
LEAVE = 2.0  # seconds that clients have to leave
_LIMIT = aiohttp.ClientTimeout(total=PATIENCE)


@dataclass(frozen=True)
class Request:
    """One request: what it was, when it was sent, and the status it got or why it got none."""

    what: str
    sent: float  # time.monotonic()
    answer: int | str

    @property
    def failed(self) -> bool:
        return self.answer not in (200, 201)


@dataclass
class Steady:
    """The HTTP part: reads and writes, each on a kept connection or on one of its own."""

    url: str
    requests: list[Request] = field(default_factory=list)
    stopped: bool = False

    async def send(self, numbers: Iterator[int]) -> None:
        """One sender's requests, one after another, until it is stopped or the numbers end."""
        kept = aiohttp.TCPConnector()
        fresh = aiohttp.TCPConnector(force_close=True)
        async with (
            aiohttp.ClientSession(connector=kept, timeout=_LIMIT) as one,
            aiohttp.ClientSession(connector=fresh, timeout=_LIMIT) as other,
        ):
            for number in numbers:
                if self.stopped:
                    return
                session = one if number % 2 else other
                # Writes too: a read on a kept connection that is gone the library sends again.
                write = ("POST", "/api/items", {"name": f"item {number}"})
                ask = write if number % 4 < 2 else ("GET", f"/api/work?seconds={WORK}", None)
                self.requests.append(await _asked(session, self.url, *ask))
                await asyncio.sleep(SENDERS / RATE - WORK)
        raise AssertionError(f"the load of {MOST} requests ended before the test")


async def _asked(
    session: aiohttp.ClientSession, url: str, method: str, path: str, body: Any = None
) -> Request:
    sent = time.monotonic()
    answer: int | str
    try:
        async with session.request(method, url + path, json=body) as response:
            await response.read()
            answer = response.status
    except (aiohttp.ClientError, TimeoutError) as error:
        answer = f"{type(error).__name__}: {error}"
    return Request(f"{method} {path}", sent, answer)


class Traffic:
    """All load of a test, from a thread of its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.clients: list[Client] = []
        self._steady = Steady(url)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        numbers = iter(range(MOST))
        self._senders = [self._run(self._steady.send(numbers)) for _ in range(SENDERS)]
        self._talks: list[Future[None]] = []

    @property
    def requests(self) -> list[Request]:
        """The HTTP requests that are over."""
        return list(self._steady.requests)

    def add(self, transport: str, count: int) -> None:
        """More Socket.IO clients."""
        for _ in range(count):
            client = Client(self.url, transport, f"room {len(self.clients)}")
            self.clients.append(client)
            self._talks.append(self._run(client.talk()))

    def flows(self, addresses: Set[str]) -> None:
        """Waits until requests are answered, and every client hears its room on one of these."""
        seen = len(self.requests)

        def flowing() -> bool | None:
            self._check()
            hearing = all(c.place in addresses and c.heard >= 2 for c in self.clients)
            return (hearing and len(self.requests) >= seen + SENDERS) or None

        until(flowing, "the load flows", seconds=PATIENCE)

    def failed(self) -> list[Request]:
        """Requests that were not answered with a success."""
        return [request for request in self.requests if request.failed]

    def ask(self, path: str, count: int) -> list[Future[Request]]:
        """So many GET requests at once, beside the steady ones."""

        async def asked() -> Request:
            async with aiohttp.ClientSession(timeout=_LIMIT) as session:
                return await _asked(session, self.url, "GET", path)

        return [self._run(asked()) for _ in range(count)]

    def stop(self) -> None:
        """Ends the load: requests under way are finished, clients leave."""
        self._steady.stopped = True
        for sender in self._senders:
            sender.result(PATIENCE)
        for talk in self._talks:
            talk.cancel()
        self._run(_others_ended()).result(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    def _run(self, part: Coroutine[Any, Any, _T]) -> Future[_T]:
        return asyncio.run_coroutine_threadsafe(part, self._loop)

    def _check(self) -> None:
        """Raises what has ended a part of the load."""
        for part in (*self._senders, *self._talks):
            if part.done():
                part.result()


@contextlib.contextmanager
def on(url: str, *, websockets: int = 0, polling: int = 0) -> Iterator[Traffic]:
    """Load until the end of the block."""
    traffic = Traffic(url)
    traffic.add("websocket", websockets)
    traffic.add("polling", polling)
    try:
        yield traffic
    finally:
        traffic.stop()


async def _others_ended() -> None:
    """Waits for every other task of the loop; what the library has left behind is cancelled."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    _, left = await asyncio.wait(others, timeout=LEAVE) if others else ((), ())
    for each in left:
        each.cancel()
    await asyncio.gather(*left, return_exceptions=True)
