"""The report of `status` as tables for people."""

import re
from typing import Any

from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from ops.status_policies import policy_table
from ops.status_view import is_told
from ops.words import tasks

Rows = list[tuple[str, str]]
COLOURS = {"FAILED": "red", "COMPLETED": "green", "unhealthy": "red", "healthy": "green"}
NAME_WIDTH = 12  # so that the sections' columns stand below each other
# The name that target tracking gives an alarm, of which its side is enough for people.
MANAGED = re.compile(r"TargetTracking-\S+-(Alarm(?:High|Low))-[0-9a-f-]{36}")
NONE: Rows = [("", "none")]
# CloudWatch's words for what an alarm that does not ring is.
QUIET = {"OK": "OK", "INSUFFICIENT_DATA": "no data yet"}


def render(found: dict[str, Any]) -> Group:
    """A report for people, to be printed at any width."""
    head = Text.assemble((found["stage"], "bold"), f" in {found['where']}")
    above = (
        ("Tasks", _task_rows(found)),
        ("Targets", [_target_row(each) for each in found["targets"]]),
        ("Bounds", _bound_rows(found)),
    )
    below = (
        ("", _scale_in_rows(found)),
        ("Alarms", _alarm_rows(found["alarms"])),
        ("Latest activities", _activity_rows(found)),
        ("Cannot tell", [("", escape(each)) for each in found["cannotTell"]]),
        ("Findings", [("", f"[red]{escape(each)}[/]") for each in found["findings"]]),
    )
    return Group(
        head,
        Text(f"at {found['at']}, by AWS's clock"),
        *(_table(title, rows) for title, rows in above if rows),
        *([policy_table(found["policies"])] if found["policies"] else []),
        *(_table(title, rows) for title, rows in below if rows),
        *_verdict(found),
    )


def _verdict(found: dict[str, Any]) -> list[Text]:
    """What to make of it where nothing is wrong: what is under way, and what nobody watches yet."""
    if found["findings"] or found["cannotTell"]:
        return []
    blind = sum(each["state"] == "INSUFFICIENT_DATA" for each in found["alarms"])
    notes = [
        *(["a deployment is in progress"] if found["deployment"]["state"] != "COMPLETED" else []),
        *([f"no data yet for {blind} of {len(found['alarms'])} alarms"] if blind else []),
    ]
    return [Text(f"{'; '.join(['No findings', *notes])}.", "yellow" if notes else "green")]


def _table(title: str, rows: Rows) -> Table:
    table = Table(
        title=title or None,
        title_justify="left",
        show_header=False,
        box=None,
        padding=(0, 1),
        min_width=2 * NAME_WIDTH,
    )
    names = [name for name, _ in rows if name]
    if names:
        table.add_column(style="cyan", no_wrap=True, min_width=NAME_WIDTH)
    table.add_column(overflow="fold")
    for name, text in rows:
        table.add_row(*([name] if names else []), text)
    return table


def _coloured(state: str) -> str:
    return f"[{COLOURS.get(state, 'yellow')}]{state}[/]"


def _task_rows(found: dict[str, Any]) -> Rows:
    counts, deployment = found["tasks"], found["deployment"]
    if deployment is None:
        return []
    rows = [
        ("tasks", _counts(counts, *counts)),
        ("revision", escape(deployment["revision"])),
        ("deployment", f"{_coloured(deployment['state'])}, begun {deployment['since']}"),
    ]
    if deployment["state"] == "COMPLETED":
        return rows
    return [
        *rows,
        ("its tasks", _counts(deployment, "desired", "running", "pending", "failed")),
        *([("ECS says", escape(deployment["reason"]))] if deployment["reason"] else []),
        *(("event", escape(each)) for each in deployment["events"]),
    ]


def _counts(numbers: dict[str, Any], *names: str) -> str:
    return ", ".join(f"{numbers[each]} {each}" for each in names)


def _target_row(group: dict[str, Any]) -> tuple[str, str]:
    states = ", ".join(f"{n} {_coloured(state)}" for state, n in group["states"].items())
    return group["group"], "\n".join([states or "none", *map(escape, group["unhealthy"])])


def _bound_rows(found: dict[str, Any]) -> Rows:
    bounds, panic = found["bounds"], found["panic"]
    rows: Rows = []
    if bounds is not None:
        why = escape(bounds["why"])
        rows += [
            ("in force", f"{bounds['min']} to {bounds['max']} tasks"),
            ("why", why if bounds["isAsPlanned"] else f"[red]{why}[/]"),
        ]
    if panic:
        rows.append(("panic", _panic(panic)))
    if kinds := [kind for kind, is_so in found["suspended"].items() if is_so]:
        rows.append(("suspended", f"scaling {', '.join(kinds)}"))
    for number, each in enumerate(bounds["nextChanges"] if bounds else []):
        to_come = f"{each['at']}: {each['min']} to {each['max']} tasks ({each['by']})"
        rows.append(("" if number else "to come", to_come))
    return rows


def _panic(panic: dict[str, Any]) -> str:
    forced = ", forced" if panic.get("forced") else ""
    return f"{tasks(panic['count'])} since {panic['at']}{forced}, by {escape(panic['by'])}"


def _scale_in_rows(found: dict[str, Any]) -> Rows:
    waiting = found["scaleInWaitsFor"]
    return [("scale-in", f"waits for: {'; '.join(map(escape, waiting))}")] if waiting else []


def _alarm_rows(alarms: list[dict[str, Any]]) -> Rows:
    """Those in ALARM each with its reason and what to do; the others by their state."""
    rows = [(each["name"], _ringing(each)) for each in alarms if each["state"] == "ALARM"]
    for state, word in QUIET.items():
        if names := [each["name"] for each in alarms if each["state"] == state]:
            rows.append((word, ", ".join(names)))
    return rows


def _ringing(alarm: dict[str, Any]) -> str:
    said = f"[red]ALARM[/] since {alarm['since']}: {escape(alarm['reason'])}"
    return "\n".join([said, *([escape(alarm["description"])] if alarm["description"] else [])])


def _activity_rows(found: dict[str, Any]) -> Rows:
    none = NONE if is_told("the activities", found["cannotTell"]) else []
    return [_activity_row(each) for each in found["activities"]] or none


def _activity_row(activity: dict[str, Any]) -> tuple[str, str]:
    """What AWS did and why; of what it did not do, why not."""
    said = [escape(activity["description"])]
    if activity["status"] != "Successful":
        why = (activity["message"], activity["details"], *activity["notScaled"])
        said.append(f"[yellow]{activity['status']}[/]: {escape('; '.join(filter(None, why)))}")
    cause = MANAGED.sub(r"\1", activity["cause"])
    return activity["at"], "\n".join([*said, f"[dim]{escape(cause)}[/]"])
