"""The sample application: HTTP and Socket.IO in front of a PostgreSQL database.

    GET  /                        a page, and its files under /assets/
    GET  /health                  503 while warming, then 200
    GET  /api/whoami              which task and worker answers
    GET  /api/work?seconds=0.2    answers after that long, 0 to 10
    GET  /api/burn?seconds=0.2    takes so many seconds of CPU, 0 to 2
    POST /api/hold?mebibytes=100  the worker that answers holds so much memory from now on, 0 to 512
    GET  /api/items               what the database holds, newest first; POST {"name", "note"} adds
         /socket.io               the events join {room}, say {room, text} and whoami

`docs/application.md` says which of its habits an application needs behind this infrastructure.
"""

import json
import logging
import os
from pathlib import Path
from typing import Any

import psycopg
from aiohttp import web
from aiohttp.typedefs import Handler
from psycopg_pool import PoolTimeout

from sandbox.app import configuration, readiness, rooms
from sandbox.app.demand import Demand
from sandbox.app.readiness import CONFIGURATION, POOL

FOLDER = Path(__file__).parent
LONGEST_TEXT = 200  # characters
NEWEST = 100  # items in a list
LOG = logging.getLogger(__name__)


async def create() -> web.Application:
    """One worker's application, as gunicorn's aiohttp worker wants it."""
    given = configuration.read(os.environ)
    _log(given.log_level)
    app = web.Application(middlewares=[_plain_errors])
    app[CONFIGURATION] = given
    app.cleanup_ctx.append(readiness.warm_up)
    rooms.attach(app, given)
    app.router.add_get("/", _page)
    app.router.add_static("/assets", FOLDER / "assets")
    app.router.add_get("/health", readiness.health)
    app.router.add_get("/api/whoami", _whoami)
    app.router.add_get("/api/items", _items)
    app.router.add_post("/api/items", _add_item)
    app.router.add_routes(Demand(given).routes())
    return app


def _log(level: str) -> None:
    logging.basicConfig(
        level=level.upper(), format="[%(asctime)s] [%(process)d] [%(levelname)s] %(message)s"
    )


@web.middleware
async def _plain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A database that is away is 503, and says so."""
    try:
        return await handler(request)
    except (PoolTimeout, psycopg.OperationalError) as error:
        LOG.error("%s %s: %s", request.method, request.path, error)
        await request.app[POOL].check()  # its other connections are as dead: replace them now
        return web.json_response({"error": "the database does not answer"}, status=503)


async def _page(_: web.Request) -> web.FileResponse:
    return web.FileResponse(FOLDER / "assets" / "index.html")


async def _whoami(request: web.Request) -> web.Response:
    given = request.app[CONFIGURATION]
    return web.json_response(
        {
            "task": given.host,
            "worker": os.getpid(),
            "stage": given.stage,
            "release": given.release,
        }
    )


async def _items(request: web.Request) -> web.Response:
    async with request.app[POOL].connection() as connection:
        rows = await connection.execute(
            "SELECT id, name, coalesce(note, '') FROM items ORDER BY id DESC LIMIT %s", (NEWEST,)
        )
        items = [{"id": id, "name": name, "note": note} async for id, name, note in rows]
    return web.json_response({"items": items})


async def _add_item(request: web.Request) -> web.Response:
    try:
        given = json.loads(await request.read())
    except ValueError as error:  # bytes that are no UTF-8, or text that is no JSON
        return _refused(f'the body is no JSON: {error}; allowed is {{"name": "…", "note": "…"}}')
    name, note = _text(given, "name"), _text(given, "note", "")
    if not name or note is None:
        return _refused(
            f"name must be a printable text of 1 to {LONGEST_TEXT} characters, note of 0 to as many"
        )
    async with request.app[POOL].connection() as connection:
        rows = await connection.execute(
            "INSERT INTO items (name, note) VALUES (%s, %s) RETURNING id", (name, note)
        )
        row = await rows.fetchone()
    assert row is not None, "an INSERT with RETURNING gives its row"
    return web.json_response({"id": row[0], "name": name, "note": note}, status=201)


def _text(given: Any, key: str, default: str | None = None) -> str | None:
    value = given.get(key, default) if isinstance(given, dict) else None
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        return None
    return value if value.isprintable() else None  # PostgreSQL holds neither NUL nor half a pair


def _refused(message: str) -> web.Response:
    return web.json_response({"error": message}, status=400)
