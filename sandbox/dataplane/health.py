"""Tells the emulator what Envoy sees of each target: health, and requests that are open.

A target is `initial` until its first success, or until as many checks as make it unhealthy have
failed. Envoy's word for its state is in /clusters; why a check failed, in its health check log.
"""

import json
import logging
import threading
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.dataplane.check_log import CheckLog, Failure
from sandbox.dataplane.clusters import interval
from sandbox.dataplane.envoy import EnvoyError
from sandbox.dataplane.plane import Live, Plane
from sandbox.dataplane.problems import FLEETING, Problems
from sandbox.dataplane.snapshot import Scope, Target, TargetGroup

_log = logging.getLogger(__name__)
EVERY = 0.25  # wall seconds between two reports
Host = Mapping[str, Any]
Seen = tuple[str, str, int]  # group key, address, port


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A target's state in the ELB API's words."""

    state: str
    reason: str | None = None
    description: str | None = None


# Reasons and texts: ELB API reference, TargetHealth.
INITIAL = Judgement(
    state="initial",
    reason="Elb.InitialHealthChecking",
    description="Initial health checks in progress",
)
HEALTHY = Judgement(state="healthy")
FAILED = Judgement(
    state="unhealthy", reason="Target.FailedHealthChecks", description="Health checks failed"
)
TIMED_OUT = Judgement(state="unhealthy", reason="Target.Timeout", description="Request timed out")


def judged(host: Host, failure: Failure | None, on_trial: bool) -> Judgement:
    """The state of a host of /clusters, whose last failed check was `failure`."""
    health = host["health_status"]
    if not health.get("failed_active_health_check"):
        return HEALTHY
    if health.get("pending_active_hc") or on_trial:
        return INITIAL
    if failure is None or failure.kind == "NETWORK":
        return FAILED
    if failure.kind == "NETWORK_TIMEOUT":
        return TIMED_OUT
    text = f"Health checks failed with these codes: [{failure.status}]"
    return Judgement(state="unhealthy", reason="Target.ResponseCodeMismatch", description=text)


class Reporter:
    """Reports for every account and region of a plane, from a thread of its own."""

    def __init__(self, plane: Plane, log: CheckLog, speed: float) -> None:
        self._plane = plane
        self._log = log
        self._problems = Problems(_log)
        self._speed = speed
        self._since: dict[Seen, float] = {}  # when a target was first seen
        self._passed: set[Seen] = set()  # targets that were healthy once

    def start(self) -> None:
        """Reports from now on."""
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            time.sleep(EVERY)
            live = self._plane.live
            if live.number is None:
                continue
            try:
                for report in self.reports(live, self._plane.envoy.clusters()):
                    self._send(report)
                self._find_log()
            except (EnvoyError, *FLEETING) as error:
                self._problems.met(f"no target health for now: {type(error).__name__}: {error}")

    def _find_log(self) -> None:
        """Envoy writes on to a file that was deleted, until it is told to open it anew."""
        if not self._log.lost():
            self._problems.over()
            return
        self._problems.met(
            f"{self._log.file} was deleted: Envoy is told to write it anew. Until its next line the"
            " reasons of failed health checks may be old; if they stay so, run `make up`"
        )
        self._plane.envoy.reopen_logs()
        self._log.begin()

    def reports(self, live: Live, clusters: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """One report for each scope, from what is live and what /clusters says."""
        self._log.read()
        hosts = {
            (cluster["name"], *_address(host)): host
            for cluster in clusters
            for host in cluster.get("host_statuses", [])
        }
        self._forget(hosts.keys())
        found: dict[Scope, list[dict[str, Any]]] = {}
        for balancer in live.snapshot.balancers:
            targets = found.setdefault(balancer.scope, [])
            for group in balancer.groups:
                for target in group.targets:
                    host = hosts.get((group.key, target.address, target.port))
                    if host is not None:
                        targets.append(self._target(group, target, host))
        return [
            {"account": s.account, "region": s.region, "number": live.number, "targets": targets}
            for s, targets in found.items()
        ]

    def _forget(self, known: Any) -> None:
        now = time.monotonic()
        self._since = {seen: self._since.get(seen, now) for seen in known}
        self._passed &= set(known)

    def _target(self, group: TargetGroup, target: Target, host: Host) -> dict[str, Any]:
        seen = (group.key, target.address, target.port)
        trial = group.record["UnhealthyThresholdCount"] * interval(group, self._speed)
        young = time.monotonic() < self._since[seen] + trial
        found = judged(host, self._log.last.get(seen), young and seen not in self._passed)
        if found is HEALTHY:
            self._passed.add(seen)
        return {
            "group": group.arn,
            "id": target.address,
            "port": target.port,
            "state": found.state,
            "reason": found.reason,
            "description": found.description,
            "connections": _open_requests(host),
        }

    def _send(self, report: dict[str, Any]) -> None:
        body = json.dumps(report).encode()
        url = f"{self._plane.url}/_evenkeel/target-health"
        with urllib.request.urlopen(url, data=body, timeout=10):
            pass


def _address(host: Host) -> tuple[str, int]:
    found = host["address"]["socket_address"]
    return found["address"], found["port_value"]


def _open_requests(host: Host) -> int:
    """Requests under way, an open websocket among them; an idle kept connection is none."""
    stats = {stat["name"]: stat.get("value", 0) for stat in host.get("stats", [])}
    return int(stats.get("rq_active", 0))
