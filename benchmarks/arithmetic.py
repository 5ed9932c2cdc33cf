"""From seconds to figures: medians, ratios pair by pair, and the waits that a stage declares."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from infra.settings import Settings
from sandbox.emulator.images import Images


@dataclass(frozen=True)
class Ratio:
    """One thing over another; `aim` is the most it should be, or the least where `upwards`."""

    ratio: float
    lowest: float
    highest: float
    aim: float
    upwards: bool = False

    def as_data(self) -> dict[str, Any]:
        """Rounded, with whether the aim is met."""
        found = asdict(self)
        upwards = found.pop("upwards")
        rounded = {key: round(value, 2) for key, value in found.items()}
        return {**rounded, "met": self.ratio >= self.aim if upwards else self.ratio <= self.aim}


def ratio(
    ones: Sequence[float], others: Sequence[float], aim: float, *, upwards: bool = False
) -> Ratio:
    """The median of `one / other` over the pairs, which ran one right after the other.

    Pair by pair, so that a machine that is busy for a while slows both sides of a pair. It should
    be `aim` at most, or at least where `upwards`.
    """
    each = [one / other for one, other in zip(ones, others, strict=True)]
    return Ratio(median(each), min(each), max(each), aim, upwards)


def medians(seconds: dict[str, list[float]]) -> dict[str, float]:
    """What was measured → its median, in seconds."""
    return {what: round(median(each), 2) for what, each in seconds.items()}


def percentile(values: Sequence[float], rank: int) -> float:
    """The least of `values` that `rank` percent of them, from 1 to 100, do not exceed."""
    return sorted(values)[-(-len(values) * rank // 100) - 1]


def declared_wait(settings: Settings, images: Path, speed: float) -> float:
    """Wall seconds that a first `up` waits because the stage and its image say so.

    The migrations' `after`, the service's `warmUpSeconds` (both in the images file) and as many
    health checks as a target needs to count as healthy, on a clock `speed` times as fast.
    """
    does, service = Images(images), settings.service
    check = service.health_check
    runs = [does.behaviour(service.image, command).get("after", 0) for command in _runs(settings)]
    warm_up = does.behaviour(service.image, list(service.command)).get("warmUpSeconds", 0)
    checks = check.healthy_threshold * check.interval_seconds
    return float(sum(runs) + warm_up + checks) / speed


def _runs(settings: Settings) -> list[list[str]]:
    given = settings.migrations
    if given is None:
        return []
    if given.order == "expandContract":
        return [list(given.expand), list(given.contract)]
    return [list(given.command)]
