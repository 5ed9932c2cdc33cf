"""Alarms that call scaling policies, and what comes of it.

All calls of a moment are decided together, as AWS weighs all policies of a target. An alarm
repeats its call each minute while it stays in ALARM, so nothing is lost with a call.
"""

from dataclasses import astuple
from math import inf
from typing import TypeAlias

from ministack.core.responses import get_account_id, get_region, request_scope

from sandbox.emulator import autoscaling_activities
from sandbox.emulator.autoscaling_asks import Breach, Cooldowns, Situation, Stepping, Tracking
from sandbox.emulator.autoscaling_decisions import Decision, decide
from sandbox.emulator.autoscaling_records import key, now, policies, targets
from sandbox.emulator.cloudwatch_alarms import DELIVERY, MINUTE
from sandbox.emulator.scalable import ScalableService
from sandbox.emulator.wire import Record

_COOLDOWN = 300  # seconds; AWS's default for ECS services, of all policies
_COOLDOWNS = "_cooldowns"  # the target's member that keeps them

Calls: TypeAlias = dict[str, list[Breach]]  # ARN of a policy -> the alarms that call it


class Actor:
    """Application Auto Scaling over every account and region."""

    def __init__(self, scalable: ScalableService) -> None:
        self._scalable = scalable
        self._calls: dict[tuple[str, str], Calls] = {}

    def alarmed(self, action: str, alarm: Record, value: float) -> None:
        """An alarm in ALARM calls the policy of an ARN, in the caller's account and region.

        `value` is the latest that it judged.
        """
        above = alarm["ComparisonOperator"].startswith("Greater")
        breach = Breach(alarm["AlarmName"], float(value), float(alarm["Threshold"]), above)
        calls = self._calls.setdefault((get_account_id(), get_region()), {})
        calls.setdefault(action, []).append(breach)

    def beat(self) -> set[str]:
        """Decide on what was called since the last beat; the accounts that changed."""
        heard, self._calls = self._calls, {}
        moved = set()
        for (account, region), calls in heard.items():
            with request_scope(account, region):
                if self._answer(calls):
                    moved.add(account)
        return moved | autoscaling_activities.settle(self._scalable)

    def _answer(self, calls: Calls) -> bool:
        """Decide for each target in the caller's account that is called; whether one was."""
        held = policies.values()
        called = sorted({key(p) for p in held if p["PolicyARN"] in calls})
        for name in called:
            target = targets[name]
            situation = _situation(target, self._scalable)
            if situation is None:
                continue
            own = [p for p in held if key(p) == name]
            trackings = [t for policy in own if (t := _tracking(policy, calls))]
            steppings = [s for policy in own for s in _steppings(policy, calls)]
            decision = decide(situation, trackings, steppings)
            if decision is not None:
                self._apply(target, decision)
        return bool(called)

    def _apply(self, target: Record, decision: Decision) -> None:
        cause = f"monitor alarm {decision.alarm} in state ALARM triggered policy {decision.policy}"
        if decision.count is None:
            autoscaling_activities.not_scaled(target, cause, decision.code, decision.reason)
            return
        targets[key(target)] = {**target, _COOLDOWNS: astuple(decision.cooldowns)}
        autoscaling_activities.set_count(target, self._scalable, decision.count, cause)


def _situation(target: Record, scalable: ScalableService) -> Situation | None:
    """What a target and its service are like now; None when the service is gone."""
    resource, suspended = target["ResourceId"], target["SuspendedState"]
    desired = scalable.desired(resource)
    if desired is None:
        return None
    moment = now()
    return Situation(
        # As of the minute that alarms were judged in: a beat that comes late at one speed and
        # not at another must not decide whether a cooldown of whole minutes is over.
        now=moment - (moment - DELIVERY) % MINUTE,
        min=target["MinCapacity"],
        max=target["MaxCapacity"],
        desired=desired,
        running=scalable.running(resource),
        deploying=scalable.deploying(resource),
        out_suspended=suspended["DynamicScalingOutSuspended"],
        in_suspended=suspended["DynamicScalingInSuspended"],
        cooldowns=Cooldowns(*target.get(_COOLDOWNS, ())),
    )


def _tracking(policy: Record, calls: Calls) -> Tracking | None:
    """A target tracking policy with its alarms in ALARM; None for other kinds."""
    configuration = policy.get("TargetTrackingScalingPolicyConfiguration")
    if configuration is None:
        return None
    breaches = calls.get(policy["PolicyARN"], [])
    return Tracking(
        name=policy["PolicyName"],
        target=configuration["TargetValue"],
        out_cooldown=configuration.get("ScaleOutCooldown", _COOLDOWN),
        in_cooldown=configuration.get("ScaleInCooldown", _COOLDOWN),
        scales_in=not configuration.get("DisableScaleIn", False),
        high=next((b for b in breaches if b.above), None),
        low=next((b for b in breaches if not b.above), None),
    )


def _steppings(policy: Record, calls: Calls) -> list[Stepping]:
    """A step policy, once for each alarm that calls it; none for other kinds."""
    configuration = policy.get("StepScalingPolicyConfiguration")
    if configuration is None:
        return []
    steps = [
        (
            step.get("MetricIntervalLowerBound", -inf),
            step.get("MetricIntervalUpperBound", inf),
            step["ScalingAdjustment"],
        )
        for step in configuration["StepAdjustments"]
    ]
    return [
        Stepping(
            name=policy["PolicyName"],
            kind=configuration["AdjustmentType"],
            steps=steps,
            magnitude=configuration.get("MinAdjustmentMagnitude", 0),
            cooldown=configuration.get("Cooldown", _COOLDOWN),
            breach=breach,
        )
        for breach in calls.get(policy["PolicyARN"], [])
    ]
