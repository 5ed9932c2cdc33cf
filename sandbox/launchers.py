"""The small scripts through which the engine finds our language host and our plugins.

Each ends with the engine that started it (sandbox/engine/launch.py).
"""

import importlib.metadata
import shlex
from pathlib import Path

from sandbox.paths import PROJECT, PYTHON

LAUNCH = PROJECT / "sandbox" / "engine" / "launch.py"
PROVIDER = "sandbox.provider"


def language_host(folder: Path) -> None:
    """Puts the Python language host beside the engine in `folder`."""
    _write(folder / "pulumi-language-python", "-P -u -m sandbox.engine.language_host")


def dynamic_provider(folder: Path, module: str = "pulumi.dynamic") -> None:
    """Puts the host of dynamic resources beside the engine; it uses the project's virtualenv.

    `module` is what serves it.
    """
    _write(
        folder / "pulumi-resource-pulumi-python",
        f"-u -m {module}",
        python='"${PULUMI_RUNTIME_VIRTUALENV:-' + str(PYTHON.parent.parent) + '}/bin/python"',
    )


def aws_plugin(home: Path, module: str = PROVIDER) -> Path:
    """Puts the `aws` provider into a PULUMI_HOME; `module` is what serves it. Returns its folder.

    The engine takes a plugin whose version equals that of the installed pulumi_aws.
    """
    version = importlib.metadata.version("pulumi_aws")
    folder = home / "plugins" / f"resource-aws-v{version}"
    _write(folder / "pulumi-resource-aws", f"-P -u -m {module}")
    return folder


def _write(file: Path, arguments: str, python: str | None = None) -> None:
    own = shlex.quote(str(PYTHON))
    launch = shlex.quote(str(LAUNCH))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        f'#!/bin/sh\nexec {own} -I -S {launch} "$PPID" {python or own} {arguments} "$@"\n'
    )
    file.chmod(0o755)
