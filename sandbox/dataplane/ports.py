"""The port of 127.0.0.1 that stands for each listener, kept across restarts."""

import json
import random
import socket
import time
from collections.abc import Iterable
from pathlib import Path

# Below the ports that Linux gives to outgoing connections (ip_local_port_range: 32768 and above),
# so that none of those takes a listener's port between two runs.
RANGE = (20000, 32000)
PATIENCE = 2.0  # seconds for the last run to give its ports up


class Ports:
    """The ports by load balancer ARN and the listener's own port, written down in `file`."""

    def __init__(self, file: Path) -> None:
        self._file = file
        kept = json.loads(file.read_text()) if file.exists() else {}
        # Somebody may have taken one while nobody served it; an Envoy that was killed gives it up.
        self._ports: dict[str, int] = {k: port for k, port in kept.items() if _freed(port)}

    def of(self, balancer_arn: str, port: int) -> int:
        """The local port of a load balancer's `port`; picked when first asked."""
        key = f"{balancer_arn}:{port}"
        if key not in self._ports:
            self._ports[key] = self._pick()
            self._write()
        return self._ports[key]

    def known(self, balancer_arn: str, port: int) -> int | None:
        """The local port, if it is picked; for any thread."""
        return self._ports.get(f"{balancer_arn}:{port}")

    def drop(self, taken: int) -> str | None:
        """Forgets a local port that somebody has taken; whose listener's it was, if any's."""
        key = next((key for key, port in self._ports.items() if port == taken), None)
        if key is not None:
            self._ports = {k: port for k, port in self._ports.items() if k != key}
            self._write()
        return key

    def keep_only(self, balancer_arns: Iterable[str]) -> None:
        """Forgets the ports of load balancers that are gone."""
        known = set(balancer_arns)
        left = {k: port for k, port in self._ports.items() if k.rpartition(":")[0] in known}
        if left != self._ports:
            self._ports = left
            self._write()

    def _pick(self) -> int:
        taken = set(self._ports.values())
        while True:
            port = random.SystemRandom().randrange(*RANGE)
            if port not in taken and _free(port):
                return port

    def _write(self) -> None:
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps(self._ports, indent=2))
        part.replace(self._file)


def _freed(port: int) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not _free(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
