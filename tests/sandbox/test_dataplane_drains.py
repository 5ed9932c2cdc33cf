"""Deregistration: a target that drains keeps what it has and gets nothing new."""

import asyncio

import pytest

from tests.support.entrance import Entrance, get
from tests.support.plane import entrance, pair, plane
from tests.support.targets import Target
from tests.support.websockets import echo, websocket

__all__ = ["entrance", "pair", "plane"]
pytestmark = pytest.mark.sandbox


def test_draining_target_keeps_what_it_has(entrance: Entrance, pair: list[Target]) -> None:
    """S0-17: after deregistration no new request, but the open websocket lives; then it is gone.

    Its delay is an hour on the sandbox clock: it is gone early because nothing is open any more.
    """
    old, new = pair
    group = entrance.group(old, attributes={"deregistration_delay.timeout_seconds": "3600"})
    entrance.rule(group, "/*")
    entrance.until_state(group, "healthy", old)
    url = entrance.url()

    def replace() -> None:
        entrance.register(group, new)
        entrance.until_state(group, "healthy", new)
        entrance.deregister(group, old)
        entrance.url()
        assert {get(url, "/").body for _ in range(10)} == {new.address}
        assert entrance.health(group)[old.address]["State"] == "draining"

    async def drain() -> None:
        async with websocket(url) as socket:
            assert await echo(socket, "before") == old.address
            await asyncio.to_thread(replace)
            assert await echo(socket, "after") == old.address
            # Two reports and more: a connection that is open is no idle drain.
            await asyncio.sleep(2)
            assert entrance.health(group)[old.address]["State"] == "draining"

    asyncio.run(drain())
    entrance.until_state(group, "gone", old)


def test_websocket_outlives_its_target_s_registration(
    entrance: Entrance, pair: list[Target]
) -> None:
    """At the end of the delay the target is gone, and what is open goes on until it stops."""
    group = entrance.group(pair[0], attributes={"deregistration_delay.timeout_seconds": "20"})
    entrance.rule(group, "/*")
    entrance.until_state(group, "healthy", pair[0])
    url = entrance.url()

    def leave() -> None:
        entrance.deregister(group, pair[0])
        entrance.until_state(group, "gone", pair[0])
        entrance.url()

    async def drain() -> None:
        async with websocket(url) as socket:
            await echo(socket, "before")
            await asyncio.to_thread(leave)
            assert await echo(socket, "after") == pair[0].address

    asyncio.run(drain())


def test_last_target_that_drains_gets_no_new_request(
    entrance: Entrance, pair: list[Target]
) -> None:
    """With nobody but draining targets the answer is 503, while what is open lives on."""
    group = entrance.group(pair[0], attributes={"deregistration_delay.timeout_seconds": "3600"})
    entrance.rule(group, "/*")
    entrance.until_state(group, "healthy", pair[0])
    url = entrance.url()

    def leave() -> None:
        entrance.deregister(group, pair[0])
        assert entrance.get("/").status == 503

    async def drain() -> None:
        async with websocket(url) as socket:
            await echo(socket, "before")
            await asyncio.to_thread(leave)
            assert await echo(socket, "after") == pair[0].address

    asyncio.run(drain())
