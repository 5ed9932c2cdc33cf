"""One project folder with one stack of its own, operated by the real engine."""

import hashlib
import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import yaml

from infra.settings import read
from sandbox import environment, needs
from sandbox.paths import BIN, PROJECT, Root
from sandbox.stack import KEPT
from tests.support.outcome import Outcome

LIMIT = 300  # wall seconds for one operation of the engine
REGION = "eu-west-1"


@dataclass(frozen=True)
class Workspace:
    """One project folder with one stack, and the engine to operate it."""

    folder: Path
    stage: str
    url: str
    packs: tuple[Path, ...]
    variables: Mapping[str, str] = field(default_factory=dict)  # for the engine, beside its own
    account: str = field(init=False)

    def __post_init__(self) -> None:
        digest = int(hashlib.sha256(str(self.folder).encode()).hexdigest(), 16)
        object.__setattr__(self, "account", str(10**11 + digest % (9 * 10**11)))

    @property
    def file(self) -> Path:
        """The stage file, which the engine also writes to."""
        return self.folder / f"Pulumi.{self.stage}.yaml"

    def edit(self, old: str, new: str) -> None:
        """Replaces the one place where the stage file says `old`."""
        text = self.file.read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {self.file.name}"
        self.file.write_text(text.replace(old, new))

    def write(self, config: Mapping[str, Any], program: str | None = None) -> None:
        """Takes *config* for the stage file's, and *program* for the shipped one."""
        key = KEPT.findall(self.file.read_text())
        self.file.write_text("\n".join([*key, yaml.safe_dump({"config": dict(config)})]))
        shipped = (PROJECT / "__main__.py").read_text()
        (self.folder / "__main__.py").write_text(shipped if program is None else program)

    def seed(self) -> None:
        """Plants the certificate and secrets that the stage names."""
        needs.seed(read(self.file), self.url)

    def preview(self, *flags: str) -> Outcome:
        """`pulumi preview` under the packs."""
        return self._operate("preview", *self._policies(), *flags)

    def up(self, *flags: str, preview: bool = False) -> Outcome:
        """`pulumi up` under the packs; without the preview before it, unless asked for."""
        skip = () if preview else ("--skip-preview",)
        return self._operate("up", "--yes", *skip, *self._policies(), *flags)

    def refresh(self, *flags: str) -> Outcome:
        """`pulumi refresh`: what differs between the state and the account."""
        return self._operate("refresh", "--yes", "--skip-preview", *flags)

    def destroy(self, *flags: str) -> Outcome:
        """`pulumi destroy` of everything."""
        return self._operate("destroy", "--yes", "--skip-preview", *flags)

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs."""
        found: dict[str, Any] = json.loads(self.pulumi("stack", "output", "--json").stdout)
        return found

    def resources(self) -> list[dict[str, Any]]:
        """The resources in the stack's state, as the engine exports them."""
        found: list[dict[str, Any]] = self.deployment().get("resources") or []
        return found

    def deployment(self) -> dict[str, Any]:
        """The stack's state, as the engine exports it."""
        found: dict[str, Any] = json.loads(self.pulumi("stack", "export").stdout)["deployment"]
        return found

    def aws(self, service: str) -> Any:
        """A boto3 client in this workspace's account."""
        client: Any = boto3.client  # its types know service names as literals only
        return client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=self.account,
            aws_secret_access_key="sandbox",
        )

    def command(self, *arguments: str) -> list[str]:
        """A `pulumi` command line for this stack."""
        return [str(BIN / "pulumi"), *arguments, "--stack", self.stage, "--non-interactive"]

    def env(self) -> dict[str, str]:
        """The environment of that command."""
        own = environment.of(
            Root(self.folder / "run"), self.url, REGION, self.account, self.folder / "home"
        )
        shown = {"PULUMI_DEBUG_COMMANDS": "true", "NO_COLOR": "1"}  # the first: --event-log
        return {**own, **shown, **self.variables}

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a `pulumi` command that must succeed."""
        done = self._run(self.command(*arguments))
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def _policies(self) -> Iterator[str]:
        for pack in self.packs:
            yield from ("--policy-pack", str(pack))

    def begin_up(self) -> subprocess.Popen[str]:
        """`pulumi up` under the packs, still running; `events` tells how far it has come."""
        self._events.unlink(missing_ok=True)
        return subprocess.Popen(
            [*self.command("up", "--yes", "--skip-preview", *self._policies()), *self._logged()],
            cwd=self.folder,
            env=self.env(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def events(self) -> list[dict[str, Any]]:
        """What the engine has said of the latest operation up to now."""
        written = self._events.read_text() if self._events.exists() else ""
        return [json.loads(line) for line in written.splitlines(keepends=True) if line[-1] == "\n"]

    @property
    def _events(self) -> Path:
        return self.folder / "events.jsonl"

    def _logged(self) -> tuple[str, str]:
        return "--event-log", str(self._events)

    def _operate(self, verb: str, *flags: str) -> Outcome:
        self._events.unlink(missing_ok=True)
        done = self._run([*self.command(verb, *flags), *self._logged()])
        text = done.stdout + done.stderr
        return Outcome(status=done.returncode, text=text, events=self.events())

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.env(),
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
