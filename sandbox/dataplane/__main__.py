"""`python -m sandbox.dataplane`: Envoy in the place of an emulator's load balancers."""

import argparse
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path

from sandbox import serving
from sandbox.dataplane import api
from sandbox.dataplane.configuration import Configuration
from sandbox.dataplane.decision_log import DecisionLog
from sandbox.dataplane.envoy import Envoy
from sandbox.dataplane.health import Reporter
from sandbox.dataplane.metrics import Publisher
from sandbox.dataplane.plane import Plane
from sandbox.dataplane.waf_logs import Shipper
from sandbox.errors import SandboxError


def main() -> int:
    """Serve until SIGTERM; 2 when it cannot start or Envoy has ended, with the reason on stderr."""
    options = _options()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    if options.exit_with_parent:
        threading.Thread(target=_end_when_orphaned, args=(os.getppid(),), daemon=True).start()
    try:
        _serve(options)
    except SandboxError as error:
        print(f"sandbox data plane: {error}", file=sys.stderr)
        return 2
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.dataplane", description=__doc__)
    parser.add_argument("--emulator", required=True, help="the emulator's URL")
    parser.add_argument("--folder", type=Path, required=True, help="logs, certificates, ports")
    parser.add_argument("--port", type=int, required=True, help="port of its own on 127.0.0.1")
    parser.add_argument("--speed", type=float, default=1.0, help="sandbox seconds a wall second")
    parser.add_argument("--exit-with-parent", action="store_true", help="end when the parent ends")
    return parser.parse_args()


def _serve(options: argparse.Namespace) -> None:
    folder = options.folder.resolve()  # Envoy watches its files by absolute paths
    folder.mkdir(parents=True, exist_ok=True)
    serving.hold(folder)
    configuration = Configuration(folder, options.speed)
    envoy = Envoy(folder, configuration.files)
    try:
        plane = Plane(options.emulator, configuration, envoy)
        api.serve(plane, options.port)
        Reporter(plane, configuration.health_log, options.speed).start()
        Publisher(plane, options.speed).start()
        decisions = DecisionLog(folder / "firewall.log", folder / "firewall-log.json")
        Shipper(plane, decisions).start()
        plane.follow()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        envoy.stop()


def _end_when_orphaned(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.2)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
