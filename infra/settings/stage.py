"""A whole stage: its sections, and the rules between them."""

from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from infra.capacity import (
    FASTEST_TASK_START,
    TASK_START,
    Budget,
    Surge,
    idle_timeout,
    longest_leave,
    surge_tasks,
)
from infra.settings.capacity import Capacity
from infra.settings.database import Database
from infra.settings.deployment import Deployment
from infra.settings.firewall import Firewall
from infra.settings.migrations import Migrations
from infra.settings.network import Network, OwnNetwork
from infra.settings.observability import Observability
from infra.settings.problems import Finding, RefusalError
from infra.settings.routing import Routing
from infra.settings.scaling import Scaling
from infra.settings.section import Section, Several
from infra.settings.service import Service
from infra.settings.suppressions import Suppression
from infra.settings.words import Region, StageName

Tier = Literal["production", "staging", "test"]
DIGEST_SAYS = "an image by digest, such as registry.example.com/web@sha256:… (64 hex digits)"
# S3 takes 63 characters in a bucket's name.
LONGEST_BUCKET = 63


class Settings(Section):
    """One stage of the service, checked; raises `SettingsError` through `parse` and `read`."""

    region: Region = Field(description="Region of the stage.")
    stage: StageName = Field(description="Name of the Pulumi stack.")
    tier: Tier = Field(description="How strict: production, staging or test.")
    network: Network = Field(default_factory=OwnNetwork, description="The network.")
    service: Service = Field(description="The service.")
    database: Database = Field(description="The database, described.")
    capacity: Capacity = Field(default_factory=Capacity, description="How many tasks, and when.")
    scaling: Scaling = Field(default_factory=Scaling, description="What makes it scale.")
    routing: Routing = Field(description="How requests reach tasks.")
    firewall: Firewall = Field(default_factory=Firewall, description="What is let through.")
    migrations: Migrations | None = Field(
        None, description="How the schema is migrated; null: the service has none of its own."
    )
    deployment: Deployment = Field(
        default_factory=Deployment, description="How a new revision replaces the old one."
    )
    observability: Observability = Field(
        default_factory=Observability, description="What is kept, shown and sent."
    )
    suppressions: Several[Suppression] = Field(
        (), description="Policies that are set aside for a while."
    )

    def as_data(self) -> dict[str, Any]:
        """The normalised stage: camelCase keys, values that JSON has, every default filled in."""
        return self.model_dump(mode="json", by_alias=True)

    @property
    def longest_leave(self) -> int:
        """Seconds from a task's deregistration until it is gone, at the longest."""
        return longest_leave(self.routing.drains, self.service.stop_timeout_seconds)

    @property
    def idle_timeout(self) -> int:
        """Idle timeout of the load balancer, in seconds."""
        socket = self.routing.websocket
        ping = socket.ping_interval_seconds if socket else None
        return idle_timeout(self.service.request_timeout_seconds, ping)

    @property
    def budget(self) -> Budget:
        """The connection sum for any number of tasks, at rest and through a deployment."""
        database = self.database
        return Budget(
            database.connections_per_task,
            self.migration_connections,
            database.reserved_connections,
            database.limit.connections,
            self.deployment_of,
        )

    @property
    def migration_connections(self) -> int:
        """Connections of a running migration; one at least where the stage has migrations."""
        return max(0 if self.migrations is None else 1, self.database.migration_connections)

    def deployment_of(self, tasks: int) -> Surge:
        """The rolling deployment of *tasks* tasks: its highest peak, and its longest time."""
        quick = self._stepped(tasks, FASTEST_TASK_START)
        slow = self._stepped(tasks, TASK_START + self.service.time_to_healthy)
        return Surge(quick.tasks, slow.seconds)

    def _stepped(self, tasks: int, time_to_healthy: int) -> Surge:
        percents = self.deployment.minimum_healthy_percent, self.deployment.maximum_percent
        return surge_tasks(tasks, *percents, time_to_healthy, self.longest_leave)

    @field_validator("stage")
    @classmethod
    def _balancer_may_bear_it(cls, value: str) -> str:
        # CreateLoadBalancer: a name "must not begin with "internal-""; the stage's begins it.
        if f"{value}-".startswith("internal-"):
            raise RefusalError(
                Finding(
                    'a name that does not begin with "internal-", which ELB refuses',
                    "rename the stack",
                )
            )
        return value

    @field_validator("stage")
    @classmethod
    def _bucket_fits(cls, value: str, info: ValidationInfo) -> str:
        region = info.data.get("region", "")
        longest = LONGEST_BUCKET - len(f"evenkeel--access-logs-000000000000-{region}")
        if len(value) > longest:
            raise RefusalError(
                Finding(
                    f"up to {longest} characters in {region}, because the bucket of the access "
                    f"logs bears the name and S3 takes {LONGEST_BUCKET}",
                    "choose a shorter stack name",
                )
            )
        return value

    @field_validator("tier")
    @classmethod
    def _production_is_production(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("stage") == "production" and value != "production":
            raise RefusalError(
                Finding(
                    "production, because the stack is named production",
                    "write evenkeel:tier: production, or use another stack name",
                )
            )
        return value

    @field_validator("service")
    @classmethod
    def _image_is_pinned(cls, value: Service, info: ValidationInfo) -> Service:
        name, _, digest = value.image.partition("@sha256:")
        pinned = name and len(digest) == 64 and set(digest) <= set("0123456789abcdef")
        if info.data.get("tier") in ("production", "staging") and not pinned:
            raise RefusalError(
                Finding(
                    DIGEST_SAYS,
                    "pin the image: a tag may point at another image tomorrow",
                    ("image",),
                    value.image,
                )
            )
        return value

    @field_validator("database")
    @classmethod
    def _pool_of_a_worker(cls, value: Database, info: ValidationInfo) -> Database:
        service = info.data.get("service")
        if service and value.connections_per_task < service.workers.count:
            raise RefusalError(
                Finding(
                    f"{service.workers.count} or more, one for each of service.workers.count",
                    "raise connectionsPerTask or lower service.workers.count",
                    ("connectionsPerTask",),
                    value.connections_per_task,
                )
            )
        return value

    @field_validator("routing")
    @classmethod
    def _certificate_fits(cls, value: Routing, info: ValidationInfo) -> Routing:
        arn, tier, region = value.certificate_arn, info.data.get("tier"), info.data.get("region")
        says = "the ARN of an ACM certificate in the stage's region"
        if arn is None and tier == "production":
            step = "create or import a certificate in ACM and give its ARN; production is HTTPS"
            raise RefusalError(Finding(f"{says}, in production", step, ("certificateArn",), None))
        if arn is not None and region is not None and arn.split(":")[3] != region:
            step = f"a load balancer takes certificates of its own region, {region}, alone"
            raise RefusalError(Finding(says, step, ("certificateArn",), arn))
        return value
