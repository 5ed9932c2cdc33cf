"""`python -m sandbox.emulator`: the AWS control plane on one loopback port."""

import argparse
import sys
from datetime import datetime
from pathlib import Path

from sandbox import vcpu
from sandbox.emulator.launch import LaunchError, Options, launch


def main() -> int:
    """Serve until SIGTERM; 2 when it cannot start, with the reason on stderr."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.emulator", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1, 1-65535")
    parser.add_argument("--state", type=Path, required=True, help="folder that keeps the state")
    parser.add_argument("--speed", type=float, default=1.0, help="sandbox seconds a wall second")
    parser.add_argument(
        "--stepped",
        type=_instant,
        metavar="WHEN",
        help="no speed: the clock of a new state stands at WHEN (2026-11-22T00:00:00Z) and moves "
        "when told",
    )
    parser.add_argument(
        "--vcpu", type=float, default=vcpu.DEFAULT, help="of a core that 1,024 CPU units are"
    )
    parser.add_argument("--images", type=Path, required=True, help="what each image does (YAML)")
    parser.add_argument("--exit-with-parent", action="store_true", help="end when the parent ends")
    options = Options(**vars(parser.parse_args()))
    try:
        launch(options)
    except LaunchError as error:
        print(f"sandbox emulator: {error}", file=sys.stderr)
        return 2
    return 0


def _instant(given: str) -> datetime:
    when = datetime.fromisoformat(given)
    if when.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{given} has no time zone; write {given}Z for UTC")
    return when


if __name__ == "__main__":
    sys.exit(main())
