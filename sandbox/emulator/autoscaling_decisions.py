"""What Application Auto Scaling does when alarms call the policies of a scalable target, and why.

Pure: the same situation and the same calls give the same decision. Out if any policy asks for
more, in only if every target tracking policy that scales in agrees; the largest count wins either
way. Sources and readings stand in docs/scaling.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.emulator.autoscaling_asks import (
    Ask,
    Breach,
    Cooldowns,
    Situation,
    Stepping,
    Tracking,
)


@dataclass(frozen=True)
class Decision:
    """The answer to the call that decides.

    `count` is the new desired count, or None where it stays as it is; then `code` is AWS's code
    for why, if it has one, and `reason` says it in words. `cooldowns` are in force afterwards.
    """

    policy: str
    alarm: str
    reason: str
    cooldowns: Cooldowns
    count: int | None = None
    code: str | None = None


def decide(
    situation: Situation, trackings: Sequence[Tracking], steppings: Sequence[Stepping]
) -> Decision | None:
    """The one decision on all calls of a moment; None when nobody asks for anything."""
    stepped = [stepping.asks(situation) for stepping in steppings]
    out = [ask for tracking in trackings if (ask := tracking.out(situation))]
    out += [ask for ask, _ in stepped if ask]
    if out:
        return _out(situation, _largest(out))
    down = [ask for _, ask in stepped if ask]
    lows = [(tracking, tracking.low) for tracking in trackings if tracking.low]
    if not down and not lows:
        return None
    blocked = _blocked(situation)
    agreed = _agreed(situation, trackings, lows)
    if isinstance(agreed, Ask):
        return _in(situation, _largest([*down, agreed]), blocked)
    if down:
        return _in(situation, _largest(down), blocked)
    tracking, low = lows[0]
    code, reason = blocked or agreed
    return Decision(tracking.name, low.alarm, reason, situation.cooldowns, code=code)


def _largest(asks: Iterable[Ask]) -> Ask:
    return min(asks, key=lambda ask: (-ask.count, ask.policy, ask.alarm))


def _out(situation: Situation, ask: Ask) -> Decision:
    """More tasks, unless something is in the way."""
    old = situation.cooldowns
    wanted = min(max(ask.count, situation.min), situation.max)
    code = None
    if situation.out_suspended:
        reason = "DynamicScalingOutSuspended is true"
    elif situation.desired >= situation.max:
        code, reason = "AlreadyAtMaxCapacity", f"the maximum capacity is {situation.max}"
    elif wanted <= situation.desired:
        code, reason = "AlreadyAtDesiredCapacity", "the desired count covers what the policy asks"
        if situation.cooling_out:
            reason = f"no larger scale-out in the cooldown until {_clock(old.out_until)}"
    else:
        cooldowns = Cooldowns(
            out_until=max(situation.now + ask.cooldown, old.out_until),
            before=situation.out_base,
        )
        return Decision(ask.policy, ask.alarm, "scale out", cooldowns, count=wanted)
    return Decision(ask.policy, ask.alarm, reason, old, code=code)


def _blocked(situation: Situation) -> tuple[str | None, str] | None:
    """What keeps any policy from scaling in: AWS's code, if there is one, and words."""
    if situation.in_suspended:
        return None, "DynamicScalingInSuspended is true"
    if situation.desired <= situation.min:
        return "AlreadyAtMinCapacity", f"the minimum capacity is {situation.min}"
    if situation.deploying:
        return "TargetServicePutResourceAsUnscalable", "a deployment is in progress"
    return None


def _agreed(
    situation: Situation, trackings: Sequence[Tracking], lows: Sequence[tuple[Tracking, Breach]]
) -> Ask | tuple[str | None, str]:
    """One task fewer, if all target tracking policies want that; else the code and the words."""
    silent = [tracking.name for tracking in trackings if tracking.scales_in and not tracking.low]
    if silent or not lows:
        return None, f"no agreement to scale in from {', '.join(silent)}"
    needed = max(tracking.needs(situation.running) for tracking, _ in lows)
    if needed >= situation.in_base:
        return (
            "AutoScalingAnticipatedFlapping",
            "with one task fewer a metric would pass its target",
        )
    tracking, low = lows[0]
    # From the desired count: tasks that are still to start must not all go with this one.
    return Ask(tracking.name, low.alarm, situation.desired - 1, max(t.in_cooldown for t, _ in lows))


def _in(situation: Situation, ask: Ask, blocked: tuple[str | None, str] | None) -> Decision:
    """Fewer tasks, unless something is in the way."""
    old = situation.cooldowns
    wanted = min(max(ask.count, situation.min), situation.max)
    if blocked is None and situation.now < old.in_until:
        blocked = None, f"the scale-in cooldown lasts until {_clock(old.in_until)}"
    if blocked is None and wanted >= situation.desired:
        blocked = "AlreadyAtDesiredCapacity", "the desired count is what the policy asks"
    if blocked is not None:
        code, reason = blocked
        return Decision(ask.policy, ask.alarm, reason, old, code=code)
    cooldowns = Cooldowns(old.out_until, old.before, situation.now + ask.cooldown)
    return Decision(ask.policy, ask.alarm, "scale in", cooldowns, count=wanted)


def _clock(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
