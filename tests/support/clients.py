"""Socket.IO clients, those of the real library, that keep account of what they hear."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import socketio  # type: ignore[import-untyped]

PATIENCE = 240.0  # seconds that a slow machine may need until a word is heard
PAUSE = 0.1  # seconds between two words of a client
MOST = 20_000  # words; a test that needs more fails
_LOST = "(lost)"


@dataclass
class Client:
    """A Socket.IO client in a room of its own."""

    url: str
    transport: str  # websocket, or polling
    room: str
    place: str = ""  # the address of the task in whose room it is
    heard: int = 0  # words since it is there
    joins: int = 0
    missed: int = 0  # words that were lost with a connection
    losses: list[str] = field(default_factory=list)  # the library's reason for each
    problems: list[str] = field(default_factory=list)
    _echo: asyncio.Future[str] | None = None

    async def talk(self) -> None:
        """Connects, and says one word after another until it is cancelled."""
        # Without `unsafe` the library keeps no cookie of a host that is an address.
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            client = socketio.AsyncClient(
                http_session=session, reconnection_delay=0.2, reconnection_delay_max=1
            )
            self._listen(client)
            try:
                await client.connect(self.url, transports=[self.transport], retry=True)
                for number in range(MOST):
                    if self.place:
                        await self._say(client, str(number))
                    await asyncio.sleep(PAUSE)
                raise AssertionError(f"{MOST} words were said before the test ended")
            finally:
                client.reconnection = False
                await client.eio.disconnect(abort=True)  # else a poll is waited for
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
            if reason != client.reason.CLIENT_DISCONNECT:
                self.losses.append(reason)
            self.place = ""
            self._answer(_LOST)

        @client.event  # type: ignore[untyped-decorator]
        async def said(data: dict[str, str]) -> None:
            self._answer(data["text"])

    def _answer(self, word: str) -> None:
        if self._echo is not None and not self._echo.done():
            self._echo.set_result(word)

    async def _say(self, client: Any, word: str) -> None:
        """Says a word and waits until it is heard, or lost with its connection."""
        self._echo = asyncio.get_running_loop().create_future()
        try:
            await client.emit("say", {"room": self.room, "text": word})
            heard = await asyncio.wait_for(self._echo, PATIENCE)
        except socketio.exceptions.SocketIOError:
            return  # the connection has just gone: nothing was said
        except TimeoutError:
            self.problems.append(f"{self.room} at {self.place} did not hear {word!r}")
            return
        self.heard += heard == word
        self.missed += heard == _LOST
        if heard not in (word, _LOST):
            self.problems.append(f"{self.room} said {word!r} and heard {heard!r}")
