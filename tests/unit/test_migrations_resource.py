"""The run of a migration as the engine calls it and as the state holds it."""

import base64
import pickle
import sys
import time
import traceback
from typing import Any

import pytest
from pulumi.dynamic.dynamic import serialize_provider

from infra import account, migrations
from infra.migration_failure import MigrationFailedError
from infra.migration_spec import migration_key
from infra.migrations import MigrationRunProvider
from tests.support.fake_aws import ACCOUNT, REGION
from tests.support.fake_ecs import CLUSTER, FAMILY, Course, FakeEcs
from tests.support.migration_case import COMMAND, IMAGE, fake


def props(ecs: FakeEcs, **changes: Any) -> dict[str, Any]:
    """What the engine hands to the provider; numbers are floats."""
    return {
        "key": migration_key(IMAGE, COMMAND),
        "phase": "migrate",
        "image": IMAGE,
        "command": [*COMMAND],
        "cluster": CLUSTER,
        "family": FAMILY,
        "taskDefinition": ecs.revisions[-1],
        "capacityProvider": "FARGATE",
        "subnetIds": ["subnet-1"],
        "securityGroupIds": ["sg-1"],
        "logGroup": "/evenkeel/staging/migration",
        "timeoutSeconds": 900.0,
        "account": ACCOUNT,
        "region": REGION,
        "profile": "",
        "roleArn": "",
        **changes,
    }


@pytest.fixture
def ecs(monkeypatch: pytest.MonkeyPatch) -> FakeEcs:
    """The provider's account, faked where it would be reached."""
    faked = fake()

    def connect(given: dict[str, Any]) -> account.Account:
        faked.aws.account.require(given["account"])
        return faked.aws.account

    monkeypatch.setattr(migrations, "connect", connect)
    monkeypatch.setattr(time, "sleep", faked.aws.sleep)
    monkeypatch.setattr(sys, "tracebacklimit", 1000, raising=False)  # the provider sets it
    return faked


def test_the_state_holds_a_reference_to_the_provider_not_its_code() -> None:
    """The stored provider is a few bytes that name its module and class, and is no secret."""
    assert not MigrationRunProvider.serialize_as_secret_always
    stored = base64.b64decode(serialize_provider(MigrationRunProvider()))
    assert len(stored) < 100
    assert b"infra.migrations" in stored
    assert b"MigrationRunProvider" in stored
    assert isinstance(pickle.loads(stored), MigrationRunProvider)


def test_diff_asks_aws_nothing_and_sees_only_another_migration(ecs: FakeEcs) -> None:
    """A new revision or limit is the same migration; another image or account is not."""
    provider, old = MigrationRunProvider(), props(ecs)
    ecs.aws.calls.clear()

    def changes(**changed: Any) -> bool | None:
        return provider.diff("id", old, {**old, **changed}).changes

    assert not changes()
    assert not changes(taskDefinition="arn:2", timeoutSeconds=60.0, subnetIds=["subnet-2"])
    assert not changes(capacityProvider="FARGATE_SPOT")
    for key in ("key", "family", "cluster", "account", "region"):
        assert changes(**{key: "another"})
    assert ecs.aws.calls == []


def test_a_run_of_an_older_program_is_not_due_again(ecs: FakeEcs) -> None:
    """A state that names no capacity provider yet holds the same migration, done (S0-03)."""
    old = {key: value for key, value in props(ecs).items() if key != "capacityProvider"}
    assert not MigrationRunProvider().diff("id", old, props(ecs)).changes


def test_create_and_update_are_the_same_idempotent_run(
    ecs: FakeEcs, capsys: pytest.CaptureFixture[str]
) -> None:
    """Create runs it, an update of the same key skips it, and both say so (S0-03)."""
    provider = MigrationRunProvider()
    created = provider.create(props(ecs))
    updated = provider.update(created.id, created.outs or {}, props(ecs))
    assert created.id == f"{CLUSTER}/{FAMILY}/migrate"
    assert [(each.outs or {})["outcome"] for each in (created, updated)] == ["ran", "skipped"]
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("migration migrate ran: attempt 1, 30 s, task arn:")
    assert said[1].startswith("migration migrate skipped: succeeded at ")
    assert len(ecs.tasks) == 1


def test_delete_calls_nothing(ecs: FakeEcs) -> None:
    """Destroying the stack undoes no migration."""
    ecs.aws.calls.clear()
    MigrationRunProvider().delete("id", props(ecs))
    assert ecs.aws.calls == []


def test_a_failure_reaches_the_reader_without_a_stack(ecs: FakeEcs) -> None:
    """Pulumi shows the formatted exception; what is left of it is the message (S0-05)."""
    ecs.courses.append(Course(exit_code=1))
    try:
        MigrationRunProvider().create(props(ecs))
    except MigrationFailedError:
        shown = traceback.format_exc()
    assert shown.startswith("infra.migration_failure.MigrationFailedError: The migration failed. ")
    assert "Exit code 1" in shown
    assert "File" not in shown
