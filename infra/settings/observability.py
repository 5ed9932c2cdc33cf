"""What is kept, shown and sent."""

from typing import Annotated, Literal

from pydantic import Field

from infra.settings.section import Says, Section, Unit

# Retention periods of CloudWatch Logs (API reference, PutRetentionPolicy).
Retention = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,
    1096, 1827, 2192, 2557, 2922, 3288, 3653,
]  # fmt: skip


class Observability(Section):
    """Alarms, logs, dashboard."""

    notify: (
        Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"), Says("an e-mail address")]
        | None
    ) = Field(None, description="Who gets the alarms; null: the topic has no subscriber.")
    log_retention_days: Annotated[Retention, Unit("days")] = Field(
        30, description="How long logs are kept."
    )
    dashboard: bool = Field(True, description="Whether the stage has a dashboard.")
