"""Envoy's statistics as the CloudWatch metrics of load balancers and web ACLs.

A thread reads what Envoy has counted and puts what has been added into the emulator's CloudWatch,
one data point for each minute of the sandbox clock.
"""

import json
import logging
import threading
import time
import urllib.parse
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.dataplane.emulated import Emulated
from sandbox.dataplane.envoy import EnvoyError
from sandbox.dataplane.metric_data import PREFIX, Datum, Reading, of_balancer, parsed
from sandbox.dataplane.plane import Plane
from sandbox.dataplane.problems import FLEETING, Problems
from sandbox.dataplane.snapshot import Scope

_log = logging.getLogger(__name__)
MINUTE = 60  # sandbox seconds
SHORTEST = 1.0  # wall seconds between two looks, where a sandbox minute is shorter
_STATS = rf"^{PREFIX}\.|_cx_(active|total|connect_fail)$|membership_healthy$"
_MOST_VALUES, _MOST_DATA = 150, 500  # PutMetricData: values of a datum, data of a call (1,000)


@dataclass(frozen=True)
class Batch:
    """The data of one PutMetricData."""

    scope: Scope
    namespace: str
    data: list[dict[str, Any]]


class Publisher:
    """Puts the metrics of a plane's load balancers into CloudWatch, from a thread of its own."""

    def __init__(self, plane: Plane, speed: float) -> None:
        self._plane = plane
        self._speed = speed
        self._before = Reading()
        self._minute: int | None = None  # the first that is not told yet
        self._unsent: deque[Batch] = deque()
        self._problems = Problems(_log)
        self._emulated = Emulated(plane.url)

    def start(self) -> None:
        """Publishes from now on."""
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        pause = 0.0
        while True:
            time.sleep(pause)
            pause = SHORTEST
            try:
                now = self._emulated.clock().now
                pause = max((MINUTE - now % MINUTE) / self._speed, pause * (self._speed > MINUTE))
                self._publish(int(now // MINUTE))
                self._problems.over()
            except (EnvoyError, *FLEETING) as error:
                self._problems.met(f"no metrics for now: {type(error).__name__}: {error}")

    def _publish(self, minute: int) -> None:
        """Tells the minutes before `minute`, each with its equal share of what was added.

        What a failure has left unsent comes first, so that nothing is told twice or lost.
        """
        self._send()
        begun = self._minute
        if begun is None or minute <= begun:
            self._minute = minute if begun is None else begun
            return
        reading = self._read()
        added = reading.added(self._before)
        for balancer in self._plane.live.snapshot.balancers:
            data = list(of_balancer(balancer, added))
            self._unsent += batches(balancer.scope, data, range(begun, minute))
        self._before, self._minute = reading, minute
        self._send()

    def _send(self) -> None:
        while self._unsent:
            batch = self._unsent[0]
            client = self._emulated.client("cloudwatch", batch.scope)
            client.put_metric_data(Namespace=batch.namespace, MetricData=batch.data)
            self._unsent.popleft()

    def _read(self) -> Reading:
        query = {"format": "json", "histogram_buckets": "detailed", "filter": _STATS}
        answer = self._plane.envoy.get(f"/stats?{urllib.parse.urlencode(query)}")
        return parsed(json.loads(answer))


def batches(scope: Scope, data: list[Datum], minutes: range) -> Iterator[Batch]:
    """The data in each of the minutes, in as few calls as may be."""
    for namespace in sorted({datum.namespace for datum in data}):
        chosen = [datum for datum in data if datum.namespace == namespace]
        found = [each for datum in chosen for each in members(datum, minutes)]
        for at in range(0, len(found), _MOST_DATA):
            yield Batch(scope, namespace, found[at : at + _MOST_DATA])


def members(datum: Datum, minutes: range) -> Iterator[dict[str, Any]]:
    """The datum as PutMetricData takes it, in each of the minutes."""
    share = list(datum.share(len(minutes)).items())
    for minute in minutes:
        for at in range(0, len(share), _MOST_VALUES):
            part = share[at : at + _MOST_VALUES]
            yield {
                "MetricName": datum.name,
                "Dimensions": [{"Name": n, "Value": v} for n, v in datum.dimensions.items()],
                "Timestamp": datetime.fromtimestamp(minute * MINUTE, UTC),
                "Unit": datum.unit,
                "Values": [value for value, _ in part],
                "Counts": [often for _, often in part],
            }
