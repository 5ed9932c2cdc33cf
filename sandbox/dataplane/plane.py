"""Follows one emulator: each change of its load balancers becomes Envoy's configuration."""

import json
import logging
import time
import urllib.request
from dataclasses import dataclass, field
from typing import Any

from sandbox.dataplane.configuration import Configuration
from sandbox.dataplane.envoy import Envoy, EnvoyError
from sandbox.dataplane.problems import FLEETING, Problems
from sandbox.dataplane.reader import Reader
from sandbox.dataplane.snapshot import LoadBalancer, Scope, Snapshot

_log = logging.getLogger(__name__)
AGAIN = 0.1  # wall seconds after which an emulator that did not answer is asked again


@dataclass(frozen=True)
class Live:
    """What Envoy serves, and the emulator's number of that state; None before the first."""

    number: int | None = None
    snapshot: Snapshot = field(default_factory=Snapshot)


class Plane:
    """The state of one data plane. `live` may be read from any thread."""

    def __init__(self, url: str, configuration: Configuration, envoy: Envoy) -> None:
        self.url = url
        self.configuration = configuration
        self.envoy = envoy
        self.live = Live()
        self._tried: int | None = None
        self._problems = Problems(_log)
        self._readers: dict[Scope, Reader] = {}

    def follow(self) -> None:
        """Takes over every change, for ever; raises EnvoyError when Envoy has ended."""
        while True:
            self.envoy.check()
            try:
                self._step()
                self._problems.over()
            except FLEETING as error:
                self._problems.met(f"asking the emulator again: {type(error).__name__}: {error}")
                time.sleep(AGAIN)
            except EnvoyError as error:
                _log.error("what was served before is served on. %s", error)

    def _step(self) -> None:
        # What Envoy refused is tried again at the next change, or when the call runs out.
        query = "" if self._tried is None else f"?since={self._tried}"
        answer = self._ask(f"/_evenkeel/changes{query}")
        number = answer["number"]
        if number == self.live.number:
            return
        snapshot = self._read([Scope(*pair) for pair in answer["scopes"]])
        self._tried = number
        self.configuration.apply(snapshot, self.envoy)
        self.live = Live(number, snapshot)

    def _read(self, scopes: list[Scope]) -> Snapshot:
        found: list[LoadBalancer] = []
        for scope in sorted(scopes):
            if scope not in self._readers:
                self._readers[scope] = Reader(self.url, scope)
            found += self._readers[scope].balancers()
        return Snapshot(tuple(found))

    def _ask(self, path: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}{path}", timeout=30) as answer:
            return dict(json.loads(answer.read()))
