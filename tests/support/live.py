"""A whole stage alive, without an engine: what the program builds, with real tasks behind it.

    with live.serving(folder, live.stage({"capacity.min": 2}), speed=20) as service:
        service.url                    # the load balancer, on this machine
        done = service.deploy("2")     # a new revision; returns when the rollout calls it settled
        service.scale(6)               # as a schedule does: the bounds move, the count follows

The emulator, the data plane, PostgreSQL and the tasks are processes of the caller's own. The
resources are the program's (`built.py`); the tasks run the sample application. `speed` is the
sandbox's: health checks, drains, slow start and warm-up pass so many times faster, the processes
themselves do not.
"""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.settings import Settings
from sandbox import database, needs, paths
from tests.support import application, built, dataplane, emulator
from tests.support.emulator import Account
from tests.support.live_service import Live
from tests.support.stages import changed, shipped

WARM_UP = 20  # sandbox seconds from a task's process to its health: FASTEST_TASK_START at least


def stage(changes: Mapping[str, Any] | None = None) -> Settings:
    """The shipped staging stage without migrations, and with these changes.

    Its tasks have long to become healthy, and are not given up for a slow answer: how fast a
    process is is the machine's affair.
    """
    return changed(
        shipped("staging"),
        {
            "migrations": None,
            "capacity.purchase": "onDemand",
            "service.warmUpSeconds": 3600,
            "service.healthCheck.intervalSeconds": 10,
            "service.healthCheck.unhealthyThreshold": 10,
            "firewall.requestsPerFiveMinutes": 1_000_000,  # all load comes from one address
            "service.environment": {"WARM_UP_SECONDS": str(WARM_UP), "RELEASE": "1"},
            **(changes or {}),
        },
    )


@contextlib.contextmanager
def serving(folder: Path, settings: Settings, speed: float) -> Iterator[Live]:
    """The stage, healthy in every target group; all of it is ended afterwards."""
    with contextlib.ExitStack() as ended:
        aws = ended.enter_context(emulator.running(folder, images(), speed=speed))
        limit = settings.database.limit.connections
        part = database.start(folder / "database", max_connections=limit, dies_with_us=True)
        ended.callback(database.stop, part)
        assert application.migrate(part).returncode == 0
        plane = ended.enter_context(dataplane.running(aws.url, folder / "plane", speed))
        account = Account(aws.url)
        _lead(ended.enter_context(pytest.MonkeyPatch.context()), account)
        needs.seed(settings, aws.url, part, account=account.name)
        live = Live(settings, aws, account, plane, part, built.built(settings))
        live.steady()
        yield live


def images() -> str:
    """The shipped images file with absolute folders."""
    entries = yaml.safe_load(paths.IMAGES.read_text())
    for entry in entries:
        entry["folder"] = str(paths.IMAGES.parent / entry["folder"])
    return yaml.safe_dump(entries)


def _lead(patch: pytest.MonkeyPatch, account: Account) -> None:
    """The environment that leads the program and the rollout to the account."""
    patch.setenv("AWS_ENDPOINT_URL", account.url)
    patch.setenv("AWS_ACCESS_KEY_ID", account.name)
    patch.setenv("AWS_SECRET_ACCESS_KEY", "sandbox")
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "PULUMI_CONFIG"):
        patch.delenv(name, raising=False)
