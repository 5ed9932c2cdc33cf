"""The service's count and its scalable target, as panic and resume read and set them."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from ops.errors import code_of
from ops.panic_record import ALL_SUSPENDED, NONE_SUSPENDED, Switch, Target
from ops.reach import Reached

DIMENSION = "ecs:service:DesiredCount"
NAMESPACE = "ecs"
# Application Auto Scaling refuses a change while another of the same target is pending; a deploy
# makes several, each of a second or two.
CONCURRENT = "ConcurrentUpdateException"
TRIES = 15
LOOKS = 5  # both services are eventually consistent: one answer says nothing
PAUSE_SECONDS = 1.0  # between two of either

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
    ecs = reached.client("ecs")
    try:
        found = ecs.describe_services(cluster=reached.name, services=[reached.name])["services"]
    except ecs.exceptions.ClusterNotFoundException:
        return None
    active = [each for each in found if each["status"] == "ACTIVE"]
    return _seen(active[0]) if active else None


def _seen(found: dict[str, Any]) -> Service:
    states = {each.get("rolloutState") for each in found["deployments"]}
    return Service(
        found["desiredCount"], found["runningCount"], found["createdAt"], "IN_PROGRESS" in states
    )


def target(reached: Reached) -> Target | None:
    """The service's scalable target as it is now, or None."""
    answer = reached.client("application-autoscaling").describe_scalable_targets(
        ServiceNamespace=NAMESPACE, ResourceIds=[reached.resource_id], ScalableDimension=DIMENSION
    )
    if not (found := answer["ScalableTargets"]):
        return None
    # AWS leaves out what was never set, and means false.
    state = {**NONE_SUSPENDED, **found[0].get("SuspendedState", {})}
    return Target.model_validate({**found[0], "SuspendedState": state})


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
    _register(reached, SuspendedState=dict(state))


def lifting(reached: Reached) -> str:
    """The command line that lifts every suspension."""
    off = ",".join(f"{switch}=false" for switch in NONE_SUSPENDED)
    return (
        f"{reached.aws} application-autoscaling register-scalable-target --service-namespace "
        f"{NAMESPACE} --resource-id {reached.resource_id} --scalable-dimension {DIMENSION} "
        f"--suspended-state {off}"
    )


def deleting(reached: Reached, policy: str) -> str:
    """The command line that deletes *policy* of the service's scalable target."""
    return (
        f"{reached.aws} application-autoscaling delete-scaling-policy --service-namespace "
        f"{NAMESPACE} --resource-id {reached.resource_id} --scalable-dimension {DIMENSION} "
        f"--policy-name {policy}"
    )


def restore(reached: Reached, was: Target) -> None:
    """Set bounds and suspensions; AWS brings the count into the bounds at once."""
    _register(
        reached,
        MinCapacity=was.min_capacity,
        MaxCapacity=was.max_capacity,
        SuspendedState=was.suspended_state,
    )


def set_desired(reached: Reached, count: int) -> None:
    """Set the desired count, which starts no deployment."""
    reached.client("ecs").update_service(
        cluster=reached.name, service=reached.name, desiredCount=count
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


def _register(reached: Reached, **changes: Any) -> None:
    client = reached.client("application-autoscaling")
    asked = {
        "ServiceNamespace": NAMESPACE,
        "ResourceId": reached.resource_id,
        "ScalableDimension": DIMENSION,
        **changes,
    }
    for last in (False,) * (TRIES - 1) + (True,):
        try:
            client.register_scalable_target(**asked)
            return
        except ClientError as error:
            if last or code_of(error) != CONCURRENT:
                raise
        time.sleep(PAUSE_SECONDS)
