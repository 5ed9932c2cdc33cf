"""Which Pulumi engine this machine offers: an installed one that is accepted, or a built one."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

MODULE = Path(__file__).parent
OLDEST, BELOW = (3, 238), (4,)  # accepted: the protocol of the language host and of policy packs
LANGUAGE_HOST = "pulumi-language-python"


@dataclass(frozen=True)
class Installed:
    """A `pulumi` that somebody has installed, and that can be used as it is."""

    path: Path
    version: str


@dataclass(frozen=True)
class Refused:
    """Why no installed `pulumi` is used."""

    reason: str


def installed(search: str | None = None) -> Installed | Refused:
    """The `pulumi` on `search` (default: PATH), if accepted, with its host beside it."""
    found = shutil.which("pulumi", path=search)
    if found is None:
        return Refused("there is no pulumi on PATH")
    path = Path(found).resolve()
    version = _version(path)
    if version is None:
        return Refused(f"{found} does not say a version")
    if not OLDEST <= tuple(int(part) for part in version.split(".")[:2]) < BELOW:
        return Refused(f"{found} is version {version}; accepted are 3.238 and later, below 4")
    if not os.access(path.with_name(LANGUAGE_HOST), os.X_OK):
        return Refused(f"{found} has no {LANGUAGE_HOST} beside it")
    return Installed(path, version)


def module_version() -> str:
    """The version of the engine that the Go module here builds."""
    return _required(r"github\.com/pulumi/pulumi/pkg/v3 v(\S+)")


def go_version() -> str:
    """The oldest Go that builds the module."""
    return _required(r"^go (\S+)$")


def _required(pattern: str) -> str:
    match = re.search(pattern, (MODULE / "go.mod").read_text(), re.MULTILINE)
    assert match, f"go.mod has no {pattern}"
    return match[1]


def _version(pulumi: Path) -> str | None:
    """What `pulumi version` says, without the `v`; None where it says no version in 30 s."""
    quiet = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        said = subprocess.run(
            [pulumi, "version"], capture_output=True, text=True, timeout=30, env=quiet, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.match(r"v?(\d+\.\d+\.\d+\S*)", said.stdout)
    return match[1] if match and said.returncode == 0 else None
