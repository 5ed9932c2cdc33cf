"""How long a drill waits for what the stage's own numbers say must come."""

from dataclasses import dataclass

from infra import capacity
from infra.capacity import Bounds
from infra.settings import Settings

SLACK = 900  # seconds for the delivery of metrics, and for finding the right load
AT_MAX = 300  # seconds that the alarm at-max takes (infra/alarms.py)


@dataclass(frozen=True)
class Times:
    """Sandbox seconds after which something is taken not to come any more."""

    settings: Settings
    bounds: Bounds

    @property
    def settled(self) -> int:
        """Until the fewest tasks are there and no other, and metrics say that they rest."""
        return SLACK + capacity.TASK_START + self.settings.service.time_to_healthy + self._leave

    @property
    def out(self) -> int:
        """From the load until there are more tasks."""
        return capacity.scale_out_time(self.settings.service.time_to_healthy) + SLACK

    @property
    def most(self) -> int:
        """From the first scale-out until the alarm at-max has gone off: one task at a time."""
        longest = max(
            (each.scale_out_cooldown for each in self.settings.scaling.targets), default=0
        )
        start = capacity.TASK_START + self.settings.service.time_to_healthy
        return (self.bounds.max - self.bounds.min) * (longest + start) + AT_MAX + SLACK

    @property
    def back(self) -> int:
        """From the end of the load until the fewest tasks are left and the others are gone."""
        longest = max((each.scale_in_cooldown for each in self.settings.scaling.targets), default=0)
        taken = self.bounds.max - self.bounds.min
        return capacity.scale_in_time(taken, longest) + self._leave + SLACK

    @property
    def _leave(self) -> int:
        return self.settings.longest_leave
