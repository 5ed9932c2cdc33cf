"""The drill's load: requests at a steady pace through the load balancer, from a thread of its own.

Most of them take CPU of the task that answers (`/api/burn` of the sample application), others read
what its database holds. Bounded in pace, in requests under way, in their number and in CPU.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Coroutine
from concurrent.futures import Future, wait
from contextlib import suppress
from typing import Any

import aiohttp

from ops.drill_rooms import Guest
from ops.errors import CANNOT_TELL, OpsError

PACE = 4.0  # requests a second at most, of wall time
LIGHT = 1.0  # when nothing is to be loaded
MOST_CPU = 1.0  # cores of this machine that all requests together take at most
MOST_BURN = 2.0  # seconds of CPU that the application takes for one request
UNDER_WAY = 40
MOST = 50_000  # requests of one drill
LONGEST = 60.0  # seconds that a request may take
LEAVE = 5.0  # seconds that what is under way has at the end
WAF_PERIOD = 300.0  # sandbox seconds over which the firewall counts an address's requests


class Load:
    """Load on `url` until `stop`; `cpu` is how many cores the requests take together."""

    def __init__(self, url: str, *, pace: float = PACE) -> None:
        self.url = url
        self.cpu = 0.0
        self.answers: Counter[str] = Counter()  # by status, or by what went wrong instead
        self.guests: list[Guest] = []
        self._pace = pace
        self._over = asyncio.Event()  # no more requests
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._parts: list[Future[None]] = [self._run(self._send())]

    @property
    def failed(self) -> dict[str, int]:
        """Answers that are no success, by what they were."""
        return {what: count for what, count in self.answers.items() if what != "200"}

    def invite(self, count: int, path: str) -> None:
        """More Socket.IO clients, at `path` of the stage."""
        for _ in range(count):
            guest = Guest(self.url, path, f"drill {len(self.guests)}")
            self.guests.append(guest)
            self._parts.append(self._run(guest.stay()))

    def check(self) -> None:
        """Raises OpsError where a part of the load has ended by an error."""
        for part in self._parts:
            if part.done() and (error := part.exception()) is not None:
                raise OpsError(
                    f"The drill's load has ended: {type(error).__name__}: {error}\n"
                    "Next: look at the sandbox (evenkeel sandbox status), then drill again.",
                    CANNOT_TELL,
                ) from error

    def hush(self) -> None:
        """No more requests, and those under way are over; the clients stay."""
        self._end_requests()
        wait(self._parts[:1], 2 * LEAVE)
        self.check()

    def stop(self) -> None:
        """Ends the load; what is under way has LEAVE seconds."""
        self._end_requests()
        for part in self._parts[1:]:
            part.cancel()
        try:
            self._run(_ended()).result(2 * LEAVE)
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(LEAVE)
            self._loop.close()

    def _end_requests(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)

    async def _send(self) -> None:
        under_way: set[asyncio.Task[None]] = set()
        # Nothing here is secret, and the sandbox's certificate is its own.
        kept = aiohttp.TCPConnector(ssl=False, limit=UNDER_WAY)
        fresh = aiohttp.TCPConnector(ssl=False, limit=UNDER_WAY, force_close=True)
        limit = aiohttp.ClientTimeout(total=LONGEST)
        async with (
            aiohttp.ClientSession(connector=kept, timeout=limit) as one,
            aiohttp.ClientSession(connector=fresh, timeout=limit) as other,
        ):
            for number in range(MOST):
                if self._over.is_set():
                    break
                pace = self._pace if self.cpu else min(LIGHT, self._pace)
                if len(under_way) < UNDER_WAY:
                    asked = self._ask(one if number % 2 else other, self._path(number))
                    under_way.add(each := asyncio.create_task(asked))
                    each.add_done_callback(under_way.discard)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._over.wait(), 1 / pace)
            if under_way:
                await asyncio.wait(under_way, timeout=LEAVE)

    def _path(self, number: int) -> str:
        if number % 4 == 3:
            return "/api/items"
        # Three of four requests burn, so each takes more.
        seconds = min(MOST_BURN, self.cpu / self._pace * 4 / 3)
        return f"/api/burn?seconds={seconds:.4f}"

    async def _ask(self, session: aiohttp.ClientSession, path: str) -> None:
        try:
            async with session.get(self.url + path) as answer:
                await answer.read()
                self.answers[str(answer.status)] += 1
        except (aiohttp.ClientError, TimeoutError) as error:
            self.answers[f"{type(error).__name__}: {error}"] += 1

    def _run(self, part: Coroutine[Any, Any, None]) -> "Future[None]":
        return asyncio.run_coroutine_threadsafe(part, self._loop)


def pace(requests_per_five_minutes: int, speed: float) -> float:
    """Requests a second of wall time: half of what the firewall takes of one address, or PACE."""
    return min(PACE, requests_per_five_minutes / WAF_PERIOD * speed / 2)


async def _ended() -> None:
    """Waits for every other task of the loop; what is left then is cancelled."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    _, left = await asyncio.wait(others, timeout=LEAVE) if others else ((), ())
    for each in left:
        each.cancel()
    await asyncio.gather(*left, return_exceptions=True)
