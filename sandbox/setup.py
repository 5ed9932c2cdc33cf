"""Set-up of the engine: `python -m sandbox.setup` finds or builds it, once.

Exit status: 0 ready, 1 not possible on this machine as it is.
"""

import fcntl
import hashlib
import importlib.metadata
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError
from rich.console import Console

from sandbox import launchers
from sandbox.engine import build, choice
from sandbox.errors import SandboxError
from sandbox.paths import KEPT, PROJECT

SOURCES = ("engine/go.mod", "engine/go.sum", "engine/build.py", "launchers.py", "setup.py")


class Stamp(BaseModel):
    """What set-up has done, so that it is not done again."""

    key: str
    version: str
    module: str | None  # digest of the Go module it was built from; None: an installed engine


@dataclass(frozen=True)
class Setup:
    """Set-up of one `.sandbox` folder. `search` stands for PATH."""

    folder: Path = KEPT
    search: str | None = None

    def run(self, console: Console) -> bool:
        """Makes the engine ready; says what it took. False: it was ready already."""
        key = self._key()
        with self._alone():
            stamp = self._stamp()
            if stamp is not None and stamp.key == key and self._engine.exists():
                console.print(f"engine: Pulumi {stamp.version}, ready", highlight=False)
                return False
            started = time.monotonic()
            done = self._engine_ready(console, stamp, key)
            launchers.aws_plugin(self.folder / "home")
            self._file.write_text(done.model_dump_json())
        size = self._engine.stat().st_size / 1e6
        took = time.monotonic() - started
        console.print(f"engine: Pulumi {done.version}, ready ({took:.1f} s, {size:.0f} MB)")
        return True

    @property
    def _engine(self) -> Path:
        return self.folder / "bin" / "pulumi"

    @property
    def _file(self) -> Path:
        return self.folder / "setup.json"

    def _engine_ready(self, console: Console, stamp: Stamp | None, key: str) -> Stamp:
        """Links the installed engine, or builds one unless this very one is there."""
        self._engine.parent.mkdir(parents=True, exist_ok=True)
        found = choice.installed(self.search)
        if isinstance(found, choice.Installed):
            console.print(f"engine: using {found.path}")
            self._engine.unlink(missing_ok=True)
            self._engine.symlink_to(found.path)
            return Stamp(key=key, version=found.version, module=None)
        module = _digest(PROJECT / "sandbox" / "engine" / name for name in ("go.mod", "go.sum"))
        if stamp is None or stamp.module != module or not self._engine.exists():
            console.print(f"engine: {found.reason}")
            self._build(console)
        launchers.language_host(self._engine.parent)
        launchers.dynamic_provider(self._engine.parent)
        return Stamp(key=key, version=choice.module_version(), module=module)

    def _build(self, console: Console) -> None:
        try:
            build.build(self._engine, console, self.search)
        except SandboxError as error:
            raise SandboxError(
                f"engine: it could not be built: {error}\n"
                "Next: install Pulumi (3.238 or later, below 4, with its Python language host) or "
                f"Go ({choice.go_version()} or later), put it on PATH, and run `make setup` again."
            ) from error

    def _stamp(self) -> Stamp | None:
        try:
            return Stamp.model_validate_json(self._file.read_text())
        except (FileNotFoundError, ValidationError):
            return None

    def _key(self) -> str:
        """Changes with everything that set-up depends on."""
        digest = _digest(PROJECT / "sandbox" / source for source in SOURCES)
        installed = shutil.which("pulumi", path=self.search)
        parts = [digest, str(PROJECT), importlib.metadata.version("pulumi_aws"), str(installed)]
        if installed is not None:
            parts.append(str(os.stat(installed).st_mtime_ns))
        return " ".join(parts)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two set-ups of one folder wait for each other."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _digest(files: Iterator[Path]) -> str:
    """One digest over the contents of `files`."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    try:
        Setup().run(Console(highlight=False, soft_wrap=True))
    except SandboxError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
