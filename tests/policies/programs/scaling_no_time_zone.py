"""A scheduled action that leaves its time zone to chance."""

from tests.policies.programs import mutated

mutated(
    "aws:appautoscaling/scheduledAction:ScheduledAction",
    name="evenkeel-production-weekday-night",
    timezone=None,
)
