"""The lines of the checklist that judge what happened meanwhile: d, e, f and g."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from infra.capacity import ConnectionSum
from infra.migration_ledger import SUCCEEDED_TAG
from infra.migration_spec import migration_key
from ops.drill_connections import Connections
from ops.drill_line import Item, Line
from ops.drill_load import Load
from ops.drill_rooms import Guest
from ops.drill_view import MINUTE, DrillView

WITHIN = Item("d", "database connections within the limit")
ANSWERED = Item("e", "no 5XX")
ROOMS = Item("f", "a websocket client connects again and is back in its room")
ONCE = Item("g", "migrations ran exactly once")
SHOWN = 3  # clients
ERRORS = ("HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count")


def connections(counted: Connections | None, allowed: ConnectionSum) -> Line:
    """(d): the peak against the pack's sum, of which the reserved ones are nobody's."""
    if counted is None:
        return WITHIN.not_applicable("the stage has no database in the sandbox")
    said = f"peak {counted.peak}; the policy pack's sum: {allowed}"
    if counted.lost is not None:
        return WITHIN.judged(False, f"{said}; not counted to the end: {counted.lost}")
    return WITHIN.judged(0 < counted.peak <= allowed.total - allowed.reserved, said)


def answers(load: Load, view: DrillView, since: datetime) -> Line:
    """(e): what the drill's own requests got, and what the load balancer has counted."""
    suffix = view.balancer()["LoadBalancerArn"].partition(":loadbalancer/")[2]
    own = {"LoadBalancer": suffix}

    def total(metric: str) -> float:
        return sum(view.minutes("AWS/ApplicationELB", metric, own, "Sum", since).values())

    counts = {metric: total(metric) for metric in ERRORS}
    seen, asked = total("RequestCount"), load.answers.total()
    told = ", ".join(f"{metric} {count:g}" for metric, count in counts.items())
    failed = "".join(f", {count} × {what}" for what, count in load.failed.items())
    said = f"{asked} requests, {asked - sum(load.failed.values())} with 200{failed}; "
    said += f"the load balancer counted {seen:g}: {told}"
    good = not load.failed and not any(counts.values())
    if good and seen < asked:
        return ANSWERED.judged(False, f"{said}; CloudWatch lacks some of them")
    return ANSWERED.judged(good, said)


def published(view: DrillView, end: datetime) -> bool:
    """Whether the load balancer has told CloudWatch of the minute of `end`."""
    suffix = view.balancer()["LoadBalancerArn"].partition(":loadbalancer/")[2]
    own = {"LoadBalancer": suffix}
    minutes = view.minutes("AWS/ApplicationELB", "RequestCount", own, "Sum", end - MINUTE)
    return any(at + MINUTE > end for at in minutes)


def rooms(guests: Sequence[Guest], places: Mapping[str, str], view: DrillView) -> Line:
    """(f): who lost a task is back, and nobody else noticed; `places` is where each was before."""
    if view.reached.stage.routing.websocket is None:
        return ROOMS.not_applicable("the stage has no routing.websocket")
    if not guests:
        return ROOMS.not_applicable("no task goes where nothing scales")
    alive = view.addresses()
    lost = [guest for guest in guests if places[guest.room] not in alive]
    back = [guest for guest in lost if is_back(guest, places)]
    disturbed = [guest for guest in guests if guest not in lost and guest.losses]
    said = f"{len(lost)} of {len(guests)} lost their task, {len(back)} of them hear their rooms on"
    said += f" another ({_moves(back, places)}); {len(disturbed)} of the others lost a connection"
    return ROOMS.judged(len(back) == len(lost) > 0 and not disturbed, said)


def is_back(guest: Guest, places: Mapping[str, str]) -> bool:
    """Whether a client that has lost its task hears its room on another."""
    elsewhere = guest.place not in ("", places[guest.room])
    return elsewhere and guest.joins == guest.losses + 1 and guest.heard > 0


def migrations(view: DrillView, before: set[str]) -> Line:
    """(g): each key of the stage's migrations has succeeded on one revision, and none ran now."""
    given = view.reached.stage.migrations
    if given is None:
        return ONCE.not_applicable("the stage has no migrations")
    image = view.reached.stage.service.image
    commands = (
        [given.expand, given.contract] if given.order == "expandContract" else [given.command]
    )
    succeeded = view.tagged(f"{view.name}-migration", SUCCEEDED_TAG)
    started = len(view.migrations() - before)
    good, said = started == 0, []
    for command in commands:
        key = migration_key(image, command)
        found = {arn: value for arn, value in succeeded.items() if value.startswith(f"{key}/")}
        good = good and len(found) == 1
        on = [f"at {_time(value)} by {arn.rpartition('/')[2]}" for arn, value in found.items()]
        times = {0: "never succeeded", 1: "succeeded once"}.get(len(found), f"{len(found)} times")
        said.append(f"{' '.join(command)} (key {key}) {' '.join([times, *on])}")
    return ONCE.judged(good, f"{'; '.join(said)}; {started} migration tasks during the drill")


def _moves(back: Sequence[Guest], places: Mapping[str, str]) -> str:
    """Where the first few went."""
    told = [f"{guest.room} {places[guest.room]} → {guest.place}" for guest in back[:SHOWN]]
    return ", ".join([*told, *(["…"] if len(back) > SHOWN else [])])


def _time(succeeded: str) -> str:
    """When, of the ledger's `key/instant`, on the sandbox clock."""
    return f"{datetime.fromisoformat(succeeded.partition('/')[2]):%Y-%m-%d %H:%M:%S}"
