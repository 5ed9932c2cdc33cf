"""Makes Envoy do what a snapshot says, without dropping a connection.

In three steps, each of which Envoy has taken over before the next: what new routes need; the
routes and listeners; and away with what nothing names any more.
"""

import logging
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.dataplane import actions, clusters, listeners, routes
from sandbox.dataplane.check_log import CheckLog
from sandbox.dataplane.envoy import Envoy, EnvoyError
from sandbox.dataplane.ports import Ports
from sandbox.dataplane.resources import Files, Resource
from sandbox.dataplane.snapshot import LoadBalancer, Snapshot

_log = logging.getLogger(__name__)
# Wall seconds for Envoy to take over one step. A new group's first health checks are part of it.
LIMIT = 60.0
_POLL = 0.01
_TAKEN = re.compile(r"cannot bind '127\.0\.0\.1:(\d+)'")  # in Envoy's log
_STATS = r"(version_text|update_rejected|warming\w*)$"

Versions = dict[str, str]


class Configuration:
    """The files of one Envoy; `speed` is the sandbox clock's."""

    def __init__(self, folder: Path, speed: float) -> None:
        self._speed = speed
        self.files = Files(folder / "xds")
        self._place = listeners.Place(folder, self.files.source)
        self._ports = Ports(folder / "ports.json")
        self.health_log = CheckLog(folder / "health-checks.log")
        self._clusters: dict[str, Resource] = {}
        for name in ("listeners", "clusters"):
            self.files.write(name, [])

    def ports(self, balancer: LoadBalancer) -> dict[int, int]:
        """The local port of each port that a load balancer listens on."""
        return {x.port: self._ports.of(balancer.arn, x.port) for x in balancer.listeners}

    def known_ports(self, balancer: LoadBalancer) -> dict[int, int]:
        """Those of them that are picked; for any thread."""
        found = {x.port: self._ports.known(balancer.arn, x.port) for x in balancer.listeners}
        return {port: local for port, local in found.items() if local is not None}

    def apply(self, snapshot: Snapshot, envoy: Envoy) -> None:
        """Returns once Envoy serves `snapshot`. Raises EnvoyError; what it refused is as before."""
        self._ports.keep_only(balancer.arn for balancer in snapshot.balancers)
        before = _rejected(envoy.stats(_STATS))
        new = self._new_clusters(snapshot)
        expected = self._write_endpoints(snapshot)
        expected |= self._write_clusters({**self._clusters, **new})
        try:
            _wait(envoy, expected, before)
            before = self._listen(snapshot, envoy, before)
            _wait(envoy, self._write_clusters(new), before)
        except EnvoyError:
            self.files.write_again()
            raise
        self.files.keep_only(_names(snapshot))

    def _listen(self, snapshot: Snapshot, envoy: Envoy, before: int) -> int:
        """Writes the listeners until each has a port; how often Envoy has refused by then."""
        while True:
            try:
                _wait(envoy, self._write_listeners(snapshot), before)
                return before
            except EnvoyError as error:
                if not self._drop_taken(str(error)):
                    raise
                before = _rejected(envoy.stats(_STATS))

    def _drop_taken(self, refusal: str) -> bool:
        """Gives up the ports that somebody took after they were picked; False if it was none."""
        taken = {int(port) for port in _TAKEN.findall(refusal)}
        dropped = [(port, key) for port in taken if (key := self._ports.drop(port))]
        for port, key in dropped:
            _log.warning("127.0.0.1:%d is taken: %s gets another port", port, key)
        return bool(dropped)

    def _new_clusters(self, snapshot: Snapshot) -> dict[str, Resource]:
        found = {
            key: clusters.cluster(
                group, self.files.source(f"targets-{key}"), self.health_log.sink(), self._speed
            )
            for key, group in snapshot.groups.items()
        }
        return {**found, actions.NOBODY: clusters.nobody()}

    def _write_clusters(self, found: dict[str, Resource]) -> Versions:
        self._clusters = found
        version = self.files.write("clusters", [found[key] for key in sorted(found)])
        return {"cluster_manager.cds.version_text": version}

    def _write_endpoints(self, snapshot: Snapshot) -> Versions:
        return {
            f"cluster.{key}.version_text": self.files.write(
                f"targets-{key}", [clusters.endpoints(group)]
            )
            for key, group in snapshot.groups.items()
        }

    def _write_listeners(self, snapshot: Snapshot) -> Versions:
        expected, found = {}, []
        for balancer in snapshot.balancers:
            ports = self.ports(balancer)
            for listener in balancer.listeners:
                table = routes.configuration(balancer, listener, ports, self._speed)
                key = listener.key
                version = self.files.write(f"routes-{key}", [table])
                expected[f"http.{key}.rds.{key}.version_text"] = version
                port = ports[listener.port]
                found.append(listeners.listener(balancer, listener, port, self._place))
        expected["listener_manager.lds.version_text"] = self.files.write("listeners", found)
        return expected


def _names(snapshot: Snapshot) -> set[str]:
    keys = [x.key for balancer in snapshot.balancers for x in balancer.listeners]
    return {
        "listeners",
        "clusters",
        *(f"routes-{key}" for key in keys),
        *(f"targets-{key}" for key in snapshot.groups),
    }


def _wait(envoy: Envoy, expected: Mapping[str, str], before: int) -> None:
    """Until Envoy serves the `expected` versions; raises EnvoyError."""
    deadline = time.monotonic() + LIMIT
    while True:
        stats = envoy.stats(_STATS)
        warming = any(value for name, value in stats.items() if "warming" in name)
        missing = [name for name, version in expected.items() if stats.get(name) != version]
        if not missing and not warming:
            return
        envoy.check()
        if _rejected(stats) > before:
            raise envoy.error("Envoy refused the configuration")
        if time.monotonic() > deadline:
            raise envoy.error(f"Envoy did not take over {missing or 'its targets'} in {LIMIT} s")
        time.sleep(_POLL)


def _rejected(stats: Mapping[str, Any]) -> int:
    return sum(value for name, value in stats.items() if name.endswith("update_rejected"))
