"""Websockets through a load balancer to a `tests.support.targets.Target`."""

import contextlib
from collections.abc import AsyncIterator

import aiohttp
from aiohttp import ClientSession, ClientWebSocketResponse


@contextlib.asynccontextmanager
async def websocket(url: str) -> AsyncIterator[ClientWebSocketResponse]:
    """A websocket through the load balancer."""
    async with (
        ClientSession(timeout=aiohttp.ClientTimeout(total=120)) as session,
        session.ws_connect(f"{url}/socket.io/") as socket,
    ):
        yield socket


async def echo(socket: ClientWebSocketResponse, text: str) -> str:
    """The address of the target that answers."""
    await socket.send_str(text)
    address, _, heard = (await socket.receive_str(timeout=60)).partition(" ")
    assert heard == text
    return address
