"""The emulator as a process whose beat fails."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.emulator import free_port

pytestmark = pytest.mark.sandbox


def test_a_beat_that_never_works_again_ends_it(tmp_path: Path) -> None:
    """S0-20: the process ends by itself with the error, so that whoever watches it notices."""
    (tmp_path / "images.yaml").write_text("")
    script = (
        "import sys\n"
        "from sandbox.emulator import __main__, beat\n"
        "async def broken(*_):\n"
        "    raise OSError('database is locked')\n"
        "beat.go_on = broken\n"
        "sys.exit(__main__.main())\n"
    )
    command = [sys.executable, "-c", script, "--port", str(free_port())]
    command += ["--state", str(tmp_path / "s"), "--images", str(tmp_path / "images.yaml")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 1
    assert "OSError: database is locked" in ended.stderr
