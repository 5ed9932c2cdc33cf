"""How many tasks: bounds, schedules, and the event switch."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from infra.capacity import MOST_TASKS
from infra.schedules import AFTER_EVENT, EVENT_END
from infra.settings.problems import Finding, RefusalError, refuse
from infra.settings.section import Section, Several, Tasks, Unit
from infra.settings.words import Cron, Instant, Name, Zone

# A target may have 200 scheduled actions (fixed quota of Application Auto Scaling). While an event
# is on, a schedule takes two of them and the event's end one.
MOST_SCHEDULES = 200
MOST_SCHEDULES_WITH_EVENT = 99


class Bounds(Section):
    """The fewest and the most tasks."""

    min: Tasks
    max: Tasks

    @field_validator("max")
    @classmethod
    def _not_below_min(cls, value: int, info: ValidationInfo) -> int:
        low = info.data.get("min")
        if low is not None and value < low:
            raise RefusalError(
                Finding(f"{low} or more, because min is {low}", "raise max or lower min")
            )
        return value


class Schedule(Bounds):
    """Bounds that come into force at set times and stay until another schedule fires."""

    min: Tasks = Field(ge=0, le=MOST_TASKS, description="Fewest tasks from then on.")
    max: Tasks = Field(ge=0, le=MOST_TASKS, description="Most tasks from then on.")
    name: Name = Field(description="Name of the schedule, once in a stage.")
    cron: Cron = Field(
        description="When: minutes hours day-of-month month day-of-week year, as AWS reads them."
    )
    timezone: Zone = Field("UTC", description="Zone of the schedule's clock; follows its DST.")


class ScaledUp(Section):
    """The event: a higher floor until a set time."""

    min: Tasks = Field(ge=1, le=MOST_TASKS, description="Fewest tasks while the event is on.")
    until: Instant | None = Field(
        None, description="End of the event; required while isScaledUp is true."
    )


class Capacity(Bounds):
    """How many tasks the service may have, and when."""

    min: Tasks = Field(2, ge=0, le=MOST_TASKS, description="Fewest tasks.")
    max: Tasks = Field(4, ge=1, le=MOST_TASKS, description="Most tasks.")
    purchase: Literal["onDemand", "spot"] = Field(
        "onDemand", description="Fargate capacity: on demand, or Spot (may be taken away)."
    )
    fargate_vcpu_quota: Annotated[int, Unit("vCPU")] = Field(
        6,
        ge=1,
        le=100000,
        description="The account's Fargate quota in the region for this way of purchase.",
    )
    is_scaled_up: bool = Field(False, description="The event switch.")
    scaled_up: ScaledUp | None = Field(None, description="What the event switch does.")
    schedules: Several[Schedule] = Field((), description="Planned bounds.")

    @field_validator("scaled_up")
    @classmethod
    def _event_ends(cls, value: ScaledUp | None, info: ValidationInfo) -> ScaledUp | None:
        if info.data.get("is_scaled_up") and (value is None or value.until is None):
            at = ("until",) if value else ()
            raise RefusalError(
                Finding(
                    "min and until, because isScaledUp is true",
                    'give the end of the event, such as until: "2026-12-01T23:00:00Z"',
                    at,
                    None,
                )
            )
        return value

    @field_validator("scaled_up")
    @classmethod
    def _event_below_max(cls, value: ScaledUp | None, info: ValidationInfo) -> ScaledUp | None:
        most = info.data.get("max")
        if info.data.get("is_scaled_up") and value and most is not None and value.min > most:
            raise RefusalError(
                Finding(
                    f"{most} or less while isScaledUp is true, because capacity.max is {most}",
                    "raise capacity.max, lower scaledUp.min, or set isScaledUp to false",
                    ("min",),
                    value.min,
                )
            )
        return value

    @field_validator("schedules")
    @classmethod
    def _schedules_agree(
        cls, value: tuple[Schedule, ...], info: ValidationInfo
    ) -> tuple[Schedule, ...]:
        event = info.data.get("scaled_up") if info.data.get("is_scaled_up") else None
        most = MOST_SCHEDULES_WITH_EVENT if info.data.get("scaled_up") else MOST_SCHEDULES
        refuse([*_too_many(value, most), *_bad_names(value), *_below_event(value, event)])
        return value

    @property
    def highest_max(self) -> int:
        """Most tasks that the base or any schedule allows."""
        return max([self.max, *(schedule.max for schedule in self.schedules)])

    @property
    def highest_min(self) -> int:
        """Fewest tasks that the base, any schedule or the event may ask for."""
        event = [self.scaled_up.min] if self.scaled_up else []
        return max([self.min, *event, *(schedule.min for schedule in self.schedules)])

    @property
    def lowest_min(self) -> int:
        """Fewest tasks that the base or any schedule asks for."""
        return min([self.min, *(schedule.min for schedule in self.schedules)])


def _too_many(schedules: tuple[Schedule, ...], most: int) -> list[Finding]:
    if len(schedules) <= most:
        return []
    value = f"a list of {len(schedules)}"
    return [Finding(f"up to {most} schedules, of which AWS makes actions", "merge some", (), value)]


def _bad_names(schedules: tuple[Schedule, ...]) -> list[Finding]:
    names = [schedule.name for schedule in schedules]
    return [
        Finding(
            f"a name that no other schedule has, not {EVENT_END} and without {AFTER_EVENT}",
            "rename it",
            (index, "name"),
            name,
        )
        for index, name in enumerate(names)
        if name in names[:index] or name == EVENT_END or name.endswith(AFTER_EVENT)
    ]


def _below_event(schedules: tuple[Schedule, ...], event: ScaledUp | None) -> list[Finding]:
    if event is None:
        return []
    return [
        Finding(
            f"{event.min} or more, because isScaledUp raises every minimum to scaledUp.min",
            "raise max, lower scaledUp.min, or set isScaledUp to false",
            (index, "max"),
            schedule.max,
        )
        for index, schedule in enumerate(schedules)
        if schedule.max < event.min
    ]
