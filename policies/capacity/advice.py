"""What a message may advise: only values that, written as they are, pass every policy.

A max has to fit the database and the vCPU quota through a deployment, one that can move at every
count that the stage may have and is over in time.
"""

from collections.abc import Callable
from typing import Any

from infra.capacity import MOST_TASKS, VcpuSum, fewest_movable, smallest_moving_percent
from infra.settings import Settings
from policies.capacity.tasks import floor, switched_on

Fits = Callable[[Settings, int], bool]


def vcpus(settings: Settings, most: int) -> VcpuSum:
    """The vCPU sum at the peak of a deployment of *most* tasks.

    A migration is always on demand, so it takes nothing of a Spot quota.
    """
    capacity = settings.capacity
    migrates = settings.migrations is not None and capacity.purchase == "onDemand"
    peak = settings.deployment_of(most).tasks
    return VcpuSum(peak, int(migrates), settings.service.cpu, capacity.fargate_vcpu_quota)


def fits_database(settings: Settings, most: int) -> bool:
    """Whether *most* tasks can run and be deployed within the connection limit."""
    return settings.budget.is_legal(most)


def fits_quota(settings: Settings, most: int) -> bool:
    """Whether *most* tasks can be deployed within the vCPU quota."""
    return vcpus(settings, most).fits


def fits(settings: Settings, most: int) -> bool:
    """Whether *most* tasks, of a stage that can be deployed at its lowest count, pass."""
    return fits_quota(settings, most) and fits_database(settings, most)


def in_time(settings: Settings, most: int, known: int = 0) -> bool:
    """Whether a deployment of *most* tasks ends within timeoutSeconds, or within *known* seconds.

    *known* is how long the stage takes as it is: another policy says so where that is too long.
    """
    seconds = settings.deployment_of(most).seconds
    return seconds is not None and seconds <= max(settings.deployment.timeout_seconds, known)


def moves(settings: Settings) -> bool:
    """Whether a deployment can start or stop a task at every count that the stage may have."""
    deployment, lowest = settings.deployment, max(1, settings.capacity.lowest_min)
    fewest = fewest_movable(deployment.minimum_healthy_percent, deployment.maximum_percent)
    return fewest is not None and fewest <= lowest


def movable(settings: Settings) -> Settings:
    """*settings*, with the smallest maximumPercent that moves where its own does not."""
    if moves(settings):
        return settings
    lowest = max(1, settings.capacity.lowest_min)
    return with_deployment(settings, maximum_percent=smallest_moving_percent(lowest))


def with_deployment(settings: Settings, **changes: Any) -> Settings:
    """*settings* with another deployment section, unchecked."""
    deployment = settings.deployment.model_copy(update=changes)
    return settings.model_copy(update={"deployment": deployment})


def largest(settings: Settings, fits: Fits) -> int | None:
    """The largest max that *fits* and is not below the floor; None: there is none."""
    top = min(MOST_TASKS, settings.capacity.fargate_vcpu_quota * 1024 // settings.service.cpu)
    top = max(top, settings.budget.largest_steady_max)
    return next(
        (most for most in range(top, floor(settings) - 1, -1) if fits(settings, most)), None
    )


def largest_max(settings: Settings) -> int | None:
    """The largest max that passes, with the percent of `movable`; None: there is none."""
    known = _seconds(settings)
    return largest(
        movable(settings), lambda tried, most: fits(tried, most) and in_time(tried, most, known)
    )


def max_words(settings: Settings, what: str, alone: Fits) -> str:
    """The largest max that passes; *what* is the limit in question, which *alone* judges."""
    most = largest_max(settings)
    limits = what
    if most != largest(movable(settings), alone):
        limits += " and every other limit"
    if most is None:
        return f"No max of {floor(settings)} or more fits {limits}"
    return f"The largest max that fits {limits} is {most}{_beside(settings, most)}"


def _beside(settings: Settings, most: int) -> str:
    """What has to be written together with a max of *most*."""
    capacity, event = settings.capacity, switched_on(settings)
    planned = max(bounds.min for bounds in (capacity, *capacity.schedules))
    planned = max(planned, event.min) if event else planned
    lower = [f"no min above it (now {planned})"] if planned > most else []
    return listed(", with ", [*_percent(settings), *lower])


def _percent(settings: Settings) -> list[str]:
    mended = movable(settings)
    changed = mended is not settings
    return [f"a maximumPercent of {mended.deployment.maximum_percent}"] if changed else []


def needs(settings: Settings, peak: int) -> list[str]:
    """What to write, but for the database, so that a max of *peak* passes."""
    mended = movable(settings)
    vcpu = vcpus(mended, peak)
    wanted = [] if vcpu.fits else [f"a fargateVcpuQuota of {vcpu.needed}"]
    wanted += _percent(settings)
    if not in_time(mended, peak, _seconds(settings)):
        wanted.append(f"a timeoutSeconds of {mended.deployment_of(peak).seconds}")
    return wanted


def all_needs(settings: Settings, peak: int) -> str:
    """What to write so that a max of *peak* passes."""
    mended, wanted = movable(settings), needs(settings, peak)
    if not mended.budget.is_legal(peak):
        pool = largest_pool(settings, peak)
        database = f"a database of {connections(settings, peak)} connections"
        wanted.append(database if pool is None else f"a connectionsPerTask of {pool}")
    return f"max {peak} needs {listed('', wanted)}"


def largest_pool(settings: Settings, peak: int) -> int | None:
    """The largest connectionsPerTask for a max of *peak*; None: less than one for each worker."""
    pool = movable(settings).budget.largest_pool(peak)
    return pool if pool >= settings.service.workers.count else None


def connections(settings: Settings, peak: int) -> int:
    """Connections that a max of *peak* needs of the database."""
    return movable(settings).budget.deploying(peak).total


def peak_of(settings: Settings, most: int) -> int:
    """The max that a stage with *most* tasks planned has to provide for."""
    return max(most, settings.capacity.highest_max, floor(settings))


def listed(before: str, wanted: list[str]) -> str:
    """*wanted* in words after *before*; nothing where nothing is."""
    *first, last = wanted or [""]
    return before + (f"{', '.join(first)} and {last}" if first else last) if wanted else ""


def _seconds(settings: Settings) -> int:
    """How long a deployment takes as the stage is; 0: it cannot move."""
    return settings.deployment_of(settings.capacity.highest_max).seconds or 0
