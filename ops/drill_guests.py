"""The drill's Socket.IO clients: brought onto every task, and waited for once tasks have gone."""

from collections.abc import Callable

from ops.drill_checks import is_back
from ops.drill_load import Load
from ops.drill_view import DrillView, Look
from ops.drill_watch import Watch

FEW, MOST = 2, 8  # clients for each task that there may be: at once, and in all


class Rooms:
    """The rooms of the clients of `load`, over up to `tasks` tasks.

    `places` has the address of the task in which each was while all tasks ran, by room.
    """

    def __init__(self, view: DrillView, watch: Watch, load: Load, tasks: int) -> None:
        self._view = view
        self._watch = watch
        self._load = load
        self._tasks = tasks
        self.places: dict[str, str] = {}

    def invite(self) -> None:
        """Clients in their rooms on every task, where the stage has websockets."""
        websocket = self._view.reached.stage.routing.websocket
        if websocket is None:
            return
        guests = self._load.guests

        def everywhere() -> bool:
            if not guests or not all(guest.place and guest.heard for guest in guests):
                return False
            missing = self._view.addresses() - {guest.place for guest in guests}
            if not missing or len(guests) >= MOST * self._tasks:
                return True
            self._load.invite(FEW * self._tasks, websocket.path)  # the load balancer chooses where
            return False

        self._load.invite(FEW * self._tasks, websocket.path)
        self._wait(everywhere)
        self.places = {guest.room: guest.place for guest in guests}

    def reunite(self) -> None:
        """Waits for those that have lost their task."""
        self._wait(lambda: all(is_back(g, self.places) for g in self._load.guests if g.losses))

    def _wait(self, so: Callable[[], bool]) -> None:
        """Waits for what takes no sandbox time; the lines say what became of it."""

        def found(_: Look) -> bool | None:
            self._load.check()
            return so() or None

        self._watch.until(found, 0)
