"""How much load it takes to bring CPU above its target, found out while it runs."""

from datetime import datetime

from infra.capacity import Bounds
from infra.settings import Settings
from ops.drill_load import MOST_CPU, Load
from ops.drill_view import Look
from sandbox import vcpu

# The load aims above the target, so that no rounding and no busy machine brings CPU below it.
AIM, LEAST = 1.3, 1.15  # times the target
HIGHEST = 99.0  # percent of it at most: the metric ends at 100
DOUBLED = 2.0  # the most that one correction does


class Aim:
    """Steers the CPU that `load` takes, by what CloudWatch says of the minutes that are over.

    `target` is that of the stage's target tracking on cpu, in percent; None: it has none.
    """

    def __init__(self, settings: Settings, bounds: Bounds, load: Load) -> None:
        targets = {each.metric: each.target for each in settings.scaling.targets}
        self.target = targets.get("cpu")
        self._load = load
        self._units = settings.service.cpu * bounds.max
        self._since: datetime | None = None  # from when on the load is what it is

    def __str__(self) -> str:
        return f"load {self._load.cpu:.2f} cores of this machine"

    def begin(self, look: Look) -> None:
        """Load for all tasks that there may be, by the usual size of a CPU unit."""
        cores = self._units / 1024 * vcpu.DEFAULT * (self.target or 0) / 100 * AIM
        self._set(cores, look)

    def steer(self, look: Look) -> None:
        """More load where a whole minute of it was not enough."""
        self._load.check()
        target = self.target or 0
        if look.cpu is None or look.minute is None or self._since is None:
            return
        if look.minute >= self._since and look.cpu < min(HIGHEST, target * LEAST):
            self._set(self._load.cpu * min(DOUBLED, target * AIM / max(1.0, look.cpu)), look)

    def end(self) -> None:
        """No load but a little."""
        self._load.cpu = 0.0
        self._since = None

    def _set(self, cores: float, look: Look) -> None:
        self._load.cpu = min(MOST_CPU, cores)
        self._since = look.at
