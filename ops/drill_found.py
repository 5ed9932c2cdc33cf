"""What a drill found, and how it puts that back."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.capacity import Bounds
from infra.scaled_service import (
    ALL_SUSPENDED,
    DIMENSION,
    NAMESPACE,
    NONE_SUSPENDED,
    Switch,
    suspended_state,
)
from ops.drill_view import DrillView
from ops.errors import A_FINDING, CANNOT_TELL, OpsError
from ops.panic_record import Record, Target, Was, read, replace
from ops.panic_words import command, since, update
from ops.words import tasks

DYNAMIC: tuple[Switch, ...] = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended")
SCHEDULED: Switch = "ScheduledScalingSuspended"


@dataclass(frozen=True)
class Found:
    """Bounds, suspended state and desired count as they were."""

    view: DrillView
    bounds: Bounds
    suspended: dict[Switch, bool]
    desired: int

    def __str__(self) -> str:
        schedules = "suspended" if self.suspended[SCHEDULED] else "not suspended"
        return (
            f"{tasks(self.desired)} wanted, bounds {self.bounds.min} to {self.bounds.max}, "
            f"schedules {schedules}"
        )

    def hold(self, bounds: Bounds) -> None:
        """Other bounds, at their minimum, which nothing moves."""
        self._register(bounds, ALL_SUSPENDED)
        self.view.scaled.want(bounds.min)

    def release(self, bounds: Bounds) -> None:
        """Policies act again, within these bounds; schedules do not. Raises OpsError in a panic."""
        leave_to_panic(self.view)
        self._register(bounds, {**NONE_SUSPENDED, SCHEDULED: True})

    def put_back(self) -> str:
        """Everything as it was, or by the resume of a panic that began meanwhile; says which.

        Raises OpsError, which says what is to be put back by hand.
        """
        try:
            if (record := read(self.view.reached)) is not None:
                replace(self.view.reached, self._noted(record))
                # One that was killed before it suspended anything is not in force.
                if suspended_state(self.view.scaled.target() or {}) == ALL_SUSPENDED:
                    resume = command("resume", self.view.reached)
                    return f"{since(record)} {resume} puts back what the drill found: {self}"
            self._register(self.bounds, self.suspended)
            self.view.scaled.want(self.desired)
            return f"put back: {self}"
        except (ClientError, BotoCoreError, OpsError) as error:
            raise OpsError(
                f"The drill could not put back what it found ({self}): {error}\n"
                f"Next: start the sandbox (evenkeel sandbox up), then\n  {self._command()}",
                CANNOT_TELL,
            ) from error

    def _noted(self, record: Record) -> Record:
        """The record of a panic during the drill, with what there was before the drill."""
        target = Target(
            min_capacity=self.bounds.min,
            max_capacity=self.bounds.max,
            suspended_state=self.suspended,
        )
        was = Was(desired_count=self.desired, target=target)
        return record.model_copy(update={"was": was})

    def _register(self, bounds: Bounds, suspended: dict[Switch, bool]) -> None:
        self.view.scaled.register(
            MinCapacity=bounds.min, MaxCapacity=bounds.max, SuspendedState=suspended
        )

    def _command(self) -> str:
        state = ",".join(f"{name}={str(value).lower()}" for name, value in self.suspended.items())
        aws = self.view.reached.aws
        return (
            f"{aws} application-autoscaling register-scalable-target"
            f" --service-namespace {NAMESPACE} --resource-id {self.view.scaled.resource_id}"
            f" --scalable-dimension {DIMENSION}"
            f" --min-capacity {self.bounds.min} --max-capacity {self.bounds.max}"
            f" --suspended-state {state}\n  {aws} ecs update-service --cluster {self.view.name}"
            f" --service {self.view.name} --desired-count {self.desired}"
        )


def find(view: DrillView) -> Found:
    """What there is. Raises OpsError where a drill would get in somebody's way."""
    reached = view.reached
    service, target = view.scaled.service(), view.scaled.target()
    if service is None or target is None:
        raise OpsError(
            f"{reached.described} has no service {view.name} that scales; "
            f"build the stage: {reached.build}",
            A_FINDING,
        )
    leave_to_panic(view)
    suspended = suspended_state(target)
    _leave_to_others(view, service, suspended)
    bounds = Bounds(target["MinCapacity"], target["MaxCapacity"])
    return Found(view, bounds, suspended, service["desiredCount"])


def leave_to_panic(view: DrillView) -> None:
    """Raises OpsError where a panic has begun, even one that has not suspended anything yet."""
    if (record := read(view.reached)) is not None:
        resume = command("resume", view.reached)
        raise OpsError(f"{since(record)}\nNext: end it ({resume}), then drill again.", A_FINDING)


def _leave_to_others(
    view: DrillView, service: dict[str, Any], suspended: dict[Switch, bool]
) -> None:
    """Raises OpsError for a suspension that no panic has made, and for a deployment."""
    if off := [name for name in DYNAMIC if suspended[name]]:
        raise OpsError(
            f"Scaling is suspended ({', '.join(off)}) without a panic, and a drill would lift "
            f"that.\nNext: lift it ({update(view.reached)}), then drill again.",
            A_FINDING,
        )
    if any(each["rolloutState"] == "IN_PROGRESS" for each in service["deployments"]):
        raise OpsError(
            "A deployment is in progress, and nothing scales in meanwhile.\n"
            f"Next: wait until it is over ({command('status', view.reached)}), then drill again.",
            A_FINDING,
        )
