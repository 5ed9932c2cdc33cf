"""Socket.IO clients of the real library, each in a room of its own."""

import asyncio
from dataclasses import dataclass
from typing import Any

import aiohttp
import socketio  # type: ignore[import-untyped]

PAUSE = 1.0  # seconds between two words
MOST = 20_000  # words of one client
SHORTEST_WAIT, LONGEST_WAIT = 0.2, 1.0  # seconds before a client connects again


@dataclass
class Guest:
    """One client; it says a word in its room now and then, and hears it there."""

    url: str
    path: str
    room: str
    place: str = ""  # the address of the task in whose room it is; empty while it is in none
    joins: int = 0
    losses: int = 0
    heard: int = 0  # words since it is there

    async def stay(self) -> None:
        """Connects, and talks until it is cancelled."""
        # Without `unsafe` the library keeps no cookie of a host that is an address.
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            client = socketio.AsyncClient(
                http_session=session,
                ssl_verify=False,  # the sandbox's certificate is its own
                reconnection_delay=SHORTEST_WAIT,
                reconnection_delay_max=LONGEST_WAIT,
            )
            self._listen(client)
            try:
                await client.connect(
                    self.url, transports=["websocket"], socketio_path=self.path, retry=True
                )
                for number in range(MOST):
                    if self.place:
                        await self._say(client, str(number))
                    await asyncio.sleep(PAUSE)
            finally:
                client.reconnection = False
                await client.eio.disconnect(abort=True)
                await client.shutdown()

    def _listen(self, client: Any) -> None:
        @client.event  # type: ignore[untyped-decorator]
        async def connect() -> None:
            # Not awaited here: the library reads the answer only after this has returned.
            await client.emit("join", {"room": self.room}, callback=joined)

        async def joined(_: Any) -> None:
            self.joins += 1
            await client.emit("whoami", callback=placed)

        async def placed(who: dict[str, Any]) -> None:
            self.heard, self.place = 0, who["task"]

        @client.event  # type: ignore[untyped-decorator]
        async def disconnect(reason: str) -> None:
            self.losses += reason != client.reason.CLIENT_DISCONNECT
            self.place = ""

        @client.event  # type: ignore[untyped-decorator]
        async def said(_: dict[str, str]) -> None:
            self.heard += 1

    async def _say(self, client: Any, word: str) -> None:
        try:
            await client.emit("say", {"room": self.room, "text": word})
        except socketio.exceptions.SocketIOError:
            return  # the connection has just gone
