"""A service, its scalable target and its account's parameters, as panic and resume see them."""

# ruff: noqa: N803 -- parameters are named as AWS names them

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from infra.settings import Settings
from ops.errors import OpsError
from ops.panic import panic, resume
from ops.reach import Reached
from tests.support.fake_aws import NOON, FakeAws, Refusal, shared
from tests.support.stages import changed, shipped

NAME = "evenkeel-staging"
ENDPOINT = "http://127.0.0.1:4566"
RESOURCE = f"service/{NAME}/{NAME}"
PARAMETER = f"/evenkeel/{NAME}/panic"
SWITCHES = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
FREE = dict.fromkeys(SWITCHES, False)
SUSPENDED = dict.fromkeys(SWITCHES, True)


@pytest.fixture(autouse=True, scope="module")
def at_once() -> Iterator[None]:
    """Nothing pauses between two looks, in the test modules that name this."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ops.panic_scaling.PAUSE_SECONDS", 0)
        patch.setattr("infra.scaled_service.PAUSE_SECONDS", 0)
        patch.setattr("ops.panic_record.PAUSE_SECONDS", 0)
        yield


class KilledError(BaseException):
    """The command was killed."""


@dataclass
class FakeScaled:
    """The account. `target` is None without a scalable target; `desired` None without a service.

    `registrations` are the calls of RegisterScalableTarget. Each brings the desired count into
    the bounds, as AWS does.
    """

    desired: int | None = 3
    target: dict[str, Any] | None = field(
        default_factory=lambda: {"MinCapacity": 1, "MaxCapacity": 8, "SuspendedState": dict(FREE)}
    )
    parameters: dict[str, str] = field(default_factory=dict)
    deploying: bool = False
    created_at: Any = NOON - timedelta(days=1)
    busy: int = 0  # refusals of RegisterScalableTarget as concurrent, still to come
    registrations: list[dict[str, Any]] = field(default_factory=list)
    unsettled: int = 0  # refusals of a new parameter, as one deleted just now, still to come
    after_look: Callable[[], None] = lambda: None  # once ECS has shown the service
    aws: FakeAws = field(default_factory=shared)

    def __post_init__(self) -> None:
        self.aws.reset(self)

    def reached(self, stage: Settings | None = None, *, sandbox: bool = False) -> Reached:
        """The way to it, for the staging stage."""
        place = "account 123456789012 in eu-west-1"
        endpoint = ENDPOINT if sandbox else None
        return Reached(stage or shipped("staging"), place, sandbox, self.aws.account, endpoint)

    def state(self) -> tuple[Any, ...]:
        """All that a panic may change."""
        return self.desired, self.target, self.parameters

    def killed_at(self, call: int) -> None:
        """The command dies before its *call*-th call (from 0) is sent."""
        begun = len(self.aws.calls)

        def before(_operation: str) -> None:
            if len(self.aws.calls) - begun == call + 1:
                raise KilledError

        self.aws.before = before

    def interrupted_at(self, call: int, command: Callable[[], None]) -> None:
        """Before the next command's *call*-th call (from 0) somebody else runs *command*."""
        begun = len(self.aws.calls)

        def before(_operation: str) -> None:
            if len(self.aws.calls) - begun == call + 1:
                self.alive()
                command()

        self.aws.before = before

    def alive(self) -> None:
        """Nothing kills the next command."""
        self.aws.before = lambda _operation: None

    def describe_services(self, cluster: str, services: list[str]) -> dict[str, Any]:
        assert (cluster, services) == (NAME, [NAME])
        if self.desired is None:
            return {"services": [], "failures": []}
        state = "IN_PROGRESS" if self.deploying else "COMPLETED"
        service = {
            "status": "ACTIVE",
            "desiredCount": self.desired,
            "runningCount": self.desired,
            "createdAt": self.created_at,
            "deployments": [{"status": "PRIMARY", "rolloutState": state}],
        }
        self.after_look()
        return {"services": [service], "failures": []}

    def update_service(self, cluster: str, service: str, desiredCount: int) -> dict[str, Any]:
        assert (cluster, service) == (NAME, NAME)
        self.desired = desiredCount
        return {"service": {}}

    def describe_scalable_targets(
        self, ServiceNamespace: str, ResourceIds: list[str], ScalableDimension: str
    ) -> dict[str, Any]:
        asked = (ServiceNamespace, ResourceIds, ScalableDimension)
        assert asked == ("ecs", [RESOURCE], "ecs:service:DesiredCount")
        if self.target is None:
            return {"ScalableTargets": []}
        required = {
            "ServiceNamespace": "ecs",
            "ResourceId": RESOURCE,
            "ScalableDimension": ScalableDimension,
            "RoleARN": "arn:aws:iam::123456789012:role/scaling",
            "CreationTime": NOON,
        }
        return {"ScalableTargets": [required | self.target]}

    def register_scalable_target(self, **asked: Any) -> dict[str, Any]:
        if self.busy:
            self.busy -= 1
            raise Refusal("ConcurrentUpdateException", "an update is pending")
        names = ("MinCapacity", "MaxCapacity", "SuspendedState")
        changes = {name: asked[name] for name in names if name in asked}
        self.registrations.append(changes)
        assert self.target is not None
        self.target = {**self.target, **changes}
        if self.desired is not None:
            low, high = self.target["MinCapacity"], self.target["MaxCapacity"]
            self.desired = min(max(self.desired, low), high)
        return {}

    def get_parameter(self, Name: str) -> dict[str, Any]:
        if Name not in self.parameters:
            raise Refusal("ParameterNotFound")
        return {"Parameter": {"Name": Name, "Value": self.parameters[Name]}}

    def get_parameters_by_path(self, Path: str, WithDecryption: bool) -> dict[str, Any]:
        assert (Path, WithDecryption) == (f"/evenkeel/{NAME}", False)
        found = [{"Name": name, "Value": value} for name, value in self.parameters.items()]
        return {"Parameters": found}

    def put_parameter(self, Name: str, Value: str, Type: str, Overwrite: bool) -> dict[str, Any]:
        assert Type == "String"
        if self.unsettled:
            self.unsettled -= 1
            raise Refusal("ParameterAlreadyExists")
        if Name in self.parameters and not Overwrite:
            raise Refusal("ParameterAlreadyExists")
        self.parameters[Name] = Value
        return {}

    def delete_parameter(self, Name: str) -> dict[str, Any]:
        if self.parameters.pop(Name, None) is None:
            raise Refusal("ParameterNotFound")
        return {}


def fixed(aws: FakeScaled, count: int, *, force: bool = False, **changes: Any) -> str:
    """What panic says for a staging stage of up to 4 tasks, and with `changes`."""
    said: list[str] = []
    base = {"capacity.max": 4, "database.connectionsPerTask": 5}
    reached = aws.reached(changed(shipped("staging"), base | changes))
    panic(reached, count, force=force, say=said.append)
    return "\n".join(said)


def resumed(aws: FakeScaled, **changes: Any) -> str:
    """What resume says for the shipped staging stage with `changes`."""
    said: list[str] = []
    resume(aws.reached(changed(shipped("staging"), changes)), say=said.append)
    return "\n".join(said)


def failed(call: Any, *arguments: Any, **more: Any) -> tuple[int, str]:
    """Exit status and message of a command that ends with an error."""
    with pytest.raises(OpsError) as caught:
        call(*arguments, **more)
    return caught.value.status, str(caught.value)
