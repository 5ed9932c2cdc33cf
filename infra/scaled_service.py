"""The service and its scalable target as they are in the account, beside what the program says."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

NAMESPACE = "ecs"
DIMENSION = "ecs:service:DesiredCount"

Switch = Literal[
    "DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended"
]
ALL_SUSPENDED: dict[Switch, bool] = dict.fromkeys(get_args(Switch), True)
NONE_SUSPENDED: dict[Switch, bool] = dict.fromkeys(get_args(Switch), False)

# Application Auto Scaling refuses a change while another of the same target is pending; a deploy
# makes several, each of a second or two.
CONCURRENT = "ConcurrentUpdateException"
TRIES = 15
PAUSE_SECONDS = 1.0  # between two of them


@dataclass(frozen=True)
class ScaledService:
    """An ECS service that bears its cluster's name; every call may raise what botocore raises."""

    name: str
    client: Callable[[str], Any]  # of AWS's service of that name

    @property
    def resource_id(self) -> str:
        """The service as Application Auto Scaling names it."""
        return f"service/{self.name}/{self.name}"

    @property
    def dimension(self) -> dict[str, str]:
        """How a call of Application Auto Scaling names what is scaled."""
        return {
            "ServiceNamespace": NAMESPACE,
            "ResourceId": self.resource_id,
            "ScalableDimension": DIMENSION,
        }

    def service(self) -> dict[str, Any] | None:
        """The service as ECS describes it; None where there is no active one."""
        ecs = self.client("ecs")
        try:
            found = ecs.describe_services(cluster=self.name, services=[self.name])["services"]
        except ecs.exceptions.ClusterNotFoundException:
            return None
        return next((dict(each) for each in found if each["status"] == "ACTIVE"), None)

    def target(self) -> dict[str, Any] | None:
        """The scalable target as AWS describes it, or None."""
        answer = self.client("application-autoscaling").describe_scalable_targets(
            ServiceNamespace=NAMESPACE,
            ResourceIds=[self.resource_id],
            ScalableDimension=DIMENSION,
        )
        return next(iter(answer["ScalableTargets"]), None)

    def register(self, **changes: Any) -> None:
        """RegisterScalableTarget, which brings the count into the bounds; what is left out stays.

        Tried for 15 s while another change of the target is pending.
        """
        # Imported here: a preview needs no SDK.
        from botocore.exceptions import ClientError

        client = self.client("application-autoscaling")
        for last in (False,) * (TRIES - 1) + (True,):
            try:
                client.register_scalable_target(**self.dimension, **changes)
                return
            except ClientError as error:
                if last or error.response["Error"]["Code"] != CONCURRENT:
                    raise
            time.sleep(PAUSE_SECONDS)

    def want(self, count: int) -> None:
        """Set the desired count, which starts no deployment."""
        self.client("ecs").update_service(cluster=self.name, service=self.name, desiredCount=count)


def suspended_state(target: Mapping[str, Any]) -> dict[Switch, bool]:
    """What of a scalable target's scaling is suspended.

    AWS leaves out what was never set, and means false.
    """
    return {**NONE_SUSPENDED, **target.get("SuspendedState", {})}
