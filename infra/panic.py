"""A panic in force, as the program sees it: what an operator has fixed, a deploy leaves alone."""

import json


def folder(name: str) -> str:
    """The path of the stage's own parameters; *name* is that of its cluster and service."""
    return f"/evenkeel/{name}"


def parameter(name: str) -> str:
    """The parameter that is there while a panic is in force."""
    return f"{folder(name)}/panic"


def warning(stage: str, record: str) -> str:
    """What an update says of the panic whose parameter holds *record*."""
    return (
        f"A panic is in force{_told(record)}. This update leaves the service's count, its bounds "
        f"and the suspension of scaling as they are. Next: `evenkeel resume {stage}` (with "
        "--sandbox there) once it is over; a change of the stage's bounds waits for the `up` after "
        "that."
    )


def _told(record: str) -> str:
    # A record that cannot be read holds the bounds all the same: the deploy must not fail by it.
    try:
        found = json.loads(record)
        return f" since {found['at']}: {found['by']} fixed {found['count']} tasks"
    except (ValueError, KeyError, TypeError):
        return ", whose record cannot be read"
