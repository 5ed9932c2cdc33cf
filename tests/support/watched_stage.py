"""A shipped stage in a stepped emulator, reached as an operator reaches an account of AWS."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from infra.settings import Settings
from ops import status
from ops.reach import Reached, reach
from sandbox import needs, processes
from sandbox.paths import Root
from sandbox.state import Part, State
from tests.support import stepped
from tests.support.built import built
from tests.support.emulator import REGION, Account
from tests.support.stepped import Stepped

IMAGES = "- match: .\n  warmUpSeconds: 20\n"


@dataclass(frozen=True)
class WatchedStage:
    """A built stage in an account of its own."""

    aws: Stepped
    account: Account
    settings: Settings
    environment: Mapping[str, str]

    @property
    def name(self) -> str:
        """Of cluster and service."""
        return f"evenkeel-{self.settings.stage}"

    @property
    def there(self) -> Reached:
        """The way that the environment's credentials lead to it."""
        return replace(reach(self.settings.stage, sandbox=False), stage=self.settings)

    def report(self) -> dict[str, Any]:
        """What `status` reports now."""
        return status.report(self.there)

    def use(self, **what: Any) -> None:
        """What its tasks use from now on, see `Stepped.use`."""
        self.aws.use(self.account, self.name, self.name, **what)

    def register(self, **changes: Any) -> None:
        """Change the scalable target by hand."""
        self.account.application_autoscaling.register_scalable_target(
            ServiceNamespace="ecs",
            ResourceId=f"service/{self.name}/{self.name}",
            ScalableDimension="ecs:service:DesiredCount",
            **changes,
        )

    def want(self, count: int) -> None:
        """Set the desired count by hand."""
        self.account.ecs.update_service(cluster=self.name, service=self.name, desiredCount=count)

    def done(self, *arguments: str, status: int = 0) -> str:
        """What `evenkeel` with these arguments has said, once it has ended with *status*."""
        with self.command(*arguments) as command:
            said, trouble = command.communicate(timeout=120)
        assert (command.returncode, trouble) == (status, "")
        return said

    def command(self, *arguments: str) -> subprocess.Popen[str]:
        """`evenkeel` with these arguments, begun."""
        return subprocess.Popen(
            [sys.executable, "-m", "ops.cli", *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A shell's background job ignores SIGINT, and so would what it starts.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )


@contextmanager
def watched(
    folder: Path, settings: Settings, at: str, account: str | None = None
) -> Iterator[WatchedStage]:
    """*settings*' stage, built at sandbox time *at*, with an environment that leads to it alone.

    `account` has 12 digits; one that nobody else uses when left out.
    """
    with stepped.running(folder, IMAGES, at=at) as aws, pytest.MonkeyPatch.context() as patch:
        owner = Account(aws.url, account)
        for name in [each for each in os.environ if each.startswith("AWS_")]:
            patch.delenv(name)
        for name, value in {
            "AWS_ENDPOINT_URL": aws.url,
            "AWS_ACCESS_KEY_ID": owner.name,
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():
            patch.setenv(name, value)
        needs.seed(settings, aws.url)
        built(settings, aws.now())
        yield WatchedStage(aws, owner, settings, dict(os.environ))


def as_sandbox(aws: Stepped, folder: Path) -> Path:
    """A sandbox's folder whose emulator is *aws*."""
    process = processes.find(aws.process.pid)
    assert process is not None
    part = Part(process=process, port=aws.port, log=folder / "emulator.log")
    State(speed=1, emulator=part).write(Root(folder))
    return folder
