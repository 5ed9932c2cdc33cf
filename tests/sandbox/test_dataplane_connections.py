"""Connections: websockets, what lives on over a change, when silence ends a request."""

import asyncio
import time

import pytest
from aiohttp import ClientSession, WSMsgType

from tests.support.emulator import until
from tests.support.entrance import NOT_FOUND, Entrance
from tests.support.plane import entrance, pair, plane
from tests.support.targets import Target
from tests.support.websockets import echo, websocket

__all__ = ["entrance", "pair", "plane"]
pytestmark = pytest.mark.sandbox


async def until_held(target: Target) -> None:
    """Wait until a request hangs on a target."""
    await asyncio.to_thread(until, lambda: target.held or None, "it arrived")


def test_websocket_is_carried(entrance: Entrance, pair: list[Target]) -> None:
    """An upgrade reaches the target, its messages go both ways, and its end is logged as `ws`."""
    group = entrance.group(pair[0])
    entrance.rule(group, "/socket.io/*")
    entrance.until_state(group, "healthy", pair[0])

    async def talk() -> None:
        async with websocket(entrance.url()) as socket:
            assert await echo(socket, "hello") == pair[0].address
            assert await echo(socket, "again") == pair[0].address

    asyncio.run(talk())

    def logged() -> dict | None:
        balancer = entrance.arn.partition(":loadbalancer/")[2]
        entries = (e for e in entrance.plane.access_log() if e["elb"] == balancer)
        return next(entries, None)

    entry = until(logged, "the websocket is logged")
    assert (entry["type"], entry["elb_status_code"]) == ("ws", 101)


def test_open_connections_live_on_over_every_change(entrance: Entrance, pair: list[Target]) -> None:
    """A websocket and a slow request go on while rules, targets and the idle timeout change."""
    group = entrance.group(pair[0])
    rule = entrance.rule(group, "/*")
    entrance.until_state(group, "healthy", pair[0])
    url = entrance.url()

    def change() -> None:
        entrance.rule(NOT_FOUND, "/hold*")
        entrance.elbv2.set_rule_priorities(RulePriorities=[{"RuleArn": rule, "Priority": 100}])
        assert entrance.get("/hold").status == 404
        entrance.register(group, pair[1])
        entrance.until_state(group, "healthy", pair[1])
        entrance.set(idle_timeout__timeout_seconds="777")
        assert entrance.get("/").status == 200
        entrance.listener(8080, [NOT_FOUND])
        assert entrance.get("/", port=8080).status == 404

    async def live() -> None:
        async with websocket(url) as socket, ClientSession() as session:
            first = await echo(socket, "before")
            slow = asyncio.create_task(session.get(f"{url}/hold"))
            await until_held(pair[0])
            await asyncio.to_thread(change)
            assert await echo(socket, "after") == first
            pair[0].let_go()
            async with await slow as answer:
                assert (answer.status, await answer.text()) == (200, pair[0].address)

    asyncio.run(live())


def test_silent_target_is_a_504(entrance: Entrance, pair: list[Target]) -> None:
    """A target that says nothing for the idle timeout: 504 with the page of an ALB.

    The timeout is in wall seconds, whatever the sandbox clock's speed.
    """
    group = entrance.group(pair[0])
    entrance.rule(group, "/*")
    entrance.set(idle_timeout__timeout_seconds="2")
    entrance.until_state(group, "healthy", pair[0])
    began = time.monotonic()
    answer = entrance.get("/hold")
    assert time.monotonic() - began >= 2
    assert answer.status == 504
    assert "<h1>504 Gateway Time-out</h1>" in answer.body


def test_silent_websocket_is_closed(entrance: Entrance, pair: list[Target]) -> None:
    """A websocket without data for the idle timeout ends; one with pings lives on."""
    group = entrance.group(pair[0])
    entrance.rule(group, "/*")
    entrance.set(idle_timeout__timeout_seconds="20")
    entrance.until_state(group, "healthy", pair[0])
    url = entrance.url()

    async def wait() -> None:
        async with websocket(url) as quiet, websocket(url) as lively:
            for _ in range(8):
                await echo(lively, "ping")
                await asyncio.sleep(3)
            closed = (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR)
            assert (await quiet.receive(timeout=60)).type in closed
            assert await echo(lively, "still here") == pair[0].address

    asyncio.run(wait())
