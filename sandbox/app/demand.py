"""What a caller may ask a worker for: time, CPU and memory, so that load can be made to measure.

An application of your own needs nothing of the kind.
"""

import asyncio
import json
import math
import mmap
import os
import time

from aiohttp import web

from sandbox.app.configuration import Configuration

LONGEST_WORK = 10.0  # seconds
MOST_CPU = 2.0  # seconds
MOST_MEMORY = 512  # MiB
SLICE = 0.005  # seconds of CPU after which other requests have their turn
MIB = 2**20


class Demand:
    """The routes of one worker, and the memory that it holds."""

    def __init__(self, given: Configuration) -> None:
        self._who = {"task": given.host, "worker": os.getpid()}
        self._held: mmap.mmap | None = None
        self._changing = asyncio.Lock()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/work", self._work),
            web.get("/api/burn", self._burn),
            web.post("/api/hold", self._hold),
        ]

    async def _work(self, request: web.Request) -> web.Response:
        seconds = _number(request, "seconds", LONGEST_WORK)
        await asyncio.sleep(seconds)
        return web.json_response({"seconds": seconds, **self._who})

    async def _burn(self, request: web.Request) -> web.Response:
        """Takes CPU seconds, not wall seconds: a busy machine changes nothing about the amount."""
        seconds = _number(request, "seconds", MOST_CPU)
        burnt = 0.0
        while burnt < seconds:
            started = time.thread_time()
            while (passed := time.thread_time() - started) < min(SLICE, seconds - burnt):
                pass
            burnt += passed
            await asyncio.sleep(0)
        return web.json_response({"seconds": seconds, **self._who})

    async def _hold(self, request: web.Request) -> web.Response:
        mebibytes = int(_number(request, "mebibytes", MOST_MEMORY, whole=True))
        async with self._changing:
            if self._held is not None:
                self._held.close()
                self._held = None
            if mebibytes:
                # Private memory of its own: closed, all of it is the machine's again at once.
                self._held = mmap.mmap(-1, mebibytes * MIB, flags=mmap.MAP_PRIVATE)
            for _ in range(mebibytes):
                assert self._held is not None
                self._held.write(b"\1" * MIB)  # memory is taken once it is written
                await asyncio.sleep(0)
        return web.json_response({"mebibytes": mebibytes, **self._who})


def _number(request: web.Request, name: str, most: float, *, whole: bool = False) -> float:
    """A number of the query, 0 where it is not there. Raises HTTPBadRequest."""
    given = request.query.get(name, "0")
    try:
        number = float(int(given)) if whole else float(given)
    except (ValueError, OverflowError):
        number = math.nan
    if 0 <= number <= most:
        return number
    kind = "whole number" if whole else "number"
    error = {"error": f"{name} is {given!r}; allowed is a {kind} from 0 to {most:g}"}
    raise web.HTTPBadRequest(text=json.dumps(error), content_type="application/json")
