"""`python -m sandbox up|preview STAGE` and `python -m sandbox down`: what `make` runs.

Exit status: 0 done, 2 wrong use, any other that of the engine or 1.
"""

import argparse
import shutil
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from ops import explain
from sandbox import needs, stack
from sandbox.control import Sandbox, speed_asked
from sandbox.errors import SandboxError, WrongUseError
from sandbox.paths import IMAGES, Root, root
from sandbox.stack import Stack

NEXT = """
next:
  edit capacity.max in Pulumi.{stage}.yaml, then   make preview STAGE={stage}
  set it to 1000, and the same preview refuses it, with the sum
  what runs here                                   .venv/bin/evenkeel sandbox status
  all of it away again                             make down"""

KEPT = """The sandbox stays up, so that you can look and try again.
To drop it undestroyed: .venv/bin/evenkeel sandbox down, and remove {root}"""
INTERRUPTED = """
An earlier update was interrupted while it created something that its stack does not know.
Where AWS says that it exists already: make down, then make up."""


def started(where: Root, stage: str) -> Stack:
    """The stack of `stage` in a sandbox that runs and holds what the stage names."""
    settings = stack.settings_of(stage)
    needs.check_image(settings, IMAGES)
    running = Sandbox(where).up(speed_asked())
    needs.seed(settings, running.url)
    return Stack(where, stage, running.url)


def up(where: Root, stage: str) -> int:
    """Builds the stage; ends with the url, the effective numbers and what to try next."""
    built = started(where, stage)
    status = built.up()
    if status == 0:
        print(f"\nurl: {built.outputs().get('url')}\n", flush=True)
        report = explain.report(stack.settings_of(stage), datetime.now(UTC))
        explain.render(report, Console(highlight=False))
        print(NEXT.format(stage=stage))
    elif stage in stack.interrupted(where):
        print(INTERRUPTED, file=sys.stderr)
    return status


def down(where: Root) -> int:
    """Destroys every stack, shows that they are empty, and stops the sandbox."""
    if left := stack.interrupted(where):
        return forget(where, left)
    if stages := stack.filled(where):
        running = Sandbox(where).up(speed_asked())
        stacks = [Stack(where, stage, running.url) for stage in stages]
        for each in stacks:
            if status := each.destroy():
                print(KEPT.format(root=where.path), file=sys.stderr)
                return status
        stacks[0].list()
    print("sandbox: stopped" if Sandbox(where).down() else "sandbox: nothing runs")
    return 0


def forget(where: Root, stages: list[str]) -> int:
    """Stops the sandbox and drops its account, where a stack does not know all that it made."""
    print(f"stack {', '.join(stages)}: an update was interrupted while it created something.")
    print("No stack can destroy what it does not know: the sandbox's account is dropped whole.")
    Sandbox(where).down()
    for folder in (where.emulator, where.stacks, where.config):
        shutil.rmtree(folder, ignore_errors=True)
    print("sandbox: stopped and empty")
    return 0


def main() -> int:
    """Reads the command line; a message instead of a trace for what the user can mend."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("verb", choices=("up", "preview", "down"))
    parser.add_argument("stage", nargs="?", default="staging")
    parser.add_argument("--root", type=Path, help="the sandbox's folder (default: .sandbox/run)")
    given = parser.parse_args()
    where = root(given.root)
    # Ctrl-C reaches the engine by itself; we wait for what it makes of it.
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        if given.verb == "down":
            return down(where)
        return (
            up(where, given.stage) if given.verb == "up" else started(where, given.stage).preview()
        )
    except SandboxError as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, WrongUseError) else 1


if __name__ == "__main__":
    sys.exit(main())
