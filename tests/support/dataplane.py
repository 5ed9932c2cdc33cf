"""The sandbox's data plane as a process of a test's own."""

import contextlib
import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.emulator import free_port, until


class DataPlane:
    """A running `python -m sandbox.dataplane` over the emulator at `emulator_url`."""

    def __init__(self, emulator_url: str, folder: Path, speed: float) -> None:
        self.emulator_url = emulator_url
        self.folder = folder
        self.speed = speed
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        folder.mkdir(parents=True, exist_ok=True)
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process, and wait until Envoy serves the first configuration."""
        command = [sys.executable, "-m", "sandbox.dataplane", "--emulator", self.emulator_url]
        command += ["--folder", str(self.folder), "--port", str(self.port)]
        command += ["--speed", str(self.speed), "--exit-with-parent"]
        with (self.folder / "dataplane.log").open("ab") as log:
            self.process = subprocess.Popen(command, stderr=log, stdout=log)
        until(lambda: self._healthy() or None, "the data plane serves", seconds=120)
        return self.process

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End the process; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=60)

    def until_live(self) -> None:
        """Wait until every change that has been made is served."""

        def served() -> bool | None:
            number = fetch(f"{self.emulator_url}/_evenkeel/changes")["number"]
            return True if fetch(f"{self.url}/configuration")["number"] == number else None

        until(served, "every change is live", seconds=120)

    def listener(self, balancer_arn: str, port: int = 80) -> str:
        """The local URL of a load balancer's listener, once everything is live."""
        self.until_live()
        found = {b["arn"]: b["listeners"] for b in fetch(f"{self.url}/load-balancers")}
        return str(found[balancer_arn][str(port)])

    def access_log(self) -> list[dict[str, Any]]:
        """The entries so far, oldest first."""
        file = self.folder / "access.log"
        lines = file.read_text().splitlines() if file.exists() else []
        return [json.loads(line) for line in lines]

    def log(self) -> str:
        """What the process has written."""
        return (self.folder / "dataplane.log").read_text()

    def _healthy(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"the data plane ended: {self.log()}")
        try:
            return bool(fetch(f"{self.url}/health"))
        except (urllib.error.URLError, OSError):
            return False


@contextlib.contextmanager
def running(emulator_url: str, folder: Path, speed: float = 1.0) -> Iterator[DataPlane]:
    """A data plane of the caller's own, ended afterwards; `speed` as the emulator's."""
    plane = DataPlane(emulator_url, folder, speed)
    try:
        yield plane
    finally:
        plane.stop()


def fetch(url: str) -> Any:
    """The JSON that a GET answers with."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.loads(answer.read())
