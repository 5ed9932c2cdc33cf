"""The sandbox's own calls, JSON under /_evenkeel/.

- `GET clock`: `{"speed", "now"}`; speed 0 is a clock that stands still.
- `POST clock`: `{"seconds"}` moves such a clock on, up to LONGEST_STEP.
- `POST seed`: see `seed.py`.
- `GET changes?since=N`: `{"number", "scopes"}` at once where the number is not N, else as soon as
  it moves, at the latest after LONGEST_WAIT; without `since` at once. `scopes` are the pairs of
  account and region that hold a load balancer.
- `POST use`: see `ecs_use.py`.
- `POST target-health`: `{"account", "region", "number", "targets": [{"group", "id", "port",
  "state", "reason", "description", "connections"}, …]}`: see `target_reports.py`.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias
from urllib.parse import parse_qs

from sandbox.emulator import ecs_use, seed, target_reports
from sandbox.emulator.changes import changes
from sandbox.emulator.clock import Clock
from sandbox.emulator.elbv2_records import balancers

PREFIX = "/_evenkeel/"
LONGEST_STEP = 86_400.0  # sandbox seconds that a call may move the clock
LONGEST_WAIT = 10.0  # wall seconds that a call for changes may take

Data: TypeAlias = dict[str, Any]


class CallError(ValueError):
    """A control call is not what it must be; the message says where."""


class ControlCalls:
    """The calls by method and path.

    `keep_seeds` writes down what was planted; `forward` moves a clock that stands still.
    """

    def __init__(
        self,
        clock: Clock,
        keep_seeds: Callable[[], None],
        forward: Callable[[float], Awaitable[None]],
    ) -> None:
        self._clock = clock
        self._keep_seeds = keep_seeds
        self._forward = forward
        self._calls: dict[str, Callable[[str, bytes], Awaitable[Data]]] = {
            "GET clock": self._tell_time,
            "POST clock": self._move_time,
            "GET changes": self._follow,
            "POST seed": self._plant,
            "POST use": self._take_use,
            "POST target-health": self._take_report,
        }

    async def answer(self, method: str, path: str, query: str, body: bytes) -> tuple[int, Data]:
        """Status and body: 400 with what is wrong, 404 where there is no such call."""
        call = self._calls.get(f"{method} {path.removeprefix(PREFIX)}")
        if call is None:
            return 404, {"error": f"no such control call: {method} {path}"}
        try:
            return 200, await call(query, body)
        except (CallError, ecs_use.UseError, seed.SeedError, target_reports.ReportError) as error:
            return 400, {"error": str(error)}

    async def _tell_time(self, _query: str, _body: bytes) -> Data:
        return {"speed": self._clock.speed, "now": self._clock.now()}

    async def _move_time(self, query: str, body: bytes) -> Data:
        if self._clock.speed:
            raise CallError(f"this clock runs by itself, at speed {self._clock.speed:g}")
        try:
            seconds = float(json.loads(body)["seconds"])
        except (ValueError, TypeError, KeyError) as error:
            raise CallError(f'the body must be {{"seconds": …}}: {error!r}') from error
        if not 0 < seconds <= LONGEST_STEP:
            raise CallError(f"seconds is {seconds:g}; allowed: above 0, to {LONGEST_STEP:g}")
        await self._forward(seconds)
        return await self._tell_time(query, b"")

    async def _plant(self, _query: str, body: bytes) -> Data:
        seed.plant(body)
        self._keep_seeds()
        return {}

    async def _follow(self, query: str, _body: bytes) -> Data:
        since = parse_qs(query).get("since", [""])[0]
        if since:
            if not since.isdecimal():
                raise CallError(f"since is {since!r}; give the number of an earlier answer")
            await changes.after(int(since), LONGEST_WAIT)
        scopes = sorted({(account, region) for account, region, _ in balancers.to_dict()})
        return {"number": changes.number, "scopes": scopes}

    async def _take_use(self, _query: str, body: bytes) -> Data:
        ecs_use.take(body)
        return {}

    async def _take_report(self, _query: str, body: bytes) -> Data:
        target_reports.take(body)
        return {}
