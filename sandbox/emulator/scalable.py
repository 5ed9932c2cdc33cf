"""The joint between Application Auto Scaling and ECS."""

from typing import Protocol


class ScalableService(Protocol):
    """The desired counts of the caller's ECS services, by `service/<cluster>/<service>`."""

    def desired(self, resource: str) -> int | None:
        """The desired count, or None when there is no such active service."""

    def running(self, resource: str) -> int:
        """The tasks that run, of any deployment."""

    def deploying(self, resource: str) -> bool:
        """Whether a deployment is in progress."""

    def scale(self, resource: str, count: int) -> None:
        """Set the desired count; starts no deployment."""

    def serves(self, resource: str, target_group: str) -> bool:
        """Whether the service registers its tasks in the target group of this name and id."""
