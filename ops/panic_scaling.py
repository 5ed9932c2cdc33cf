"""The service's count and its scalable target, as panic and resume read and set them."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from infra.scaled_service import (
    ALL_SUSPENDED,
    DIMENSION,
    NAMESPACE,
    NONE_SUSPENDED,
    Switch,
    suspended_state,
)
from ops.panic_record import Target
from ops.reach import Reached

LOOKS = 5  # both services are eventually consistent: one answer says nothing
PAUSE_SECONDS = 1.0  # between two of them

Seen = TypeVar("Seen")


@dataclass(frozen=True)
class Service:
    """The ECS service in one look."""

    desired: int
    running: int
    created_at: datetime
    is_deploying: bool


def service(reached: Reached) -> Service | None:
    """The service as it is now; None where ECS has no active one."""
    found = reached.scaled.service()
    return _seen(found) if found else None


def _seen(found: dict[str, Any]) -> Service:
    states = {each.get("rolloutState") for each in found["deployments"]}
    return Service(
        found["desiredCount"], found["runningCount"], found["createdAt"], "IN_PROGRESS" in states
    )


def target(reached: Reached) -> Target | None:
    """The service's scalable target as it is now, or None."""
    found = reached.scaled.target()
    if found is None:
        return None
    return Target.model_validate({**found, "SuspendedState": suspended_state(found)})


def suspend(reached: Reached) -> Target | None:
    """Suspend all scaling, bounds left; returns the target as it was found, or None without one.

    One that is suspended is not registered again, because AWS brings the count into the bounds.
    """
    found = target(reached)
    if found and not found.is_suspended:
        suspend_as(reached, ALL_SUSPENDED)
    return found


def suspend_as(reached: Reached, state: Mapping[Switch, bool]) -> None:
    """Set what of scaling is suspended, bounds left."""
    reached.scaled.register(SuspendedState=dict(state))


def lifting(reached: Reached) -> str:
    """The command line that lifts every suspension."""
    off = ",".join(f"{switch}=false" for switch in NONE_SUSPENDED)
    return (
        f"{reached.aws} application-autoscaling register-scalable-target --service-namespace "
        f"{NAMESPACE} --resource-id {reached.scaled.resource_id} --scalable-dimension {DIMENSION} "
        f"--suspended-state {off}"
    )


def deleting(reached: Reached, policy: str) -> str:
    """The command line that deletes *policy* of the service's scalable target."""
    return (
        f"{reached.aws} application-autoscaling delete-scaling-policy --service-namespace "
        f"{NAMESPACE} --resource-id {reached.scaled.resource_id} --scalable-dimension {DIMENSION} "
        f"--policy-name {policy}"
    )


def restore(reached: Reached, was: Target) -> None:
    """Set bounds and suspensions; AWS brings the count into the bounds at once."""
    reached.scaled.register(
        MinCapacity=was.min_capacity,
        MaxCapacity=was.max_capacity,
        SuspendedState=was.suspended_state,
    )


def settled(look: Callable[[], Seen], is_right: Callable[[Seen], bool]) -> Seen:
    """What *look* sees: at once if it is right, else the last of LOOKS."""
    for _ in range(LOOKS - 1):
        if is_right(seen := look()):
            return seen
        time.sleep(PAUSE_SECONDS)
    return look()


def held(look: Callable[[], Seen], is_right: Callable[[Seen], bool]) -> Seen:
    """What *look* sees after it was right LOOKS times in a row, or else what was wrong."""
    seen = settled(look, is_right)
    for _ in range(LOOKS - 1):
        if not is_right(seen):
            break
        time.sleep(PAUSE_SECONDS)
        seen = look()
    return seen
