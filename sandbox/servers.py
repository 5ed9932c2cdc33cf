"""The parts of a sandbox that are servers of our own: how each is started and asked for its health.

The database is none of them: see `database.py`.
"""

import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox import loopback, processes
from sandbox.environment import LOOPBACK
from sandbox.errors import SandboxError
from sandbox.paths import PYTHON
from sandbox.state import Part

READY_WITHIN = 60.0  # seconds
TAIL = 20  # lines of a log shown when its process fails


@dataclass(frozen=True)
class Server:
    """A module that serves HTTP on `--port`; `health` answers 200 when it is ready."""

    name: str
    module: str
    health: str

    def healthy(self, part: Part) -> bool:
        """Whether its process runs and answers on its port."""
        return part.process.alive() and loopback.answers(part.url + self.health)

    def launch(self, port: int, logs: Path, arguments: Sequence[str | Path]) -> Part:
        """Starts it; the log of the run before is kept beside its own."""
        log = logs / f"{self.module.rpartition('.')[2]}.log"
        if log.exists():
            shutil.move(log, log.with_suffix(".previous.log"))
        command = [PYTHON, "-P", "-m", self.module, "--port", str(port), *arguments]
        return Part(process=processes.start(command, log, _environment()), port=port, log=log)

    def ready(self, part: Part) -> bool:
        """Waits until it is healthy; False where it has ended, or READY_WITHIN is over."""
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline and part.process.alive():
            if self.healthy(part):
                return True
            time.sleep(0.05)
        return False

    def failed(self, part: Part) -> SandboxError:
        """What to say of a start that was not ready in time."""
        ended = not part.process.alive()
        how = "ended" if ended else f"did not answer within {READY_WITHIN:g} s"
        return SandboxError(
            f"sandbox: the {self.name} {how}. The end of its log, {part.log}:\n{tail(part.log)}"
        )


EMULATOR = Server("emulator", "sandbox.emulator", "/_ministack/health")
DATAPLANE = Server("data plane", "sandbox.dataplane", "/health")


def tail(log: Path) -> str:
    """The last lines of a log, indented."""
    lines = log.read_text(errors="replace").splitlines()[-TAIL:]
    return "\n".join(f"  {line}" for line in lines) or "  (it is empty)"


def _environment() -> dict[str, str]:
    """This process's, without anything that says which AWS account or which proxy to use."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        **dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull),
        **dict.fromkeys(("NO_PROXY", "no_proxy"), ",".join(LOOPBACK)),
    }
