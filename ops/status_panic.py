"""What holds of a panic that is recorded, and what does not."""

from collections.abc import Callable, Iterator
from typing import Any

from ops.status_view import is_told
from ops.words import tasks

UNTOLD = "whether by a panic cannot be told"
Command = Callable[[str], str]  # the command line of a verb, such as `evenkeel resume staging`


def panic_findings(found: dict[str, Any], command: Command) -> Iterator[str]:
    """A panic, or a suspension without one, as the facts show it."""
    kinds = [kind for kind, is_so in found["suspended"].items() if is_so]
    if record := found["panic"]:
        again = f"{command('panic')} --count {record['count']}"
        again += " --force" if record["forced"] else ""
        yield _recorded(found, kinds, again, command("resume"))
        if found["tasks"] and not _is_at(found):
            desired = found["tasks"]["desired"]
            yield f"the desired count is {desired}, not the panic's {record['count']}: {again}"
    elif kinds and is_told("a panic", found["cannotTell"]):
        yield f"scaling is suspended without a panic: {', '.join(kinds)}"
    elif kinds:
        yield f"scaling is suspended: {', '.join(kinds)}; {UNTOLD}"


def _recorded(found: dict[str, Any], kinds: list[str], again: str, end: str) -> str:
    since = found["panic"]["at"]
    if found["bounds"] and not all(found["suspended"].values()):
        which = f"only {', '.join(kinds)} is suspended" if kinds else "scaling is not suspended"
        return f"a panic is recorded since {since}, but {which}: {again}, or end it: {end}"
    at = f" at {tasks(found['panic']['count'])}" if _is_at(found) else ""
    scaling = ": scaling is suspended" if found["bounds"] else ""
    return f"a panic is in force since {since}{scaling}{at}; end it: {end}"


def _is_at(found: dict[str, Any]) -> bool:
    """The service has the panic's count."""
    return bool(found["tasks"] and found["tasks"]["desired"] == found["panic"]["count"])
