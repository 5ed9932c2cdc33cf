"""Envoy's log of health checks: why the last check of each target failed."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.dataplane.resources import Resource, extension

_LIMIT = 1_000_000  # bytes after which the file is emptied; Envoy appends to it
_FAILURES = ("health_check_failure_event", "eject_unhealthy_event")


@dataclass(frozen=True)
class Failure:
    """Why a check failed: ACTIVE (a wrong status), NETWORK or NETWORK_TIMEOUT."""

    kind: str
    status: int  # 0 where nothing answered


class CheckLog:
    """`last` has the last failure by cluster, address and port."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.begin()
        self.last: dict[tuple[str, str, int], Failure] = {}

    def begin(self) -> None:
        """Empties the file, or makes it."""
        self.file.write_bytes(b"")
        self._position = 0

    def lost(self) -> bool:
        """Whether somebody has deleted the file."""
        return not self.file.exists()

    def sink(self) -> Resource:
        """What makes Envoy write the file: an `event_logger` of a health check."""
        return extension(
            "envoy.health_check.event_sink.file",
            "envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink",
            event_log_path=str(self.file),
        )

    def read(self) -> None:
        """Takes over what has been written since; nothing where the file was deleted."""
        try:
            with self.file.open("rb") as file:
                file.seek(self._position)
                text = file.read()
        except FileNotFoundError:
            return
        whole = text[: text.rfind(b"\n") + 1]
        self._position += len(whole)
        for line in whole.splitlines():
            self._take(json.loads(line))
        if self._position > _LIMIT and len(whole) == len(text):
            self.begin()

    def _take(self, event: dict[str, Any]) -> None:
        failure = next((event[name] for name in _FAILURES if name in event), None)
        if failure is None:
            return
        host = event["host"]["socket_address"]
        key = (event["cluster_name"], host["address"], host["port_value"])
        # The first member of the enumeration is left out.
        kind = failure.get("failure_type", "ACTIVE")
        self.last[key] = Failure(kind, failure.get("http_status_code", 0))
