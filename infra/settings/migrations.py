"""When and how the database's schema is migrated."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from infra.settings.section import Says, Seconds, Section, Several
from infra.settings.words import Text

Command = Annotated[Several[Text], Field(min_length=1)]
TIMEOUT = "Longest time of a migration; then the update fails."
ORDERS = Says("before, after or expandContract")


class SingleMigration(Section):
    """One migration of an update, before the service changes or after it has settled."""

    order: Annotated[Literal["before", "after"], ORDERS] = Field(
        "before", description="When: before the service changes, or after the rollout."
    )
    command: Command = Field(description="Command of the migration task; same image.")
    timeout_seconds: Seconds = Field(900, ge=1, le=86400, description=TIMEOUT)


class ExpandContract(Section):
    """Two migrations of an update: additions before it, removals after the rollout."""

    order: Annotated[Literal["expandContract"], ORDERS] = Field(
        description="expand before the service changes, contract after the rollout."
    )
    expand: Command = Field(description="Command that adds what the new revision needs.")
    contract: Command = Field(description="Command that removes what no revision needs.")
    timeout_seconds: Seconds = Field(900, ge=1, le=86400, description=TIMEOUT)


def _kind(value: Any) -> str:
    order = value.get("order") if isinstance(value, dict) else getattr(value, "order", None)
    return "two" if order == "expandContract" else "one"


Migrations = Annotated[
    Annotated[SingleMigration, Tag("one")] | Annotated[ExpandContract, Tag("two")],
    Discriminator(_kind),
]
