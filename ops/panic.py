"""`evenkeel panic` fixes the count and suspends all scaling; `evenkeel resume` puts all back.

The order of calls is what makes both safe to kill and to run again. Panic writes down what there
is before it changes anything, and resume takes the record away last. Every step may be made
twice. RegisterScalableTarget is called only where it changes something, because each call brings
the count into the bounds (botocore's application-autoscaling model), and a fixed count may lie
outside of them: with scaling suspended nothing but that call lifts it.
"""

from collections.abc import Callable
from typing import Any

from infra.scaled_service import ALL_SUSPENDED
from ops import panic_record, panic_scaling
from ops.errors import A_FINDING, CANNOT_TELL, OpsError
from ops.panic_count import check
from ops.panic_record import Record, Target, Was
from ops.panic_resume import resume
from ops.panic_scaling import Service
from ops.panic_words import command, since, there_was, told_plainly, update
from ops.reach import Reached

__all__ = ["in_force", "panic", "resume"]

Say = Callable[[str], None]


def panic(reached: Reached, count: int, *, force: bool, say: Say) -> None:
    """Suspend all scaling of the stage and fix its count at *count* tasks.

    Says each step. Raises OpsError: 2 for a count that needs *force*, 1 for a service that is
    not there or does not keep the count, 3 where AWS does not answer, and at Ctrl-C.
    """
    say(f"panic: {reached.stage.stage} in {reached.described}")
    forced = check(reached.stage, count, force=force, say=say)
    with told_plainly(reached):
        by = reached.client("sts").get_caller_identity()["Arn"]
        service = _service(reached)
        was = Was(desired_count=service.desired, target=panic_scaling.target(reached))
        new = Record(at=reached.now, by=by, count=count, forced=forced, was=was)
        kept = _write_down(reached, new, say)
        _fix(reached, service, count, say)
        if panic_record.read(reached) is None and _record(reached, kept, say) == kept:
            say("A resume came in between. The record is there again; once more:")
            _fix(reached, service, count, say)
    _say_what_may_undo_it(reached, service, say)
    say(f"To go back: {command('resume', reached)}")


def in_force(reached: Reached) -> dict[str, Any] | None:
    """The record of the panic in force: at, by, count, forced, was; None without one.

    Raises OpsError (3) for a record that cannot be read.
    """
    record = panic_record.read(reached)
    return record.as_data() if record else None


def _service(reached: Reached) -> Service:
    found = panic_scaling.service(reached)
    if found is None:
        raise reached.no_service()
    return found


def _write_down(reached: Reached, new: Record, say: Say) -> Record:
    """The record in force from now on: what there was before the first panic stays in it."""
    old = panic_record.read(reached) or _record(reached, new, say)
    if old == new:
        say(f"Recorded what there is: {there_was(new.was)}.")
        return new
    say(since(old))
    # A target that came later was not suspended by it.
    target = old.was.target or new.was.target
    was = Was(desired_count=old.was.desired_count, target=target)
    kept = new.model_copy(update={"at": old.at, "was": was})
    if kept.model_copy(update={"by": old.by}) == old:
        kept = old
    else:
        panic_record.replace(reached, kept)
    say(f"Recorded, and kept, is what there was before: {there_was(was)}.")
    return kept


def _record(reached: Reached, new: Record, say: Say) -> Record:
    """The record that is there in the end. Raises OpsError (3) where SSM shows none."""
    found = panic_record.keep(reached, new, say)
    if found is None:
        raise OpsError(
            f"SSM does not show the record. It would hold what there was: {there_was(new.was)}.\n"
            "Next: run the same command again.",
            CANNOT_TELL,
        )
    return found


def _fix(reached: Reached, before: Service, count: int, say: Say) -> None:
    """Suspend scaling and set the count, once again where an activity under way set its own.

    ECS must show the count for some seconds: such an activity may set its own a moment later.
    """
    say(_suspension(panic_scaling.suspend(reached)))
    for _ in range(2):
        reached.scaled.want(count)
        seen = panic_scaling.held(lambda: _service(reached), lambda each: each.desired == count)
        if seen.desired == count:
            say(f"Desired count {count}, was {before.desired}; running {seen.running}.")
            return
    raise OpsError(
        f"The desired count is {seen.desired} again, not {count}: something else sets it too.\n"
        "Next: run the command again; a scaling activity that was under way has ended by then.",
        A_FINDING,
    )


def _say_what_may_undo_it(reached: Reached, service: Service, say: Say) -> None:
    deploying = "A deployment is in progress. " if service.is_deploying else ""
    say(
        f"{deploying}An update that began before the panic may still set bounds and count; it then "
        "suspends scaling and sets this count again, unless it is killed in between. Look with "
        f"`{command('status', reached)}` once every update has ended. Later updates leave all that "
        "alone."
    )
    predictive = reached.stage.scaling.predictive
    if predictive and predictive.mode == "forecastAndScale":
        delete = panic_scaling.deleting(reached, f"{reached.name}-predictive")
        say(
            "The stage scales by forecast too, for which AWS documents no suspension: it may add "
            f"tasks. To be sure: `{delete}`; after resume `{update(reached)}` makes it anew."
        )


def _suspension(found: Target | None) -> str:
    if found is None:
        return (
            "There is no scalable target, so nothing to suspend. If an update is just making one, "
            "panic again after it."
        )
    if found.is_suspended:
        return "Scaling is suspended already."
    return (
        f"Suspended: {', '.join(ALL_SUSPENDED)}. MinCapacity {found.min_capacity} and "
        f"MaxCapacity {found.max_capacity} stay."
    )
