"""One slow task of three: whom each algorithm sends its requests to, and how long they take."""

import asyncio
import time

import aiohttp
import pytest

from benchmarks.arithmetic import percentile
from tests.support.balanced import OneAtATime, serving
from tests.support.entrance import Entrance
from tests.support.plane import entrance, plane
from tests.support.targets import Target

__all__ = ["entrance", "plane"]
pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]

REQUESTS = 120
PAUSE = 0.02  # seconds between the beginnings of two requests
SLOW = 0.15  # seconds a request: of 17 a second, a third of the load, it serves 7
LEAST = {"load_balancing.algorithm.type": "least_outstanding_requests"}


async def load(url: str) -> list[float]:
    """Seconds of each request; they begin one after the other, answered or not."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def ask() -> float:
            began = time.monotonic()
            async with session.get(url) as answer:
                assert answer.status == 200
                await answer.read()
            return time.monotonic() - began

        requests = []
        for _ in range(REQUESTS):
            requests.append(asyncio.create_task(ask()))
            await asyncio.sleep(PAUSE)
        return await asyncio.gather(*requests)


def test_least_outstanding_requests_spare_a_slow_task(entrance: Entrance) -> None:
    """S3-09: a slow task gets less than half of what round robin gives it, and p99 is halved.

    The same three tasks are in both groups. Round robin fills the slow one's queue; the other
    algorithm sends it a request only when the quick ones have as many open.
    """
    slow = OneAtATime(SLOW)
    with serving(slow, Target(), Target()) as three:
        for path, attributes in (("/least", LEAST), ("/turns", {})):
            group = entrance.group(*three, attributes=attributes)
            entrance.rule(group, path)
            entrance.until_state(group, "healthy", *three)
        url = entrance.url()
        p99 = {path: percentile(asyncio.run(load(url + path)), 99) for path in ("/least", "/turns")}
        share = {path: slow.paths.count(path) / REQUESTS for path in p99}
    assert share["/turns"] > 1 / 4
    assert share["/least"] < share["/turns"] / 2
    assert p99["/least"] < p99["/turns"] / 2
