"""The ASGI application: ministack's own, with our services, control calls and journal round it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, TypeAlias

import ministack.app as ministack_app

from sandbox.emulator import catalogue, seed
from sandbox.emulator.beat import go_on
from sandbox.emulator.changes import changes
from sandbox.emulator.clock import Clock
from sandbox.emulator.control_calls import PREFIX, ControlCalls
from sandbox.emulator.journal import Journal

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
STEP = 5.0  # sandbox seconds between two beats of a clock that is moved by hand


class Server:
    """An ASGI application over one state folder."""

    def __init__(self, clock: Clock, state: Path, images: Path, vcpu: float) -> None:
        self._clock = clock
        self._control_calls = ControlCalls(
            clock, lambda: self._commit("seed", seed.EVERYONE), self._forward
        )
        services = catalogue.install(clock.speed, images, state, vcpu)
        self._journal = Journal(state / "records.sqlite", catalogue.JOURNALLED, services.stores)
        self._journal.restore()
        services.restored()
        self._services = services
        self._unwritten: set[tuple[str, str]] = set()  # service and account that a beat changed
        for key, handler in list(ministack_app.SERVICE_HANDLERS.items()):
            module = ministack_app.SERVICE_REGISTRY[key]["module"]
            if module in catalogue.JOURNALLED:
                ministack_app.SERVICE_HANDLERS[key] = self._journalled(module, handler)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await self._control(scope, receive, ministack_app._with_date_header(send))
        else:
            reset = scope.get("path") == "/_ministack/reset"
            await ministack_app.app(scope, receive, self._forgetting(send) if reset else send)

    async def live(self) -> None:
        """What moves by itself, for ever; raises what goes wrong again and again."""
        if not self._clock.speed:  # beats between two steps would make their number matter
            await asyncio.Event().wait()
        await go_on(self._beat, self._services.pause)

    def close(self) -> None:
        """Write down what is still only in memory."""
        self._clock.keep()
        self._journal.close()

    def _forgetting(self, send: Send) -> Send:
        """`send` that empties the journal before a good answer to a reset goes out."""

        async def forget(message: Message) -> None:
            if message.get("status") == 200:
                self._journal.clear()
                changes.move()
            await send(message)

        return forget

    def _journalled(self, module: str, handler: Any) -> Any:
        async def handle(*request: Any) -> Any:
            answer = await handler(*request)
            self._commit(module)
            return answer

        return handle

    def _commit(self, service: str, account: str | None = None) -> None:
        """Write down what changed, and tell whoever follows it."""
        if catalogue.FOLLOWED & self._journal.commit(service, account):
            changes.move()

    async def _lifespan(self, scope: Message, receive: Receive, send: Send) -> None:
        """Start ministack's loops; its end would import and write what we do not use."""
        started = False

        async def once() -> Message:
            nonlocal started
            if started:
                await asyncio.Event().wait()
            started = True
            return await receive()

        ministack_loops = asyncio.create_task(ministack_app.app(scope, once, send))
        while not started:
            await asyncio.sleep(0.01)
        await receive()
        ministack_loops.cancel()
        await send({"type": "lifespan.shutdown.complete"})

    def _beat(self) -> None:
        self._unwritten |= self._services.beat()
        if self._unwritten and not self._clock.speed:
            self._clock.keep()  # or a kill would take the time back behind what has happened
        for service, account in sorted(self._unwritten):
            self._commit(service, account)
            self._unwritten.remove((service, account))

    async def _forward(self, seconds: float) -> None:
        """Move a clock that stands still, with a beat after each step of it."""
        while seconds > 0:
            self._clock.forward(min(STEP, seconds))
            seconds -= STEP
            self._beat()
            await asyncio.sleep(0)  # who else waits is served in between
        self._clock.keep()

    async def _control(self, scope: Message, receive: Receive, send: Send) -> None:
        """The sandbox's own calls, under /_evenkeel/."""
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        status, data = await self._control_calls.answer(
            scope["method"], scope["path"], scope["query_string"].decode(), body
        )
        payload = json.dumps(data).encode()
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": payload})
