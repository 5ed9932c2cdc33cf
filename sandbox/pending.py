"""Creates that a killed update has left unfinished in a stack's state: known, and struck off."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def creates(latest: Mapping[str, Any]) -> list[str]:
    """The URNs that a stack's *latest* state notes as being created, although no update runs."""
    pending = latest.get("pending_operations") or []
    return [each["resource"]["urn"] for each in pending if each["type"] == "creating"]


def are_done(latest: Mapping[str, Any]) -> bool:
    """Whether the stack has each of them by now: a later update has taken it up."""
    return set(creates(latest)) <= {each["urn"] for each in latest.get("resources") or []}


def strike_off(pulumi: Callable[..., object]) -> None:
    """Takes the notes out of the state: the engine itself keeps them, and warns, for ever.

    *pulumi* runs a command on the stack and raises where it fails. An import drops the notes.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder, "state.json"))
        pulumi("stack", "export", "--file", file)
        pulumi("stack", "import", "--file", file)
