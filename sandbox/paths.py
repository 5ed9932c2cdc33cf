"""Where the sandbox keeps its things on this machine.

`.sandbox/bin` and `.sandbox/home` hold the engine, made once by set-up and shared. What runs has a
root of its own, `.sandbox/run` unless told otherwise, so that several sandboxes run at once.
"""

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
KEPT = PROJECT / ".sandbox"
BIN = KEPT / "bin"
HOME = KEPT / "home"
PYTHON = PROJECT / ".venv" / "bin" / "python"
IMAGES = PROJECT / "sandbox" / "images.yaml"
POLICIES = PROJECT / "policies"


@dataclass(frozen=True)
class Root:
    """The folder of one sandbox: what it runs, logs and remembers."""

    path: Path

    @property
    def state(self) -> Path:
        """Ports and processes, while it is up."""
        return self.path / "state.json"

    @property
    def logs(self) -> Path:
        """One file per process, kept after `down`."""
        return self.path / "logs"

    @property
    def stacks(self) -> Path:
        """Pulumi's file backend."""
        return self.path / "stacks"

    @property
    def config(self) -> Path:
        """Copies of the stage files, because the engine rewrites the file it is given."""
        return self.path / "config"

    @property
    def emulator(self) -> Path:
        """What the emulator remembers."""
        return self.path / "emulator"

    @property
    def dataplane(self) -> Path:
        """Envoy's configuration, certificate and logs, and the ports of the load balancers."""
        return self.path / "dataplane"

    @property
    def databases(self) -> Path:
        """A folder for each stage's database: its data, password and log."""
        return self.path / "databases"


def root(given: Path | None = None) -> Root:
    """The sandbox `given`, else the one EVENKEEL_SANDBOX names, else the project's own."""
    named = given or os.environ.get("EVENKEEL_SANDBOX") or KEPT / "run"
    return Root(Path(named).resolve())
