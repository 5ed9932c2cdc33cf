"""A drill from its first change to its last: load, look, tick, and put back."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime

from infra.capacity import Bounds
from infra.schedules import bounds_at, next_changes
from ops import drill_checks as checks
from ops.drill_aim import Aim
from ops.drill_connections import Connections
from ops.drill_found import Found, find
from ops.drill_guests import Rooms
from ops.drill_line import Line
from ops.drill_load import Load, pace
from ops.drill_steps import Steps
from ops.drill_times import Times
from ops.drill_view import DrillView, Look
from ops.drill_watch import Stop, StoppedError, Watch, stopping
from ops.errors import A_FINDING, CANNOT_TELL, OpsError
from ops.panic_words import update
from ops.reach import Reached

Say = Callable[[str], None]
REST = 0.9  # of the target: above it a target-tracking policy never scales in
PUBLISHED_WITHIN = 300  # sandbox seconds


@dataclass(frozen=True)
class Subject:
    """What is drilled: the stage, its load balancer's address here, its database for a superuser.

    `speed` is sandbox seconds in a second of wall time.
    """

    reached: Reached
    url: str
    database_url: str | None
    speed: float


def run(subject: Subject, say: Say) -> bool:
    """Every line of the checklist, told as it is ticked; whether none has failed.

    What was found is put back whatever happens. Raises OpsError.
    """
    stage, view = subject.reached.stage, DrillView(subject.reached)
    bounds = Bounds(max(1, stage.capacity.min), stage.capacity.highest_max)
    with stopping() as stop:
        found = find(view)
        say(f"found: {found}")
        begun = subject.reached.now
        try:
            with _put_back(found, say):
                lines = _Drill(subject, view, bounds, say, stop).lines(found)
        except StoppedError as stopped:
            raise OpsError(f"drill: ended early by {stopped}", CANNOT_TELL) from None
    if missed := _missed(subject, begun):
        say(missed)
    return _told(lines, say)


@contextmanager
def _put_back(found: Found, say: Say) -> Iterator[None]:
    try:
        yield
    finally:
        # Before anything else that may fail, such as a line on a closed terminal.
        done = found.put_back()
        say(done)


def _missed(subject: Subject, begun: datetime) -> str | None:
    """What a schedule would have done while it was suspended, if one fell due."""
    stage, now = subject.reached.stage, subject.reached.now
    due = [each for each in next_changes(stage.capacity, begun) if each.at <= now]
    if not due:
        return None
    bounds = bounds_at(stage.capacity, now)
    return (
        f"note: {due[-1].cause} fell due at {due[-1].at:%H:%M} and was not acted on; "
        f"{update(subject.reached)} brings its bounds, {bounds.min} to {bounds.max}"
    )


def _told(lines: list[Line], say: Say) -> bool:
    failed, skipped = (
        ", ".join(line.letter for line in lines if line.ok is ok) for ok in (False, None)
    )
    said = f"drill: {sum(line.ok is True for line in lines)} of {len(lines)} ok"
    said += f", not applicable: {skipped}" if skipped else ""
    say(f"{said}, FAILED: {failed}" if failed else said)
    return not failed


class _Drill:
    def __init__(
        self, subject: Subject, view: DrillView, bounds: Bounds, say: Say, stop: Stop
    ) -> None:
        self._subject, self._view, self._bounds = subject, view, bounds
        self._say, self._stop = say, stop
        self._stage = subject.reached.stage
        self._times = Times(self._stage, bounds)
        self._watch = Watch(view, subject.speed, say, stop)

    def lines(self, found: Found) -> list[Line]:
        """The lines, told as they are ticked. Raises StoppedError and OpsError."""
        low, high = self._bounds.min, self._bounds.max
        self._say(f"drill: bounds {low} to {high} and no schedules until it ends")
        before = self._view.migrations()
        found.hold(self._bounds)
        self._settle()
        found.release(self._bounds)
        with ExitStack() as ended:
            counted, load = self._counting(ended), self._loading(ended)
            begun = self._watch.look().at
            rooms = Rooms(self._view, self._watch, load, high)
            ticked = self._scaled(load, rooms)
            rooms.reunite()
            load.hush()
            self._publish(self._watch.look())
            sum_ = self._stage.budget.steady(high)
            ticked.append(self._tick(checks.connections(counted, sum_)))
            ticked.append(self._tick(checks.answers(load, self._view, begun)))
            ticked.append(self._tick(checks.rooms(load.guests, rooms.places, self._view)))
            ticked.append(self._tick(checks.migrations(self._view, before)))
        return ticked

    def _scaled(self, load: Load, rooms: Rooms) -> list[Line]:
        """Lines a, b and c; the clients come while all tasks run."""
        aim = Aim(self._stage, self._bounds, load)
        steps = Steps(self._view, self._watch, aim, self._stage, self._times)
        for told in steps.plan():
            self._say(told)
        ticked = [self._tick(steps.out()), self._tick(steps.most())]
        if steps.inapplicable is None:
            rooms.invite()
        return [*ticked, self._tick(steps.back())]

    def _tick(self, line: Line) -> Line:
        self._say(str(line))
        self._stop.check()
        return line

    def _settle(self) -> None:
        """Waits for the fewest tasks, at rest. Raises OpsError where that does not come."""
        low = self._bounds.min
        self._say(f"waiting for {low} and no other, at rest")
        if self._watch.until(self._is_at_rest, self._times.settled) is None:
            raise OpsError(
                f"The service does not come to {low} at rest: {self._watch.look()}. Next: "
                f"evenkeel status {self._stage.stage} --sandbox; tasks that use so much CPU "
                "without any load need more than SANDBOX_VCPU gives them (docs/sandbox.md)",
                A_FINDING,
            )

    def _is_at_rest(self, look: Look) -> Look | None:
        low, targets = self._bounds.min, self._stage.scaling.targets
        alone = look.desired == look.running == low and not look.deploying
        # A start is work too, and an alarm that it raised would be taken for that of the load.
        calm = all(
            look.cpu is not None and look.cpu < REST * each.target
            for each in targets
            if each.metric == "cpu"
        )
        return look if alone and calm and len(self._view.addresses()) == low else None

    def _counting(self, ended: ExitStack) -> Connections | None:
        url = self._subject.database_url
        return ended.enter_context(Connections(url)) if url is not None else None

    def _loading(self, ended: ExitStack) -> Load:
        limit = self._stage.firewall.requests_per_five_minutes
        load = Load(self._subject.url, pace=pace(limit, self._subject.speed))
        ended.callback(load.stop)
        return load

    def _publish(self, look: Look) -> None:
        """Waits for the metrics of all that was asked until now."""
        self._watch.until(lambda _: checks.published(self._view, look.at) or None, PUBLISHED_WITHIN)
