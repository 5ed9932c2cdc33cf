"""`python -m sandbox up|preview STAGE` and `python -m sandbox down`: what `make` runs.

`--images FILE` says what images do, in the place of sandbox/images.yaml. `--refresh` looks first at
what is there, so that an `up` also puts back what was changed by hand.

Exit status: 0 done, 2 wrong use, any other that of the engine or 1.
"""

import argparse
import shutil
import signal
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from infra.settings import Settings
from ops import explain
from sandbox import entrance, needs, speed, stack
from sandbox.control import Sandbox
from sandbox.errors import SandboxError, WrongUseError
from sandbox.paths import IMAGES, Root, root
from sandbox.stack import Stack
from sandbox.state import State

NEXT = """
next:
  edit capacity.max in Pulumi.{stage}.yaml, then   make preview STAGE={stage}
  set it to 1000, and the same preview refuses it, with the sum
  what the stage does now                          .venv/bin/evenkeel status {stage} --sandbox
  what runs on this machine for it                 .venv/bin/evenkeel sandbox status
  all of it away again                             make down"""

SELF_SIGNED = " (its certificate is self-signed: curl --insecure)"
KEPT = """The sandbox stays up, so that you can look and try again.
To drop it undestroyed: .venv/bin/evenkeel sandbox down, and remove {root}"""
INTERRUPTED = """
An earlier update was interrupted while it created something. Once what failed is put right,
make up takes that up; where AWS says that it exists already: make down, then make up."""


@dataclass(frozen=True)
class Verbs:
    """What can be done in one sandbox."""

    where: Root
    images: Path

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox, whether it runs or not."""
        return Sandbox(self.where, self.images)

    def preview(self, stage: str) -> int:
        """Shows what an `up` would change; that needs AWS, and nothing that runs in it."""
        settings = stack.settings_of(stage)
        needs.check(settings, self.images)
        stack.check_free(self.where, stage)
        running = self._started(None)
        self._seed(settings, running)
        return Stack(self.where, stage, running.url).preview()

    def up(self, stage: str, *, refresh: bool) -> int:
        """Builds the stage; ends with its addresses, its effective numbers and what to try next."""
        settings = stack.settings_of(stage)
        needs.check(settings, self.images)
        stack.check_free(self.where, stage)
        running = self._started(settings)
        self._seed(settings, running)
        built = Stack(self.where, stage, running.url)
        status = built.up(refresh=refresh)
        if status == 0:
            self._tell(built, running)
        elif stage in stack.interrupted(self.where):
            print(INTERRUPTED, file=sys.stderr)
        return status

    def down(self) -> int:
        """Destroys every stack, shows that they are empty, and stops the sandbox."""
        for stage in stack.known(self.where):
            stack.check_free(self.where, stage)
        if left := stack.interrupted(self.where):
            return self._forget(left)
        if stages := stack.filled(self.where):
            running = self._started(None)
            stacks = [Stack(self.where, stage, running.url) for stage in stages]
            for each in stacks:
                if status := each.destroy():
                    print(KEPT.format(root=self.where.path), file=sys.stderr)
                    return status
            stacks[0].list()
        print("sandbox: stopped" if self.sandbox.down() else "sandbox: nothing runs")
        return 0

    def _started(self, settings: Settings | None) -> State:
        """The sandbox with all that built stages need, and what `settings` need, if given."""
        limits = needs.databases(self.where, settings, self.images)
        return self.sandbox.up(speed.asked(), databases=limits, dataplane=bool(limits))

    def _seed(self, settings: Settings, running: State) -> None:
        part = running.databases.get(settings.stage)
        needs.seed(settings, running.url, part)

    def _tell(self, built: Stack, running: State) -> None:
        url = str(built.outputs()["url"])
        print(f"\nurl: {url}")
        if running.dataplane is not None:
            here = entrance.local(url, running, print)
            print(f"here: {here}{SELF_SIGNED if here.startswith('https:') else ''}")
        print(flush=True)
        report = explain.report(stack.settings_of(built.stage), datetime.now(UTC))
        explain.render(report, Console(highlight=False))
        print(NEXT.format(stage=built.stage))

    def _forget(self, stages: list[str]) -> int:
        """Stops the sandbox and drops its account, where a stack does not know all it made."""
        print(f"stack {', '.join(stages)}: an update was interrupted while it created something.")
        print("No stack can destroy what it does not know: the sandbox's account is dropped whole.")
        self.sandbox.down()
        for folder in (
            self.where.emulator,
            self.where.databases,
            self.where.stacks,
            self.where.config,
        ):
            shutil.rmtree(folder, ignore_errors=True)
        print("sandbox: stopped and empty")
        return 0


def main() -> int:
    """Reads the command line; a message instead of a trace for what the user can mend."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("verb", choices=("up", "preview", "down"))
    parser.add_argument("stage", nargs="?", default="staging")
    parser.add_argument("--root", type=Path, help="the sandbox's folder (default: .sandbox/run)")
    parser.add_argument("--images", type=Path, default=IMAGES, help="what images do")
    parser.add_argument("--refresh", action="store_true", help="up: look first at what is there")
    given = parser.parse_args()
    verbs = Verbs(root(given.root), given.images.resolve())
    # Ctrl-C reaches the engine by itself; we wait for what it makes of it. SIGTERM is
    # handed on (stack.py).
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        if given.verb == "down":
            return verbs.down()
        if given.verb == "preview":
            return verbs.preview(given.stage)
        return verbs.up(given.stage, refresh=given.refresh)
    except SandboxError as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, WrongUseError) else 1


if __name__ == "__main__":
    sys.exit(main())
