"""What a running sandbox has written down about itself: `state.json` in its root."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from sandbox.paths import Root
from sandbox.processes import Process


class Part(BaseModel):
    """One process of the sandbox and the port that it serves on 127.0.0.1."""

    model_config = ConfigDict(frozen=True)

    process: Process
    port: int
    log: Path

    @property
    def url(self) -> str:
        """Its address, where it speaks HTTP."""
        return f"http://127.0.0.1:{self.port}"


class State(BaseModel):
    """Everything that should be up. `speed` is sandbox seconds in a second of wall time."""

    model_config = ConfigDict(frozen=True)

    speed: float
    emulator: Part
    dataplane: Part | None = None
    databases: Mapping[str, Part] = {}  # by stage

    @property
    def url(self) -> str:
        """The address that stands for AWS."""
        return self.emulator.url

    @property
    def parts(self) -> dict[str, Part]:
        """Each part by the name that messages give it."""
        return {
            "emulator": self.emulator,
            **({"data plane": self.dataplane} if self.dataplane else {}),
            **{f"database of {stage}": part for stage, part in self.databases.items()},
        }

    def write(self, root: Root) -> None:
        """Replaces the root's state, whole or not at all."""
        root.path.mkdir(parents=True, exist_ok=True)
        fresh = root.state.with_suffix(f".{os.getpid()}")
        fresh.write_text(self.model_dump_json(indent=2))
        fresh.replace(root.state)


def read(root: Root) -> State | None:
    """The state of `root`; None where nothing is up, or nobody can say what."""
    try:
        return State.model_validate_json(root.state.read_text())
    except (FileNotFoundError, ValidationError):
        return None
