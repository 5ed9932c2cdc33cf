"""Which counts a panic takes as they are, and which only with --force."""

from collections.abc import Callable, Iterator

from infra.capacity import MOST_TASKS
from infra.settings import Settings
from ops.errors import WRONG_USE, OpsError

# As the policy capacity-floor has them (S2-10, S3-12).
PRODUCTION_FLOOR = 2
FLOOR = 1


def check(stage: Settings, count: int, *, force: bool, say: Callable[[str], None]) -> bool:
    """Whether *count* tasks need *force*, which is then said. Raises OpsError (2) without it."""
    if not 0 <= count <= MOST_TASKS:
        raise OpsError(
            f"--count is {count}; allowed are 0 to {MOST_TASKS} tasks, of which ECS runs as many "
            "in one service.\nNext: choose such a number.",
            WRONG_USE,
        )
    reasons = [*_too_few(stage, count), *_too_many(stage, count)]
    if reasons and not force:
        raise OpsError(
            f"--count {count}: {' '.join(reasons)} Nothing was changed.\n"
            f"Next: {_choose(stage)}add --force, which sets {count} all the same and is recorded.",
            WRONG_USE,
        )
    for reason in reasons:
        say(f"--force: {reason}")
    return bool(reasons)


def _floor(stage: Settings) -> int:
    return PRODUCTION_FLOOR if stage.tier == "production" else FLOOR


def _too_few(stage: Settings, count: int) -> Iterator[str]:
    if count >= _floor(stage):
        return
    means = "No task would serve at all." if count == 0 else "The loss of one stops the service."
    yield f"the floor of tier {stage.tier} is {_floor(stage)}. {means}"


def _too_many(stage: Settings, count: int) -> Iterator[str]:
    budget, most = stage.budget, stage.capacity.highest_max
    if count > most:
        yield f"the most that the stage and its schedules ask for is {most}."
    for when, connections in (
        ("at rest", budget.steady(count)),
        ("during a deployment", budget.deploying(count)),
    ):
        if not connections.fits:
            yield (
                f"The database does not take it {when}: {connections}, {-connections.headroom} "
                "too many."
            )


def _choose(stage: Settings) -> str:
    low, high = _floor(stage), min(stage.capacity.highest_max, stage.budget.largest_max)
    return f"choose {low} to {high}, or " if low <= high else ""
