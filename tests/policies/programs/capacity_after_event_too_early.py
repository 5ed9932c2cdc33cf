"""A scheduled action meant for the time after an event that does not wait for its end."""

from tests.policies.programs import mutated

mutated(
    "aws:appautoscaling/scheduledAction:ScheduledAction",
    name="evenkeel-production-weekday-night-after-event",
    start_time=None,
)
