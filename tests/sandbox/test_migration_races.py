"""Updates that race for one migration, on the emulator: its RunTask, tokens, tags and clock."""

import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from infra.account import connect
from infra.migration_failure import MigrationFailedError
from infra.migration_run import run_once
from infra.migration_spec import CONTAINER, Migration, migration_key
from tests.support.emulated_service import CLUSTER, LOG_GROUP, Network, define
from tests.support.emulator import REGION, Account, Emulator, running

pytestmark = pytest.mark.sandbox

RACERS = 4
FAMILY = "web-migration"
WELL = "- match: web\n  command: {'^alembic': {exit: 0, after: 10, log: [migrated]}}\n"
FAILING = WELL.replace("exit: 0", "exit: 1").replace("migrated", "failed")


@pytest.fixture
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running(tmp_path_factory.mktemp("emulator"), WELL) as emulator:
        yield emulator


@pytest.fixture
def account(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Account:
    """An account with a cluster and a log group, and the environment that leads to it."""
    account = Account(emulator.url)
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", account.name)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sandbox")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    account.ecs.create_cluster(
        clusterName=CLUSTER, capacityProviders=["FARGATE"], defaultCapacityProviderStrategy=[]
    )
    account.logs.create_log_group(logGroupName=LOG_GROUP)
    return account


def migrations(account: Account, revisions: int = 1) -> list[Migration]:
    """One migration on *revisions* of its family, as updates from two programs may have it."""
    network = Network(account)
    arns = [
        define(account, "web:1", family=FAMILY, command="alembic upgrade", name=CONTAINER)
        for _ in range(revisions)
    ]
    return [
        Migration(
            key=migration_key("web:1", ["alembic", "upgrade"]),
            image="web:1",
            command=["alembic", "upgrade"],
            cluster=CLUSTER,
            family=FAMILY,
            task_definition=arn,
            capacity_provider="FARGATE",
            subnet_ids=network.subnets,
            security_group_ids=[network.group],
            log_group=LOG_GROUP,
            timeout_seconds=900,
        )
        for arn in arns
    ]


def race(account: Account, wanted: Sequence[Migration]) -> list[str]:
    """Runs *wanted* in turn by racers that start at once; how each ended."""
    ready, ends = threading.Barrier(RACERS), [""] * RACERS

    def update(number: int) -> None:
        mine = {"profile": "", "roleArn": "", "region": REGION, "account": account.name}
        own = connect(mine)
        ready.wait()
        try:
            ends[number] = run_once(wanted[number % len(wanted)], own, sleep=time.sleep).how
        except MigrationFailedError:
            ends[number] = "failed"

    threads = [threading.Thread(target=update, args=[number]) for number in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def written(account: Account) -> list[str]:
    """The lines of all tasks, one a task; they stay when ECS has forgotten it."""
    logs: Any = account.logs
    streams = logs.describe_log_streams(logGroupName=LOG_GROUP)["logStreams"]
    return [
        event["message"]
        for stream in streams
        for event in logs.get_log_events(
            logGroupName=LOG_GROUP, logStreamName=stream["logStreamName"]
        )["events"]
    ]


@pytest.mark.parametrize("revisions", [1, 2])
def test_updates_at_once_run_it_once(account: Account, revisions: int) -> None:
    """S0-03: four updates start together, from one revision or two: one task, and all are done."""
    ends = race(account, migrations(account, revisions))
    assert set(ends) <= {"ran", "adopted", "found", "skipped"}
    assert written(account) == ["migrated"]


def test_updates_at_once_after_a_failure_repair_it_once(
    account: Account, emulator: Emulator
) -> None:
    """S0-05: each attempt of a failing one is told; its cause gone, four updates run it once."""
    emulator.images.write_text(FAILING)
    wanted = migrations(account, 2)
    assert race(account, wanted) == ["failed"] * RACERS
    failures = written(account)
    emulator.images.write_text(WELL)
    assert "failed" not in race(account, wanted)
    assert sorted(written(account)) == [*failures, "migrated"]
