"""Builds the Pulumi engine from its Go module, saying how far it is."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.status import Status

from sandbox.engine.choice import MODULE, go_version, module_version
from sandbox.errors import SandboxError

COMMAND = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
SAID_EVERY = 15.0  # seconds between lines where there is no terminal


def build(target: Path, console: Console, search: str | None = None) -> None:
    """Writes the engine to `target`, whole or not at all. `search` stands for PATH.

    Raises SandboxError where Go is missing or the build fails.
    """
    go = shutil.which("go", path=search)
    if go is None:
        raise SandboxError("there is no go on PATH either")
    version = module_version()
    console.print(
        f"engine: building Pulumi {version} from its Go module "
        "(about 5 minutes the first time on two cores, plus the download)"
    )
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with console.status("engine: reading the module") as status:
            packages = list(_lines([go, "list", "-deps", COMMAND], _Progress(console, status)))
            flags = f"-s -w -X {VERSION_VARIABLE}={version}"
            command = [go, "build", "-v", "-ldflags", flags, "-o", str(fresh), COMMAND]
            for _ in _lines(command, _Progress(console, status, len(packages))):
                pass
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


class _Progress:
    """Says what Go does: downloads first, then one line a package."""

    def __init__(self, console: Console, status: Status, packages: int = 0) -> None:
        self._console, self._status, self._packages = console, status, packages
        self._downloads = self._compiled = 0
        self._started = self._said = time.monotonic()

    def __call__(self, line: str) -> None:
        """Counts one line of Go's own output."""
        if line.startswith("go: downloading"):
            self._downloads += 1
        elif "/" in line and " " not in line:
            self._compiled += 1
        now = time.monotonic()
        text = f"engine: {self._downloads} modules fetched"
        if self._packages:
            text = f"engine: {self._compiled} of {self._packages} packages compiled"
        text += f", {now - self._started:.0f} s"
        self._status.update(text)
        if not self._console.is_terminal and now - self._said >= SAID_EVERY:
            self._console.print(text)
            self._said = now


def _lines(command: list[str], progress: _Progress) -> Iterator[str]:
    """Runs Go; yields what it prints, tells `progress` what it logs, raises if it fails."""
    # The checksums of go.mod and go.sum are the pin: nothing may change them here.
    flags = os.environ.get("GOFLAGS", "") + " -mod=readonly -buildvcs=false"
    env = {**os.environ, "GOFLAGS": flags.strip(), "GOWORK": "off"}
    process = subprocess.Popen(
        command, cwd=MODULE, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdout is not None
    last: list[str] = []
    with process:
        for line in process.stdout:
            text = line.rstrip()
            progress(text)
            last = [*last[-29:], text]
            yield text
    if process.returncode != 0:
        raise SandboxError(
            f"{' '.join(command[:2])} failed with exit status {process.returncode}:\n"
            + "\n".join(f"  {text}" for text in last)
            + f"\nThe module needs Go {go_version()} or later and a Go module proxy (GOPROXY)."
        )
