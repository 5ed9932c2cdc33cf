"""The rollout as the program declares it and as the engine calls it."""

import base64
import pickle
import sys
import time
from typing import Any

import pytest
from pulumi.dynamic.dynamic import serialize_provider

from infra import account, rollout
from infra.rollout import Rollout, RolloutArgs, RolloutProvider
from infra.rollout_wait import RolloutFailedError
from tests.support.fake_aws import ACCOUNT, REGION, shared
from tests.support.fake_service import CLUSTER, HTTP, NEW, SERVICE, FakeService, deployment
from tests.support.program import register

ROLLOUT = "pulumi-python:dynamic/evenkeel:Rollout"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"  # pulumi.runtime.rpc.UNKNOWN


def props(**changes: Any) -> dict[str, Any]:
    """What the engine hands to the provider; numbers are floats."""
    return {
        "cluster": CLUSTER,
        "service": SERVICE,
        "taskDefinition": NEW,
        "inputsHash": "1f",
        "capacityProvider": "FARGATE",
        "targetGroupArns": [HTTP],
        "timeoutSeconds": 60.0,
        "account": ACCOUNT,
        "region": REGION,
        "profile": "",
        "roleArn": "",
        **changes,
    }


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> FakeService:
    """The provider's account, faked where it would be reached."""
    aws = shared()
    faked = FakeService(aws)
    aws.reset(faked)

    def connect(given: dict[str, Any]) -> account.Account:
        aws.account.require(given["account"])
        return aws.account

    monkeypatch.setattr(rollout, "connect", connect)
    monkeypatch.setattr(time, "sleep", aws.sleep)
    monkeypatch.setattr(sys, "tracebacklimit", 1000, raising=False)  # the provider sets it
    return faked


def test_declared_with_what_decides_it() -> None:
    """Names, hash and limit are plain; an unchanged program declares the same rollout."""
    args = RolloutArgs(
        cluster_name=CLUSTER,
        service_name=SERVICE,
        task_definition_arn=NEW,
        inputs_hash="1f",
        capacity_provider="FARGATE",
        target_group_arns=[HTTP],
        timeout_seconds=900,
        region=REGION,
        account=ACCOUNT,
    )
    inputs = register(lambda: Rollout("x", args), preview=True).one(ROLLOUT).inputs
    assert inputs["timeoutSeconds"] == 900
    assert {key: inputs[key] for key in rollout.DECIDES} == {
        key: props()[key] for key in rollout.DECIDES
    }


def test_the_state_holds_a_reference_to_the_provider_not_its_code() -> None:
    """The stored provider is a few bytes that name its module and class, and is no secret."""
    assert not RolloutProvider.serialize_as_secret_always
    stored = base64.b64decode(serialize_provider(RolloutProvider()))
    assert len(stored) < 100
    assert b"infra.rollout" in stored
    assert b"RolloutProvider" in stored
    assert isinstance(pickle.loads(stored), RolloutProvider)


def test_every_input_of_the_service_makes_a_rollout_due(service: FakeService) -> None:
    """Another hash, revision or group is judged again; a longer limit is not; AWS is not asked."""
    provider, old = RolloutProvider(), props()
    service.aws.calls.clear()

    def changes(**changed: Any) -> bool | None:
        return provider.diff("id", old, {**old, **changed}).changes

    assert not changes()
    assert not changes(timeoutSeconds=1800.0, profile="another")
    assert changes(inputsHash="2e")
    assert changes(taskDefinition=UNKNOWN)
    assert changes(targetGroupArns=[])
    assert service.aws.calls == []


@pytest.mark.usefixtures("service")
def test_create_and_update_judge_alike(capsys: pytest.CaptureFixture[str]) -> None:
    """Both wait for the service and say what they saw, both durations included (S3-15)."""
    provider = RolloutProvider()
    created = provider.create(props())
    updated = provider.update(created.id, created.outs or {}, props())
    assert created.id == f"{CLUSTER}/{SERVICE}"
    assert created.outs == updated.outs
    assert (created.outs or {})["deployment"] == "ecs-svc/new"
    first, second = capsys.readouterr().out.splitlines()
    assert first == second
    assert "deployment completed after 0 s, everything healthy" in first
    assert "2 running, minimum in force 2" in first


def test_a_failure_fails_create_and_update(service: FakeService) -> None:
    """The engine saves nothing of a failed one, so that the next `up` judges again (F5)."""
    service.is_running(deployment("new", NEW, "IN_PROGRESS"))
    with pytest.raises(RolloutFailedError, match="not done within 60 s"):
        RolloutProvider().create(props())
    service.aws.reset(service)
    with pytest.raises(RolloutFailedError, match="not done within 60 s"):
        RolloutProvider().update("id", props(inputsHash="0"), props())


def test_another_account_is_refused_before_ecs_is_asked(service: FakeService) -> None:
    """Credentials of another account: nothing of it is read."""
    service.aws.account_id = "999999999999"
    service.aws.calls.clear()
    with pytest.raises(account.AccountError, match="999999999999"):
        RolloutProvider().create(props())
    assert [operation for operation, _ in service.aws.calls] == ["get_caller_identity"]


def test_delete_calls_nothing(service: FakeService) -> None:
    """Destroying the stack has nothing to undo here."""
    service.aws.calls.clear()
    RolloutProvider().delete("id", props())
    assert service.aws.calls == []
