"""Where a stage is, and the names that follow from it."""

from dataclasses import dataclass
from datetime import datetime

from infra.settings import Settings

CAPACITY_PROVIDERS = {"onDemand": "FARGATE", "spot": "FARGATE_SPOT"}


@dataclass(frozen=True)
class Place:
    """A stage in an account at a time; *now*, aware, decides which schedule is in force."""

    settings: Settings
    account: str
    now: datetime
    profile: str = ""  # of the AWS provider
    role_arn: str = ""

    @property
    def name(self) -> str:
        return f"evenkeel-{self.settings.stage}"

    @property
    def region(self) -> str:
        return self.settings.region

    @property
    def reach(self) -> dict[str, str]:
        """The way to the account for what calls AWS beside the provider."""
        return {
            "account": self.account,
            "region": self.region,
            "profile": self.profile,
            "roleArn": self.role_arn,
        }

    @property
    def is_production(self) -> bool:
        return self.settings.tier == "production"

    @property
    def websocket_path(self) -> str | None:
        websocket = self.settings.routing.websocket
        return websocket.path if websocket else None

    @property
    def capacity_provider(self) -> str:
        return CAPACITY_PROVIDERS[self.settings.capacity.purchase]

    @property
    def migration_family(self) -> str:
        return f"{self.name}-migration"
