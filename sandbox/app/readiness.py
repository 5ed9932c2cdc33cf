"""When a task is ready: every worker holds its whole pool, and the warm-up is over.

Gunicorn imports this before it forks (`--preload`), so the two numbers are shared by all workers.
"""

import asyncio
import logging
import multiprocessing
import os
from collections.abc import AsyncIterator
from multiprocessing.sharedctypes import Synchronized

from aiohttp import web
from psycopg_pool import AsyncConnectionPool

from sandbox.app.configuration import Configuration
from sandbox.app.worker import Worker

CONFIGURATION = web.AppKey("configuration", Configuration)
POOL = web.AppKey("pool", AsyncConnectionPool)
WARM = web.AppKey("warm", asyncio.Event)
CONNECT_TIMEOUT = 5  # seconds
POLL = 0.05  # seconds
LOG = logging.getLogger(__name__)

_SHARED = multiprocessing.get_context("fork")  # as gunicorn makes its workers
_warm_workers = _SHARED.Value("i", 0)
_refused_workers = _SHARED.Value("i", 0)


async def warm_up(app: web.Application) -> AsyncIterator[None]:
    """From start to end of a worker: it warms beside the requests, and at last closes its pool."""
    given = app[CONFIGURATION]
    app[WARM] = asyncio.Event()
    app[POOL] = AsyncConnectionPool(
        given.database_url,
        min_size=given.pool_size,
        max_size=given.pool_size,
        open=False,
        timeout=CONNECT_TIMEOUT,
        kwargs={"connect_timeout": CONNECT_TIMEOUT, "application_name": f"worker {os.getpid()}"},
    )
    warming = asyncio.create_task(_warm_up(app))
    yield
    warming.cancel()
    if app[WARM].is_set():
        _add(_warm_workers, -1)
    await app[POOL].close()


async def health(request: web.Request) -> web.Response:
    """503 until every worker is warm: a request may reach any of them."""
    own, workers = request.app[WARM].is_set(), request.app[CONFIGURATION].workers
    if own and _warm_workers.value >= workers:
        return web.json_response({"status": "ok"})
    return web.json_response({"status": "warming"}, status=503)


async def _warm_up(app: web.Application) -> None:
    given, clock = app[CONFIGURATION], asyncio.get_running_loop().time
    end = clock() + given.warm_up
    if await _open(app[POOL]):
        await asyncio.sleep(end - clock())
        app[WARM].set()
        _add(_warm_workers, 1)
        return
    LOG.critical(
        "PostgreSQL refused a connection, for the reason above; "
        "this worker needs DB_POOL_SIZE=%d of them, so the task ends",
        given.pool_size,
    )
    # One worker alone gives up: gunicorn stumbles over a second while it ends the others.
    if _add(_refused_workers, 1) == 1:
        Worker.current.give_up()


async def _open(pool: AsyncConnectionPool) -> bool:
    """Opens the whole pool; False at the first refusal, which the pool logs in PostgreSQL's words.

    (At every LOG_LEVEL: psycopg keeps its own at warning.) The pool itself would try again for
    minutes, while the task seems to be warming.
    """
    await pool.open()
    while (stats := pool.get_stats())["pool_available"] < pool.min_size:
        if stats.get("connections_errors"):
            await pool.close()
            return False
        await asyncio.sleep(POLL)
    return True


def _add(number: "Synchronized[int]", step: int) -> int:
    with number.get_lock():
        number.value += step
        return number.value
