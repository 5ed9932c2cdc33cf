"""Starts ministack, extended from outside, in this process.

The order matters: the clock first, then ministack's environment, then its import, then our
services over it, then the journal's records, and only then the port.
"""

import asyncio
import os
import signal
import socket
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sandbox import serving
from sandbox.emulator import clock, local_process
from sandbox.errors import SandboxError
from sandbox.vcpu import SHARES

MINISTACK = "1.5.33"  # the additions reach into its modules, so exactly this one


class LaunchError(Exception):
    """The emulator cannot start; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """The command line: see `python -m sandbox.emulator --help`."""

    port: int
    state: Path
    speed: float
    stepped: datetime | None  # aware: the clock stands still from here, until it is moved
    vcpu: float
    images: Path
    exit_with_parent: bool


def launch(options: Options) -> None:
    """Serve until SIGTERM or SIGINT; raises LaunchError, or what the beat could not get over."""
    _check(options)
    options.state.mkdir(parents=True, exist_ok=True)
    options.state.chmod(0o700)  # its records have secrets and databases' passwords
    _hold(options.state)
    sandbox_clock = _clock(options)
    clock.install(sandbox_clock)
    _environment(options)

    from sandbox.emulator.server import Server  # the clock must stand before ministack's import

    server = Server(sandbox_clock, options.state, options.images, options.vcpu)
    try:
        asyncio.run(_serve(server, options))
    finally:
        server.close()
        local_process.end_all()


def _clock(options: Options) -> clock.Clock:
    file = options.state / "clock.json"
    if options.stepped is None:
        return clock.Clock(options.speed, file)
    return clock.Clock(0, file, options.stepped.timestamp())


def _hold(state: Path) -> None:
    """Two emulators on one folder would each lose what the other has acknowledged."""
    try:
        serving.hold(state)
    except SandboxError as error:
        raise LaunchError(str(error)) from error


def _check(options: Options) -> None:
    try:
        found = version("ministack")
    except PackageNotFoundError as error:
        raise LaunchError(
            f"ministack {MINISTACK} is not installed; run `make setup`, or install this"
            " project with its `sandbox` extra"
        ) from error
    if found != MINISTACK:
        raise LaunchError(
            f"ministack is {found}, and the sandbox's additions fit {MINISTACK} only;"
            f" install ministack=={MINISTACK}"
        )
    if not 1 <= options.port <= 65535:
        raise LaunchError(f"--port is {options.port}; give a port from 1 to 65535")
    if not 0 < options.speed <= 3600:
        raise LaunchError(f"--speed is {options.speed}; give a number above 0, up to 3600")
    low, high = SHARES
    if not low <= options.vcpu <= high:
        raise LaunchError(f"--vcpu is {options.vcpu}; give a number from {low:g} to {high:g}")
    if not options.images.is_file():
        raise LaunchError(f"--images is {options.images}, which is not a file")
    _check_free(options.port)


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise LaunchError(
                f"port {port} on 127.0.0.1 is taken ({error.strerror}); give another"
            ) from error


def _environment(options: Options) -> None:
    """ministack reads these at import: loopback only, no other port, nothing left outside."""
    for name in [n for n in os.environ if n.startswith(("AWS_", "MINISTACK_", "LOCALSTACK_"))]:
        del os.environ[name]
    os.environ.update(
        BIND_HOST="127.0.0.1",
        MINISTACK_HOST="127.0.0.1",
        GATEWAY_PORT=str(options.port),
        IOT_MTLS_ENABLED="0",
        SFTP_ENABLED="0",
        PERSIST_STATE="0",
        S3_PERSIST="0",
        AUTH="false",
        USE_SSL="0",
        LOG_LEVEL="WARNING",
        DOCKER_HOST="unix:///nonexistent/docker.sock",
        MINISTACK_WORKER_THREADS="16",
    )


async def _serve(server: "Server", options: Options) -> None:  # type: ignore[name-defined]  # noqa: F821
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    config = Config()
    config.bind = [f"127.0.0.1:{options.port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 0.2
    config.loglevel = "WARNING"
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    watch = asyncio.create_task(_until_orphaned(stop)) if options.exit_with_parent else None
    life = asyncio.create_task(server.live())
    life.add_done_callback(lambda _: stop.set())
    await serve(server, config, shutdown_trigger=stop.wait)
    if watch is not None:
        watch.cancel()
    if life.done():
        await life
    life.cancel()


async def _until_orphaned(stop: asyncio.Event) -> None:
    parent = os.getppid()
    while os.getppid() == parent:
        await asyncio.sleep(0.2)
    stop.set()
