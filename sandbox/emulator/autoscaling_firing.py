"""Scheduled actions that fall due: they set the bounds, at once and past any cooldown."""

from ministack.core.responses import request_scope

from sandbox.emulator import autoscaling_activities
from sandbox.emulator.autoscaling_due import last_due, next_due
from sandbox.emulator.autoscaling_records import actions, key, now, targets
from sandbox.emulator.scalable import ScalableService
from sandbox.emulator.wire import Record

_NEXT = "_next"  # the action's member with the next time it is due, None after its last


def expect(action: Record) -> Record:
    """The action with the next time that it is due from now on."""
    return {**action, _NEXT: next_due(action, now())}


def beat(scalable: ScalableService) -> set[str]:
    """Do what is due everywhere, once if it was missed more than once; the accounts concerned."""
    # One pass over all accounts: a scope's own view of the store reads all of it, too.
    due = [
        (last_due(action, now()) or 0.0, place)
        for place, action in actions.all_items()
        if _is_due(action)
    ]
    # Together due, they run "in the order that they are specified" (user guide).
    for _, (account, region, name) in sorted(due, key=lambda entry: entry[0]):
        with request_scope(account, region):
            _fire(actions[name], scalable)
            actions[name] = expect(actions[name])
    return {account for _, (account, _, _) in due}


def _is_due(action: Record) -> bool:
    upcoming = action[_NEXT] if _NEXT in action else next_due(action, action["CreationTime"])
    return upcoming is not None and upcoming <= now()


def _fire(action: Record, scalable: ScalableService) -> None:
    """Set the bounds that the action names, and bring the service into them."""
    target = targets[key(action)]
    if target["SuspendedState"]["ScheduledScalingSuspended"]:
        return  # resumed, only actions still to come are looked at (user guide)
    bounds = {**target, **action["ScalableTargetAction"]}
    low, high = bounds["MinCapacity"], bounds["MaxCapacity"]
    cause = f"scheduled action name {action['ScheduledActionName']} was triggered"
    if autoscaling_activities.set_bounds(target, low, high, cause):
        targets[key(action)] = bounds
        clamp(bounds, scalable)


def clamp(target: Record, scalable: ScalableService) -> None:
    """Bring the service's desired count into the target's bounds, as AWS does on a change."""
    desired = scalable.desired(target["ResourceId"])
    if desired is None:
        return
    wanted = min(max(desired, target["MinCapacity"]), target["MaxCapacity"])
    if wanted != desired:
        bound = "minimum" if wanted > desired else "maximum"
        cause = f"{bound} capacity was set to {wanted}"
        autoscaling_activities.set_count(target, scalable, wanted, cause)
