"""A panic in force, as the program sees it: what an operator has fixed, a deploy leaves alone."""

import json
from typing import Any


def folder(name: str) -> str:
    """The path of the stage's own parameters; *name* is that of its cluster and service."""
    return f"/evenkeel/{name}"


def parameter(name: str) -> str:
    """The parameter that is there while a panic is in force."""
    return f"{folder(name)}/panic"


def fixed_count(record: str) -> int | None:
    """The number of tasks that the parameter's value *record* fixes; None if it cannot be read."""
    found = _read(record)
    return None if found is None else found["count"]


def warning(stage: str, record: str) -> str:
    """What an update says of the panic that was there when it began."""
    return (
        f"A panic is in force{_told(record)}. This update leaves the service's count, its bounds "
        f"and the suspension of scaling as they are. {_next(stage)}; a change of the stage's "
        "bounds waits for the `up` after that."
    )


def fixed_again(stage: str, record: str) -> str:
    """What an update says that has set the bounds, and found a panic that began meanwhile."""
    count = fixed_count(record)
    again = "" if count is None else f", and the desired count {count}"
    return (
        f"A panic is in force{_told(record)}. It began during this update, whose bounds stand; "
        f"scaling is suspended again{again}. {_next(stage)}: that puts back the bounds of before "
        "the panic, and names the `up` that brings the stage's."
    )


def _next(stage: str) -> str:
    return f"Next: `evenkeel resume {stage}` (with --sandbox there) once it is over"


def _told(record: str) -> str:
    found = _read(record)
    if found is None:
        return ", whose record cannot be read"
    return f" since {found['at']}: {found['by']} fixed {found['count']} tasks"


def _read(record: str) -> dict[str, Any] | None:
    # A record that cannot be read holds the bounds all the same: the deploy must not fail by it.
    try:
        found = json.loads(record)
        read = {key: found[key] for key in ("at", "by", "count")}
    except (ValueError, KeyError, TypeError):
        return None
    return read if type(read["count"]) is int and read["count"] >= 0 else None
