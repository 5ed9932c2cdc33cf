"""The report of `explain` as tables for people."""

from typing import Any

from rich.console import Console
from rich.table import Table

Rows = list[tuple[str, str]]


def render(report: dict[str, Any], console: Console) -> None:
    """Print a report for people."""
    task, capacity, connections = report["task"], report["capacity"], report["connections"]
    console.print(f"[bold]{report['stage']}[/] ({report['tier']}) in {report['region']}")
    for title, rows in (
        ("Tasks", _task_rows(task, capacity)),
        ("Connections", _connection_rows(connections)),
        ("Time", _time_rows(report["timeline"], capacity["base"])),
        ("Cost", _cost_rows(report["cost"])),
    ):
        console.print(_table(title, rows))
    for assumption in report["assumptions"]:
        console.print(f"[dim]* {assumption}[/]", highlight=False)


def _table(title: str, rows: Rows) -> Table:
    table = Table(title=title, title_justify="left", show_header=False, box=None, padding=(0, 2))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in rows:
        table.add_row(name, text)
    return table


def _task_rows(task: dict[str, Any], capacity: dict[str, Any]) -> Rows:
    base, now, event = capacity["base"], capacity["inForce"], capacity["event"]
    until = f" until {event['until']}" if event["until"] else ""
    switch = "on" if event["isScaledUp"] else "off"
    return [
        ("size", f"{task['cpu']} CPU units, {task['memoryMiB']} MiB, {task['purchase']}"),
        ("injected", ", ".join(f"{key}={value}" for key, value in task["environment"].items())),
        ("base", f"{base['min']} to {base['max']} tasks"),
        ("in force now", f"{now['min']} to {now['max']} tasks"),
        *(
            (change["at"], f"{change['min']} to {change['max']} tasks ({change['cause']})")
            for change in capacity["nextChanges"]
        ),
        *([("event", f"{switch}: at least {event['min']} tasks{until}")] if event["min"] else []),
    ]


def _connection_rows(connections: dict[str, Any]) -> Rows:
    least, most = connections["smallestMax"], connections["largestMax"]
    may_be = f"{least} to {most} tasks" if least else f"no number: {most} tasks would fit"
    return [
        ("limit", f"{connections['limit']} ({connections['source']})"),
        ("steady", _verdict(connections["steady"])),
        ("deploying", _verdict(connections["deploying"])),
        ("max may be", may_be),
        ("largest pool", f"{connections['largestConnectionsPerTask']} connections a task"),
    ]


def _verdict(connections: dict[str, Any]) -> str:
    left = connections["headroom"]
    verdict = f"[green]fits, {left} left" if connections["fits"] else f"[red]{-left} too many"
    return f"{connections['sum']}: {verdict}[/] ({connections['judgedBy']})"


def _time_rows(time: dict[str, Any], base: dict[str, Any]) -> Rows:
    if time["deployment"] is None:
        deployment = "[red]cannot start or stop a task[/]: widen the deployment's percentages"
    else:
        fits = "within" if time["deploymentFits"] else "[red]beyond[/]"
        deployment = (
            f"{_duration(time['deployment'])}, {fits} the timeout of "
            f"{_duration(time['deploymentTimeout'])}; up to {time['deploymentTasks']} tasks alive"
        )
    back = "never: no target-tracking policy removes tasks"
    if time["backToMin"] is not None:
        back = f"{_duration(time['backToMin'])} from {base['max']} to {base['min']} tasks"
    return [
        ("scale out", f"{_duration(time['scaleOut'])} until added tasks take traffic"),
        ("back to min", back),
        ("deployment", deployment),
        ("healthy", f"{_duration(time['healthy'])} after a task's start, the grace period"),
        ("failure seen", f"{_duration(time['detection'])} after the first failed check"),
        ("leaving", f"{_duration(time['leave'])} from deregistration to gone"),
        ("idle timeout", _duration(time["idleTimeout"])),
    ]


def _cost_rows(cost: dict[str, Any]) -> Rows:
    money = f"{cost['lowest']:,.2f} to {cost['highest']:,.2f} {cost['currency']}"
    return [("tasks", f"{money} for a {cost['period']}"), ("prices", cost["of"])]


def _duration(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"), (rest, "s"))
    words = [f"{count} {unit}" for count, unit in parts if count]
    return f"{seconds:,} s" + (f" ({' '.join(words)})" if seconds >= 60 else "")
