"""The database: described, not created, because every task takes connections of it."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from infra.capacity import ConnectionLimit, connection_limit
from infra.settings.problems import Finding, RefusalError
from infra.settings.section import Connections, Says, Section


class Database(Section):
    """What the connection sum needs to know."""

    engine: Literal["postgres", "mysql", "mariadb", "aurora-postgresql", "aurora-mysql"] = Field(
        description="Engine, in the words of RDS."
    )
    max_connections: Connections | None = Field(
        None,
        ge=1,
        le=262143,
        description="The limit as configured, where it is not the engine's default for its class.",
    )
    instance_class: Annotated[
        str,
        Field(pattern=r"^db\.[a-z0-9-]+(\.[a-z0-9-]+)?$"),
        Says("an instance class of RDS, such as db.t4g.medium"),
    ] = Field(description="Instance class; engine and class decide the connection limit.")
    connections_per_task: Connections = Field(
        ge=1, le=10000, description="Pool of one task, over all its workers."
    )
    migration_connections: Connections = Field(
        2, ge=0, le=10000, description="Connections of a running migration."
    )
    reserved_connections: Connections = Field(
        10,
        ge=0,
        le=10000,
        description="Kept free: RDS's own (5 on PostgreSQL), monitoring, administrators.",
    )

    @field_validator("instance_class")
    @classmethod
    def _limit_is_known(cls, value: str, info: ValidationInfo) -> str:
        if "engine" not in info.data or "max_connections" not in info.data:
            return value
        try:
            connection_limit(info.data["engine"], value, info.data["max_connections"])
        except LookupError:
            raise RefusalError(
                Finding(
                    f"a class whose default limit for {info.data['engine']} is known",
                    "correct the class, or set maxConnections to what the database shows for "
                    "max_connections",
                )
            ) from None
        return value

    @property
    def limit(self) -> ConnectionLimit:
        """Most connections of the database, and where the number comes from."""
        return connection_limit(self.engine, self.instance_class, self.max_connections)
