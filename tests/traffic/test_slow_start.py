"""Slow start: how many of the new websocket connections a fresh task gets, over time."""

import asyncio
import time
from dataclasses import dataclass

import aiohttp
import pytest

from tests.support.entrance import Entrance
from tests.support.plane import SPEED, entrance, plane
from tests.support.targets import targets

__all__ = ["entrance", "plane"]
pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]

WINDOW = 8.0  # wall seconds of slow start
PAUSE = 0.05  # seconds between two connections to a group
AFTER = 40  # connections to a group that are counted when the window is over
FEWEST = 8  # connections that say something about a share
SLOW, PLAIN = "/slow", "/plain"


@dataclass(frozen=True)
class Connection:
    """A websocket, and the target that took it."""

    path: str
    target: str


class Storm:
    """New websocket connections to both groups by turns."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def pair(self) -> list[Connection]:
        """One to each group."""
        return [Connection(path, await self._target(path)) for path in (SLOW, PLAIN)]

    async def until(self, end: float) -> list[Connection]:
        """A pair every PAUSE, until the monotonic clock shows `end`."""
        made: list[Connection] = []
        while time.monotonic() < end:
            made += await self.pair()
            await asyncio.sleep(PAUSE)
        return made

    async def _target(self, path: str) -> str:
        async with self._session.ws_connect(self._url + path) as socket:
            await socket.send_str("")
            return (await socket.receive_str()).strip()


async def storm(url: str, fresh: str) -> tuple[list[Connection], list[Connection]]:
    """The connections of the window's first quarter, and those after it.

    The window begins when the fresh task without slow start, which takes its turns at once, has
    one: both groups check its health at the same pace.
    """
    async with aiohttp.ClientSession() as session, asyncio.timeout(200):
        storm = Storm(session, url)
        while Connection(PLAIN, fresh) not in await storm.pair():
            await asyncio.sleep(PAUSE)
        began = time.monotonic()
        first = await storm.until(began + WINDOW / 4)
        await storm.until(began + WINDOW)
        for _ in range(AFTER // 2):  # turns planned while the weight was small
            await storm.pair()
        return first, [made for _ in range(AFTER) for made in await storm.pair()]


def share(connections: list[Connection], path: str, target: str) -> float:
    """How much of a group's connections a target got."""
    found = [made.target for made in connections if made.path == path]
    assert len(found) >= FEWEST, f"{len(found)} connections: too slow a machine to tell"
    return found.count(target) / len(found)


def test_new_connections_ramp_up_on_a_fresh_task(entrance: Entrance) -> None:
    """S3-10: early in slow start a fresh task gets clearly fewer than without it; then its half.

    Its weight grows from a tenth to the whole: in the first quarter it is a quarter at most, beside
    an old task's whole a share of a fifth.
    """
    with targets(2) as (old, fresh):
        ramp = {"slow_start.duration_seconds": str(int(WINDOW * SPEED))}
        groups = [entrance.group(old, attributes=ramp), entrance.group(old)]
        for path, group in zip((SLOW, PLAIN), groups, strict=True):
            entrance.rule(group, path)
            entrance.until_state(group, "healthy", old)
        url = entrance.url()
        time.sleep(WINDOW)  # Envoy ramps the first target too, as an ALB does not
        for group in groups:
            entrance.register(group, fresh)
        early, after = asyncio.run(storm(url, fresh.address))
    assert share(early, SLOW, fresh.address) < 0.3
    assert 0.4 <= share(early, PLAIN, fresh.address) <= 0.6
    assert 0.4 <= share(after, SLOW, fresh.address) <= 0.6
    assert 0.4 <= share(after, PLAIN, fresh.address) <= 0.6
