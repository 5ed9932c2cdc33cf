"""The real engine for tests: an isolated stack, and exactly what an operation did to each resource.

    def test_it(workspace: MakeWorkspace) -> None:
        staging = workspace("staging")                 # the shipped program and stage file
        assert staging.up().status == 0
        staging.edit("max: 2", "max: 3")               # the stage file of this test alone
        changed = staging.preview()
        assert changed.operations() == {"evenkeel-staging": "update"}
        staging.aws("ecs").describe_services(...)      # boto3, in this test's own account

Every workspace has its own folder, file backend, PULUMI_HOME and 12-digit account; the emulator
is one a test worker, so accounts keep tests apart. `workspace(program="…")` runs a program of the
test's own, on `provider="sandbox.provider.nothing"` without any emulator behind it.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
import yaml

from sandbox import launchers
from sandbox.control import Sandbox
from sandbox.paths import BIN, POLICIES, PROJECT, Root
from sandbox.stack import KEPT
from sandbox.state import State
from tests.support.workspace import REGION, Workspace

SPEED = 60.0  # sandbox seconds in a second
SIMULATED = Path(__file__).parent / "images.yaml"
NOTHING = "sandbox.provider.nothing"
TOY = {"config": {"aws:region": REGION}}


@dataclass(frozen=True)
class Running:
    """The emulator of this test worker."""

    state: State
    images: Path

    def image(self, match: str, **behaviour: object) -> None:
        """Says what images that `match` (a regex) do; before every earlier entry."""
        entries = yaml.safe_load(self.images.read_text())
        self.images.write_text(yaml.safe_dump([{"match": match, **behaviour}, *entries]))


class MakeWorkspace(Protocol):
    """Makes a workspace: the shipped program for `stage`, or a `program` of the test's own."""

    def __call__(
        self,
        stage: str = "staging",
        *,
        program: str | None = None,
        provider: str = launchers.PROVIDER,
        packs: tuple[Path, ...] | None = None,
    ) -> Workspace: ...


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The emulator of this test worker, with images of its own; its tasks are simulated."""
    root = Root(tmp_path_factory.mktemp("sandbox"))
    images = root.path / "images.yaml"
    shutil.copy(SIMULATED, images)
    sandbox = Sandbox(root, images=images, say=lambda _: None, dies_with_us=True)
    yield Running(sandbox.up(SPEED), images)
    sandbox.down()


@pytest.fixture
def workspace(tmp_path: Path, request: pytest.FixtureRequest) -> MakeWorkspace:
    """Workspaces of this test alone. The emulator starts with the first that needs it."""
    made: list[Workspace] = []

    def make(
        stage: str = "staging",
        *,
        program: str | None = None,
        provider: str = launchers.PROVIDER,
        packs: tuple[Path, ...] | None = None,
    ) -> Workspace:
        url = "http://127.0.0.1:1"  # nobody listens there, and nobody asks
        if provider != NOTHING:
            url = request.getfixturevalue("running").state.url
        folder = tmp_path / f"project{len(made)}"
        made.append(made_in(folder, stage, url, program=program, provider=provider, packs=packs))
        return made[-1]

    return make


def made_in(
    folder: Path,
    stage: str,
    url: str,
    *,
    program: str | None = None,
    provider: str = launchers.PROVIDER,
    packs: tuple[Path, ...] | None = None,
) -> Workspace:
    """A workspace in *folder*, against the emulator at *url*; its stack exists and is empty."""
    assert (BIN / "pulumi").exists(), "the engine is not set up: run `make setup`"
    _project(folder, stage, program, provider)
    shipped = (POLICIES,) if program is None else ()
    built = Workspace(folder, stage, url, shipped if packs is None else packs)
    built.pulumi("stack", "init", "--no-select")
    if program is None and provider != NOTHING:
        built.seed()
    return built


def _project(folder: Path, stage: str, program: str | None, provider: str) -> None:
    """A project beside its own backend and plugins; the virtual environment is the shared one."""
    for part in ("home", "run/stacks"):
        (folder / part).mkdir(parents=True)
    launchers.aws_plugin(folder / "home", provider)
    (folder / ".venv").symlink_to(PROJECT / ".venv")
    shutil.copy(PROJECT / "Pulumi.yaml", folder)
    name = f"Pulumi.{stage}.yaml"
    if program is None:
        shutil.copy(PROJECT / "__main__.py", folder)
        # Without the key of a real stack, which the engine writes into the file.
        (folder / name).write_text(KEPT.sub("", (PROJECT / name).read_text()))
    else:
        (folder / "__main__.py").write_text(program)
        (folder / name).write_text(yaml.safe_dump(TOY))
