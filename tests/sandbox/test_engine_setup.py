"""Set-up of the engine: an installed one, a built one, or a message that says what is missing."""

import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from sandbox.engine import choice
from sandbox.errors import SandboxError
from sandbox.paths import BIN, KEPT
from sandbox.setup import Setup, Stamp


def script(file: Path, body: str) -> Path:
    """An executable shell script."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o755)
    return file


def pulumi(folder: Path, says: str = "echo v3.240.1", host: bool = True) -> str:
    """A PATH of one folder with a `pulumi`; each of its runs is written down in `runs`."""
    script(folder / "pulumi", f'echo run >>"{folder}/runs"\n{says}')
    if host:
        script(folder / "pulumi-language-python", "exit 0")
    return str(folder)


def run(folder: Path, search: str) -> tuple[bool, str]:
    """Set-up of `folder` with that PATH: whether it did something, and what it said."""
    said = io.StringIO()
    did = Setup(folder, search).run(Console(file=said, width=200))
    return did, said.getvalue()


@pytest.mark.parametrize("version", ["3.238.0", "v3.259.0", "3.300.4-dev.1"])
def test_an_installed_engine_of_a_tested_version_is_used(tmp_path: Path, version: str) -> None:
    """From 3.238 on, below 4, with its language host beside it, it is linked and not built."""
    search = pulumi(tmp_path / "tools", f"echo {version}")
    did, said = run(tmp_path / "kept", search)
    assert did
    assert "building" not in said
    assert (tmp_path / "kept/bin/pulumi").resolve() == tmp_path / "tools/pulumi"
    assert list((tmp_path / "kept/home/plugins").glob("resource-aws-v7*/pulumi-resource-aws"))


@pytest.mark.parametrize(
    ("says", "host", "reason"),
    [
        ("echo v3.237.9", True, "is version 3.237.9; accepted are 3.238 and later, below 4"),
        ("echo v4.0.0", True, "is version 4.0.0; accepted are 3.238 and later, below 4"),
        ("echo v3.259.0", False, "has no pulumi-language-python beside it"),
        ("echo what", True, "does not say a version"),
        ("echo v3.259.0; exit 1", True, "does not say a version"),
    ],
)
def test_another_installed_engine_is_refused(
    tmp_path: Path, says: str, host: bool, reason: str
) -> None:
    """Another version, an incomplete installation and a broken one are refused by name."""
    found = choice.installed(pulumi(tmp_path, says, host))
    assert found == choice.Refused(f"{tmp_path}/pulumi {reason}")


def test_the_second_set_up_does_nothing(tmp_path: Path) -> None:
    """With everything as it was, the engine is not even started."""
    search = pulumi(tmp_path / "tools")
    assert run(tmp_path / "kept", search)[0]
    runs = (tmp_path / "tools/runs").read_text()
    did, said = run(tmp_path / "kept", search)
    assert not did
    assert said == "engine: Pulumi 3.240.1, ready\n"
    assert (tmp_path / "tools/runs").read_text() == runs


def test_a_changed_installation_is_looked_at_again(tmp_path: Path) -> None:
    """An upgrade of the installed engine is noticed."""
    search = pulumi(tmp_path / "tools")
    run(tmp_path / "kept", search)
    pulumi(tmp_path / "tools", "echo v3.250.0")
    os.utime(tmp_path / "tools/pulumi", ns=(1, 1))
    did, said = run(tmp_path / "kept", search)
    assert did
    assert "Pulumi 3.250.0" in said


def test_without_engine_and_go_it_says_what_to_install(tmp_path: Path) -> None:
    """Neither is on PATH: the message names both ways out, and nothing is left half done."""
    with pytest.raises(SandboxError) as refused:
        run(tmp_path / "kept", str(tmp_path / "nothing"))
    message = str(refused.value)
    assert "there is no go on PATH" in message
    assert "install Pulumi (3.238 or later, below 4" in message
    assert f"or Go ({choice.go_version()} or later)" in message
    assert list((tmp_path / "kept/bin").iterdir()) == []
    assert not (tmp_path / "kept/setup.json").exists()


def go(folder: Path, build: str) -> str:
    """A PATH of one folder with a `go` that lists two packages and builds as told."""
    body = f'case "$1" in list) echo a/b; echo c/d;; build) {build};; esac'
    script(folder / "go", f'echo "$1" >>"{folder}/runs"\n{body}')
    return str(folder)


def test_a_build_leaves_an_engine_with_our_language_host(tmp_path: Path) -> None:
    """Without an installed engine it is built, once, and says what it took."""
    search = go(tmp_path / "tools", 'while [ "$1" != -o ]; do shift; done; echo >"$2"')
    did, said = run(tmp_path / "kept", search)
    assert did
    assert f"building Pulumi {choice.module_version()}" in said
    assert "there is no pulumi on PATH" in said
    made = {file.name for file in (tmp_path / "kept/bin").iterdir()}
    assert made == {"pulumi", "pulumi-language-python", "pulumi-resource-pulumi-python"}
    assert not run(tmp_path / "kept", search)[0]
    assert (tmp_path / "tools/runs").read_text() == "list\nbuild\n"


def test_a_failed_build_shows_the_end_of_its_output(tmp_path: Path) -> None:
    """What Go said is in the message, and no engine is left."""
    search = go(tmp_path / "tools", "echo no space left on device >&2; exit 3")
    with pytest.raises(SandboxError, match=r"(?s)exit status 3:\n  no space left on device") as e:
        run(tmp_path / "kept", search)
    assert "run `make setup` again" in str(e.value)
    assert list((tmp_path / "kept/bin").iterdir()) == []


def test_the_engine_in_use_is_of_a_tested_version() -> None:
    """What `make setup` has made ready says the version that the stamp says."""
    stamp = Stamp.model_validate_json((KEPT / "setup.json").read_text())
    said = subprocess.run([BIN / "pulumi", "version"], capture_output=True, text=True, check=True)
    assert said.stdout.strip().removeprefix("v") == stamp.version


def test_the_module_is_pinned_whole() -> None:
    """go.sum has a checksum for every module of the build: Go needs nothing beyond it."""
    stamp = Stamp.model_validate_json((KEPT / "setup.json").read_text())
    if stamp.module is None or shutil.which("go") is None:
        pytest.skip("the engine was installed, not built here: Go's module cache may be empty")
    listed = subprocess.run(
        ["go", "list", "-mod=readonly", "-deps", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"],
        cwd=choice.MODULE,
        env={**os.environ, "GOPROXY": "off", "GOFLAGS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert listed.returncode == 0, listed.stderr
    assert len(listed.stdout.splitlines()) > 1000
