"""`evenkeel resume`: puts back exactly what a panic has recorded."""

from collections.abc import Callable

from infra.panic import parameter
from infra.schedules import bounds_at, next_changes
from ops import panic_record, panic_scaling
from ops.errors import A_FINDING, OpsError
from ops.panic_record import Record, Target, Was
from ops.panic_scaling import Service
from ops.panic_words import command, since, suspended, there_was, told_plainly, update
from ops.reach import Reached

Say = Callable[[str], None]


def resume(reached: Reached, *, say: Say) -> None:
    """Put back count, bounds and suspensions as they were before the panic; without one, nothing.

    Leaves what scaling has again. Raises OpsError: 1 for a missing service or a panic in between,
    3 where AWS does not answer or the record cannot be read, and at Ctrl-C.
    """
    say(f"resume: {reached.stage.stage} in {reached.described}")
    with told_plainly(reached):
        record = panic_record.read(reached)
        target = panic_scaling.target(reached)
        if record is None:
            _without_record(reached, target, say)
            return
        say(f"{since(record)} Before it: {there_was(record.was)}.")
        service = panic_scaling.service(reached)
        left = record.was.target
        if service is None:
            _without_service(reached, target)
        elif target and _is_running(target, record.was):
            _leave(reached, record, service, target, say)
            left = target
        else:
            _restore(reached, record, service, target, say)
        _take_away(reached, record, say)
    _say_what_waits(reached, record, left, say)


def _without_record(reached: Reached, target: Target | None, say: Say) -> None:
    say("No panic is in force: nothing to put back.")
    if target and target.is_suspended:
        say(
            "All scaling is suspended all the same, and no record tells by whom. Next: if nobody "
            f"wants it so, `{panic_scaling.lifting(reached)}`"
        )


def _without_service(reached: Reached, target: Target | None) -> None:
    """Nothing to put back once the stage is gone; raises OpsError while its scaling is there."""
    if target is not None:
        raise OpsError(
            f"There is no service {reached.name}, but its scalable target is there; the record "
            f"stays.\nNext: {reached.build}, which makes the service, then resume again. A stage "
            f"that is gone for good: `{reached.aws} ssm delete-parameter --name "
            f"{parameter(reached.name)}`.",
            A_FINDING,
        )


def _is_running(target: Target, was: Was) -> bool:
    """Scaling has the service: the panic never suspended it, or something has lifted that."""
    return not target.is_suspended and not (was.target and was.target.is_suspended)


def _leave(reached: Reached, record: Record, service: Service, target: Target, say: Say) -> None:
    """Nothing of what scaling, a schedule or an update has set since is taken back."""
    now = there_was(Was(desired_count=service.desired, target=target))
    was = record.was.target
    if target == was:
        say("Scaling is as it was before the panic, and has the count: left as it is.")
    elif service.created_at.replace(microsecond=0) > record.at:
        say(f"The service was made anew since the panic, and scales: left as it is, {now}.")
    else:
        say(f"Scaling is not suspended, and so has count and bounds: left as they are, {now}.")
        if was and was.suspended_state != target.suspended_state:
            panic_scaling.suspend_as(reached, was.suspended_state)
            say(f"As before the panic again: {suspended(was.suspended_state)}.")


def _restore(
    reached: Reached, record: Record, before: Service, target: Target | None, say: Say
) -> None:
    """The count first: once scaling has the service again, the count is not ours."""
    was = record.was
    reached.scaled.want(was.desired_count)
    say(f"Desired count {was.desired_count}, was {before.desired}.")
    if was.target is None:
        return
    if target is None:
        say(f"The scalable target is gone. Next: {update(reached)}, which makes it anew.")
        return
    if target != was.target:
        panic_scaling.restore(reached, was.target)
        if was.target.is_suspended:  # by hand, and AWS may just have clamped a count set by hand
            reached.scaled.want(was.desired_count)
    say(f"Scaling is as before: {there_was(was)}.")
    service = panic_scaling.service(reached)
    if service and service.desired != was.desired_count:
        say(f"The desired count is {service.desired} since: scaling has it again.")


def _take_away(reached: Reached, record: Record, say: Say) -> None:
    newer = panic_record.read(reached)
    if newer in (record, None):
        panic_record.delete(reached)
        newer = _fixed_again(reached, record, say)
    if newer is None:
        say("The panic is over; its record is deleted.")
        return
    panic_scaling.suspend(reached)
    reached.scaled.want(newer.count)
    raise OpsError(
        f"Another panic came in between, and holds at {newer.count} tasks; its record stays.\n"
        f"Next: {command('resume', reached)} once more if it is to end too.",
        A_FINDING,
    )


def _fixed_again(reached: Reached, record: Record, say: Say) -> Record | None:
    """The record written again where a panic began in the moment of its deletion."""
    was = record.was
    target = panic_scaling.settled(
        lambda: panic_scaling.target(reached),
        lambda seen: seen is None or not seen.is_suspended or seen == was.target,
    )
    if (target and not target.is_suspended) or (was.target and not target):
        return None
    # Suspended by hand before, or without a target, only a person changes the count.
    service = panic_scaling.settled(
        lambda: panic_scaling.service(reached),
        lambda seen: seen is None or target != was.target or seen.desired == was.desired_count,
    )
    if service is None or (target == was.target and service.desired == was.desired_count):
        return None
    by = "somebody, in the moment of a resume"
    again = record.model_copy(update={"count": service.desired, "by": by})
    if (kept := panic_record.keep(reached, again, say)) is None:
        raise OpsError(
            f"Somebody has fixed {again.count} tasks in this moment, and SSM shows no record.\n"
            f"Next: `{panic_record.writing(reached, again)}`, without which no resume can be.",
            A_FINDING,
        )
    return kept


def _say_what_waits(reached: Reached, record: Record, left: Target | None, say: Say) -> None:
    """Bounds that the stage asks for now: a schedule that fell due, or an edit of the file."""
    now = reached.now
    asked = bounds_at(reached.stage.capacity, now)
    if left is None or (asked.min, asked.max) == (left.min_capacity, left.max_capacity):
        return
    missed = [
        f"{change.cause} at {change.at:%Y-%m-%dT%H:%M:%SZ}"
        for change in next_changes(reached.stage.capacity, record.at)
        if change.at <= now
    ]
    due = f" Due during the panic: {', '.join(missed)}." if missed else ""
    was = record.was.target
    lifts = (
        " and lifts what is suspended by hand"
        if was and True in was.suspended_state.values()
        else ""
    )
    say(
        f"The stage asks for {asked.min} to {asked.max} tasks now.{due} Next: {update(reached)}, "
        f"which brings these bounds{lifts}."
    )
