"""The sandbox's emulator as a process of a test's own, and boto3 clients of an account's own."""

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

REGION = "eu-west-1"
_accounts = itertools.count(100000000000 + (os.getpid() % 100000) * 1000)


def free_port() -> int:
    """A port on 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Emulator:
    """A running `python -m sandbox.emulator`; `speed` is sandbox seconds a wall second."""

    def __init__(self, folder: Path, images: str, *, speed: float = 120.0) -> None:
        self.folder = folder
        self.speed = speed
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.images = folder / "images.yaml"
        self.images.write_text(images)
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process on this port and state, and wait until it is ready."""
        command = [sys.executable, "-m", "sandbox.emulator", "--port", str(self.port)]
        command += ["--state", str(self.folder / "state"), *self.arguments()]
        command += ["--images", str(self.images), "--exit-with-parent"]
        with (self.folder / "emulator.log").open("ab") as log:
            self.process = subprocess.Popen(command, stderr=log, stdout=log)
        until(lambda: self._ready() or None, "the emulator is ready", seconds=120)
        return self.process

    def arguments(self) -> list[str]:
        """How the emulator's clock goes."""
        return ["--speed", str(self.speed)]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End the process; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=20)

    def log(self) -> str:
        """What the process has written."""
        return (self.folder / "emulator.log").read_text()

    def _ready(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"the emulator ended: {self.log()}")
        try:
            with urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


@contextlib.contextmanager
def running(folder: Path, images: str = "", *, speed: float = 120.0) -> Iterator[Emulator]:
    """An emulator of the caller's own, ended afterwards."""
    emulator = Emulator(folder, images, speed=speed)
    try:
        yield emulator
    finally:
        emulator.stop()


class Account:
    """boto3 clients of one account of an emulator, which nothing else uses."""

    def __init__(self, url: str, name: str | None = None) -> None:
        self.url = url
        self.name = name or str(next(_accounts))
        self._clients: dict[str, Any] = {}

    def __getattr__(self, service: str) -> Any:
        if service.startswith("_"):
            raise AttributeError(service)
        return self._clients.setdefault(service, self._client(service.replace("_", "-")))

    def _client(self, service: str) -> Any:
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=self.name,
            aws_secret_access_key="sandbox",
            config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}),
        )


def until(found: Any, what: str, *, seconds: float = 30.0) -> Any:
    """What `found()` answers once it is not None; it is asked every 20 ms, for `seconds`."""
    end = time.monotonic() + seconds
    while (answer := found()) is None:
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)
    return answer


def refused(call: Any, **parameters: Any) -> tuple[str, str]:
    """The error code and message with which a call is refused."""
    from botocore.exceptions import ClientError

    try:
        call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    raise AssertionError(f"accepted: {parameters}")
