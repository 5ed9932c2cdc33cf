"""How a new revision replaces the old one."""

from pydantic import Field, ValidationInfo, field_validator

from infra.settings.problems import Finding, RefusalError
from infra.settings.section import Percent, Seconds, Section


class Deployment(Section):
    """Limits of a rolling deployment, as ECS has them."""

    minimum_healthy_percent: Percent = Field(
        100, ge=0, le=100, description="Healthy tasks to keep, of the desired count, rounded up."
    )
    maximum_percent: Percent = Field(
        200,
        ge=100,
        le=200,
        description="Running and pending tasks to allow, of the desired count, rounded down.",
    )
    timeout_seconds: Seconds = Field(
        900, ge=1, le=86400, description="Longest time of a rollout; then the update fails."
    )

    @field_validator("maximum_percent")
    @classmethod
    def _can_move(cls, value: int, info: ValidationInfo) -> int:
        if value == 100 and info.data.get("minimum_healthy_percent") == 100:
            raise RefusalError(
                Finding(
                    "101 to 200 while minimumHealthyPercent is 100: at 100 and 100 ECS may "
                    "neither start nor stop a task",
                    "raise maximumPercent or lower minimumHealthyPercent",
                )
            )
        return value
