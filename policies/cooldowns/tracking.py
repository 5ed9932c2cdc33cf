"""Cooldowns of target tracking: how long it waits before it removes tasks, or adds more."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from pulumi_policy import Severity

from policies.facts import MissingFactsError, stage, tier
from policies.plan import Resource
from policies.resource_types import SCALING_POLICY
from policies.rules import Number, ResourceRule, Rule
from policies.scaling_policy import Config, scales_in, tracking_of

# A cooldown left out is 300 s to Application Auto Scaling (user guide, "Define cooldown periods"),
# but AWS's Pulumi provider sends 0 s in its place; the worse of the two is judged.
SCALE_IN_LEFT_OUT = 0
SCALE_OUT_LEFT_OUT = 300
# Below five minutes a production service gives capacity back between two waves of one burst.
LEAST_IN_PRODUCTION = 300
# Cooldowns are 32-bit integers (Application Auto Scaling API).
LONGEST = 2_147_483_647


@dataclass(frozen=True)
class Cooldown:
    """Seconds of one cooldown, and whether the policy says them."""

    seconds: int
    given: bool

    def __str__(self) -> str:
        return f"{self.seconds} s" if self.given else f"{self.seconds} s (left out)"


def _scale_in(tracking: Config) -> Cooldown:
    return _cooldown(tracking.get("scaleInCooldown"), SCALE_IN_LEFT_OUT)


def _scale_out(tracking: Config) -> Cooldown:
    return _cooldown(tracking.get("scaleOutCooldown"), SCALE_OUT_LEFT_OUT)


def _cooldown(value: float | None, left_out: int) -> Cooldown:
    return Cooldown(left_out, given=False) if value is None else Cooldown(int(value), given=True)


def _asymmetric(resource: Resource) -> Iterator[str]:
    tracking = tracking_of(resource)
    if tracking is None or not scales_in(tracking) or tier() == "test":
        return
    scale_in, scale_out = _scale_in(tracking), _scale_out(tracking)
    if scale_in.seconds <= scale_out.seconds:
        yield (
            f"scaleInCooldown {scale_in} is not longer than scaleOutCooldown {scale_out}, so the "
            "service flaps: it gives tasks back before the load that added them has passed. "
            f"{_advice(scale_out)}"
        )


def _production_scale_in(resource: Resource) -> Iterator[str]:
    tracking = tracking_of(resource)
    if tracking is None or not scales_in(tracking) or stage().tier != "production":
        return
    scale_in, least = _scale_in(tracking), _least_in_production()
    if scale_in.seconds < least:
        yield (
            f"scaleInCooldown {scale_in} < {least} s, the least in production. "
            f"{_advice(_scale_out(tracking))}"
        )


def _covers_drain(resource: Resource) -> Iterator[str]:
    tracking = tracking_of(resource)
    if tracking is None or not scales_in(tracking) or stage().tier == "test":
        return
    scale_in, drain = _scale_in(tracking), max(stage().routing.drains)
    if scale_in.seconds < drain:
        yield (
            f"scaleInCooldown {scale_in} < {drain} s, the longest deregistrationDelay, so a second "
            f"task leaves while the first still drains. {_advice(_scale_out(tracking))}"
        )


def _covers_warm_up(resource: Resource) -> Iterator[str]:
    tracking = tracking_of(resource)
    if tracking is None:
        return
    scale_out, warm_up = _scale_out(tracking), stage().service.warm_up_seconds
    if 0 < scale_out.seconds < warm_up:
        raised = ""
        if scales_in(tracking) and _scale_in(tracking).seconds <= warm_up:
            raised = f" with a scaleInCooldown of {passing_scale_in(warm_up)}"
        yield (
            f"scaleOutCooldown {scale_out} < {warm_up} s, the warm-up of a task, so tasks are "
            "added for load that those still starting will take. A scaleOutCooldown of "
            f"{warm_up} passes{raised}; so does 0, which adds tasks at once at every look."
        )


def passing_scale_in(scale_out: int) -> int:
    """A scaleInCooldown that every cooldown policy accepts beside this scaleOutCooldown.

    It is the shortest one in production; elsewhere a shorter one may pass too. Seconds.
    """
    return max(scale_out + 1, _least_in_production(), *_drains())


def _least_in_production() -> int:
    seconds: float = PRODUCTION_SCALE_IN.config["atLeastSeconds"]
    return ceil(seconds)


def _drains() -> tuple[int, ...]:
    try:
        return stage().routing.drains
    except MissingFactsError:
        return ()


def _advice(scale_out: Cooldown) -> str:
    shortest = passing_scale_in(scale_out.seconds)
    if shortest > LONGEST:
        return f"No scaleInCooldown is longer than {LONGEST} s: lower scaleOutCooldown first."
    return f"A scaleInCooldown of {shortest} passes."


RAISE_SCALE_IN = (
    "Raise scaleInCooldown of this entry of evenkeel:scaling.targets, in other programs of "
    "targetTrackingScalingPolicyConfiguration; 60 out and 300 in is the common pair."
)

ASYMMETRIC = ResourceRule(
    name="cooldown-asymmetric",
    description="Target tracking waits longer before it removes tasks than before it adds more.",
    protects_from=(
        "Tasks that a burst has added are gone before its next wave, and every wave meets cold "
        "tasks. Tier test is exempt."
    ),
    source="Practices S0-09, S3-22 and S4-06.",
    types={SCALING_POLICY},
    judge=_asymmetric,
    severity=Severity.HIGH,
    remediation=RAISE_SCALE_IN,
)

PRODUCTION_SCALE_IN = ResourceRule(
    name="cooldown-production-scale-in",
    description="In production, target tracking removes tasks at most every five minutes.",
    protects_from=(
        "A short dip of the load takes away several tasks in a row, and what follows the dip "
        "finds too few."
    ),
    source="Practices S0-07, S2-04 and S2-10.",
    types={SCALING_POLICY},
    judge=_production_scale_in,
    severity=Severity.HIGH,
    remediation=RAISE_SCALE_IN,
    numbers={
        "atLeastSeconds": Number(
            LEAST_IN_PRODUCTION,
            "Shortest scaleInCooldown in tier production, in seconds.",
            minimum=LEAST_IN_PRODUCTION,
        )
    },
)

COVERS_DRAIN = ResourceRule(
    name="cooldown-covers-drain",
    description="A task has drained before target tracking removes the next one.",
    protects_from=(
        "Several tasks drain at the same time, and all of their clients reconnect to the few "
        "that are left. Tier test is exempt."
    ),
    source="Practices S2-10 and S2-11; AWS: ELB API, TargetGroupAttribute.",
    types={SCALING_POLICY},
    judge=_covers_drain,
    severity=Severity.MEDIUM,
    remediation=(
        "Raise scaleInCooldown of this entry of evenkeel:scaling.targets to the longest drain, or "
        "lower deregistrationDelay in evenkeel:routing."
    ),
)

COVERS_WARM_UP = ResourceRule(
    name="cooldown-covers-warm-up",
    description="Target tracking adds more tasks only once the last ones are warm, or at once.",
    protects_from="One burst is answered twice: the second time for load that starting tasks take.",
    source="Practices S2-14, S2-15 and S3-16; AWS: Application Auto Scaling User Guide, cooldowns.",
    types={SCALING_POLICY},
    judge=_covers_warm_up,
    severity=Severity.LOW,
    advisory=True,
    remediation=(
        "Set scaleOutCooldown of this entry of evenkeel:scaling.targets to "
        "service.warmUpSeconds or more, or to 0."
    ),
)

RULES: list[Rule] = [ASYMMETRIC, PRODUCTION_SCALE_IN, COVERS_DRAIN, COVERS_WARM_UP]
