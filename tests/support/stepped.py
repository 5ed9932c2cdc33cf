"""An emulator whose clock stands still until the test moves it: what happens, happens in order.

    with stepped.running(folder, images) as aws:
        aws.use(account, "main", "web", cpu_total=340)
        aws.forward(minutes=4)

Only simulated tasks: a process of this machine does not stand still.
"""

import contextlib
import json
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.support.emulator import REGION, Account, Emulator

SUNDAY = "2026-11-22T00:00:00Z"
_DAY = 86_400.0  # seconds that one call may move the clock


class Stepped(Emulator):
    """A running `python -m sandbox.emulator --stepped`."""

    def __init__(self, folder: Path, images: str, at: str) -> None:
        self._at = at
        super().__init__(folder, images, speed=0)

    def arguments(self) -> list[str]:
        return ["--stepped", self._at]

    def now(self) -> datetime:
        """The time of the sandbox's clock."""
        with urllib.request.urlopen(f"{self.url}/_evenkeel/clock", timeout=30) as answer:
            return datetime.fromtimestamp(json.load(answer)["now"], UTC)

    def forward(self, *, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Moves the clock on; everything that falls due happens on the way."""
        left = hours * 3600 + minutes * 60 + seconds
        while left > 0:
            _call(self.url, "clock", {"seconds": min(left, _DAY)})
            left -= _DAY

    def until(self, when: str) -> None:
        """Moves the clock to `when`, an instant to come, in ISO 8601 with its zone."""
        self.forward(seconds=(datetime.fromisoformat(when) - self.now()).total_seconds())

    def use(
        self,
        account: Account,
        cluster: str,
        service: str,
        *,
        cpu_total: float | None = None,
        memory_each: float | None = None,
        tasks: Mapping[str, Mapping[str, float]] | None = None,
    ) -> None:
        """What the service's simulated tasks use from now on, in percent of one task's share.

        `cpu_total` is spread over the tasks, `memory_each` is of each; `tasks` says it of single
        ones, by task id.
        """
        told = {"cpuTotal": cpu_total, "memoryEach": memory_each, "tasks": dict(tasks or {})}
        use(self.url, account.name, cluster, service, **told)


def use(url: str, account: str, cluster: str, service: str, **told: Any) -> None:
    """What simulated tasks of an emulator at *url* use, its clock running or not (ecs_use.py)."""
    where = {"account": account, "region": REGION, "cluster": cluster, "service": service}
    _call(url, "use", {**where, **told})


def _call(url: str, name: str, body: Mapping[str, Any]) -> None:
    request = urllib.request.Request(
        f"{url}/_evenkeel/{name}", data=json.dumps(body).encode(), method="POST"
    )
    with urllib.request.urlopen(request, timeout=300) as answer:
        answer.read()


@contextlib.contextmanager
def running(folder: Path, images: str = "", *, at: str = SUNDAY) -> Iterator[Stepped]:
    """A stepped emulator of the caller's own, ended afterwards."""
    emulator = Stepped(folder, images, at)
    try:
        yield emulator
    finally:
        emulator.stop()
