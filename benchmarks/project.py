"""A project folder with one stack of its own, and how long the real engine takes over it."""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from sandbox import environment, launchers
from sandbox.errors import SandboxError
from sandbox.paths import BIN, POLICIES, PROJECT, Root
from sandbox.stack import KEPT

NOTHING = "sandbox.provider.nothing"
NOBODY = "http://127.0.0.1:1"  # the provider that does nothing asks no AWS
LIMIT = 600  # wall seconds for one operation
TAIL = 20  # lines of an operation that fails


@dataclass(frozen=True)
class Project:
    """The shipped program and one stage file, in `folder`."""

    folder: Path
    stage: str
    engine: Path
    home: Path
    url: str
    region: str
    account: str

    def make(self) -> None:
        """Makes folder and stack."""
        (self.folder / "run" / "stacks").mkdir(parents=True)
        (self.folder / ".venv").symlink_to(PROJECT / ".venv")
        for name in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(PROJECT / name, self.folder)
        name = f"Pulumi.{self.stage}.yaml"
        # Without the key of a real stack, which the engine writes into the file.
        (self.folder / name).write_text(KEPT.sub("", (PROJECT / name).read_text()))
        self._seconds("stack", "init", "--no-select")

    def preview(self, *, pack: Path | None) -> float:
        """Seconds of a preview, under the policy pack in the folder `pack` if given."""
        return self._seconds("preview", *(("--policy-pack", str(pack)) if pack else ()))

    def up(self) -> float:
        """Seconds of an `up` with the policy pack, without the preview before it."""
        return self._seconds("up", "--yes", "--skip-preview", "--policy-pack", str(POLICIES))

    def _seconds(self, *arguments: str) -> float:
        """Wall seconds of one command. Raises SandboxError with the end of what it said."""
        command = [str(self.engine), *arguments, "--stack", self.stage, "--non-interactive"]
        started = time.monotonic()
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self._env(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        took = time.monotonic() - started
        if done.returncode != 0:
            said = "\n".join(done.stdout.splitlines()[-TAIL:])
            raise SandboxError(f"pulumi {arguments[0]} of {self.stage} failed:\n{said}")
        return took

    def _env(self) -> dict[str, str]:
        root = Root(self.folder / "run")
        own = environment.of(root, self.url, self.region, self.account, self.home)
        return {**own, "PATH": os.pathsep.join([str(self.engine.parent), own["PATH"]])}


def plugins(home: Path, module: str = launchers.PROVIDER) -> Path:
    """A PULUMI_HOME whose `aws` provider is served by `module`."""
    home.mkdir(parents=True)
    launchers.aws_plugin(home, module)
    return home


def idle_engine(folder: Path) -> Path:
    """The engine again, in `folder`, with a host of dynamic resources that does nothing.

    The engine takes that host from its own folder, wherever links lead, so it is not linked to.
    """
    folder.mkdir(parents=True)
    real = (BIN / "pulumi").resolve()
    shutil.copy(real, folder / "pulumi")
    for file in real.parent.glob("pulumi-language-python*"):
        shutil.copy(file, folder)
    launchers.dynamic_provider(folder, NOTHING)
    return folder / "pulumi"
