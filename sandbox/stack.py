"""One stage's stack in a sandbox: the real `pulumi`, driven over a fresh copy of the stage file."""

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from infra.settings import Settings, SettingsError, read
from sandbox import environment, locks, pending, processes, protection
from sandbox.errors import SandboxError, WrongUseError
from sandbox.launchers import LAUNCH
from sandbox.paths import BIN, POLICIES, PROJECT, PYTHON, Root

NAME = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text())["name"]
KEPT = re.compile(r"^(?:encryptionsalt|secretsprovider|encryptedkey):.*$", re.MULTILINE)


def stages() -> list[str]:
    """The stages that have a file in the project."""
    return sorted(file.name.split(".")[1] for file in PROJECT.glob("Pulumi.*.yaml"))


def settings_of(stage: str) -> Settings:
    """The stage file of `stage`. Raises WrongUseError with the whole message."""
    file = PROJECT / f"Pulumi.{stage}.yaml"
    if not file.is_file():
        raise WrongUseError(
            f"STAGE is {stage!r}, but there is no {file.name}; known: {', '.join(stages())}"
        )
    try:
        return read(file)
    except SettingsError as error:
        raise WrongUseError(str(error)) from error


def known(root: Root) -> list[str]:
    """The stages that have a stack in `root`."""
    folder = root.stacks / ".pulumi" / "stacks" / NAME
    return sorted(file.stem for file in folder.glob("*.json"))


def filled(root: Root) -> list[str]:
    """Those of them that hold a resource."""
    return [stage for stage in known(root) if _state(root, stage).get("resources")]


def interrupted(root: Root) -> list[str]:
    """Those of them that were interrupted while creating: AWS may hold what no stack knows."""
    return [
        stage
        for stage in known(root)
        if pending.creates(_state(root, stage)) and locks.owner(root.stacks, NAME, stage) is None
    ]


def check_free(root: Root, stage: str) -> None:
    """Raises SandboxError while an update of `stage` runs: it would be taken for interrupted."""
    if owner := locks.owner(root.stacks, NAME, stage):
        raise SandboxError(
            f"stack {stage}: an update of process {owner} runs; "
            f"wait for it, or end it (kill {owner})"
        )


def _state(root: Root, stage: str) -> dict[str, Any]:
    file = root.stacks / ".pulumi" / "stacks" / NAME / f"{stage}.json"
    latest: dict[str, Any] = json.loads(file.read_text())["checkpoint"]["latest"]
    return latest


@dataclass(frozen=True)
class Stack:
    """The stack of `stage` against the sandbox at `url`."""

    root: Root
    stage: str
    url: str
    say: Callable[[str], None] = field(default=print)

    def preview(self) -> int:
        """Shows what an `up` would change, or what the policy pack refuses."""
        return self._update("preview")

    def up(self, *, refresh: bool = False) -> int:
        """Previews under the policy pack, then builds; the exit status is the engine's.

        With `refresh` it looks first at what is there.
        """
        if self.stage in interrupted(self.root):
            self.say(
                f"stack {self.stage}: an update was interrupted while it created something; "
                "this one takes that up"
            )
        status = self._update("up", "--yes", *(["--refresh"] if refresh else []))
        if status == 0 and self.stage in interrupted(self.root):
            self._strike_off()
        return status

    def destroy(self) -> int:
        """Deletes every resource of the stack, protected or not."""
        protection.take_off(self.url, self._region(), self.say)
        return self._engine("destroy", "--yes", *self._config())

    def list(self) -> int:
        """Shows every stack of the sandbox with the number of its resources."""
        return self._pulumi("stack", "ls", "--all").wait()

    def outputs(self) -> dict[str, object]:
        """The stack's outputs. Raises SandboxError where there is no stack."""
        written = self._said("stack", "output", "--json", "--stack", self.stage)
        outputs: dict[str, object] = json.loads(written)
        return outputs

    def _strike_off(self) -> None:
        if pending.are_done(_state(self.root, self.stage)):
            pending.strike_off(lambda *command: self._said(*command, "--stack", self.stage))
            self.say(f"stack {self.stage}: what was interrupted is done")
        else:
            self.say(
                f"stack {self.stage}: what was interrupted is no part of the stage any more, and "
                "AWS may have it: make down drops it with all the rest"
            )

    def _update(self, verb: str, *flags: str) -> int:
        self._create()
        # By the flag, whatever the caller's environment says; of which PULUMI_OPTION_POLICY_PACK is
        # left out with the rest, because the engine runs a pack twice that both name.
        judged = ("--policy-pack", POLICIES.name)
        shown = "--suppress-outputs"  # explain says them readably
        return self._engine(verb, *flags, *judged, shown, *self._config())

    def _create(self) -> None:
        """Makes the stack, unless it is there. Raises SandboxError."""
        if self.stage in known(self.root):
            return
        self.root.stacks.mkdir(parents=True, exist_ok=True)
        self._config()
        process = self._pulumi("stack", "init", self.stage, "--no-select", piped=True)
        said, _ = process.communicate()
        if process.returncode != 0:
            raise SandboxError(f"stack {self.stage}: it could not be made:\n{said}")

    def _config(self) -> tuple[str, str]:
        """A fresh copy of the stage file, with what the engine wrote into the last copy."""
        folder = self.root.config
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / "Pulumi.yaml", folder)
        own, copy = PROJECT / f"Pulumi.{self.stage}.yaml", folder / f"Pulumi.{self.stage}.yaml"
        if own.exists():
            written = KEPT.findall(copy.read_text()) if copy.exists() else []
            text = KEPT.sub("", own.read_text())  # a real account's key opens nothing here
            copy.write_text("\n".join([text.rstrip(), *written]) + "\n")
        return "--config-file", str(copy)

    def _engine(self, verb: str, *arguments: str) -> int:
        """Runs an operation that locks the stack; its output is shown as it is."""
        check_free(self.root, self.stage)
        locks.clear_dead(self.root.stacks, NAME, self.stage, self.say)
        command = (verb, "--cwd", str(PROJECT), "--stack", self.stage, "--non-interactive")
        engine = self._pulumi(*command, *arguments)
        with processes.handing_on(engine):  # as Ctrl-C ends it
            status = engine.wait()
        if status < 0:
            self.say(f"stack {self.stage}: the engine was ended by {signal.Signals(-status).name}")
        return status if status >= 0 else 128 - status  # as a shell has it

    def _said(self, *command: str) -> str:
        """What a command wrote. Raises SandboxError where it failed."""
        process = self._pulumi(*command, piped=True)
        written, _ = process.communicate()
        if process.returncode != 0:
            words = " ".join(command[:2])
            raise SandboxError(f"stack {self.stage}: `pulumi {words}` failed:\n{written}")
        return written

    def _pulumi(self, *arguments: str, piped: bool = False) -> subprocess.Popen[str]:
        # With the engine end its plugins and programs, each started the same way.
        ends_with_us = (PYTHON, "-I", "-S", LAUNCH, str(os.getpid()))
        return subprocess.Popen(
            [*ends_with_us, BIN / "pulumi", *arguments],
            cwd=self.root.config,
            env=environment.of(self.root, self.url, self._region()),
            stdout=subprocess.PIPE if piped else None,
            stderr=subprocess.STDOUT if piped else None,
            text=True,
        )

    def _region(self) -> str:
        copy: Path = self.root.config / f"Pulumi.{self.stage}.yaml"
        region: str = yaml.safe_load(copy.read_text())["config"]["aws:region"]
        return region
