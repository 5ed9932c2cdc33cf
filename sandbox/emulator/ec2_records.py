"""What our operations of EC2 share: ids, tags and filters over ministack's records."""

import secrets
import time
from collections.abc import Callable

from ministack.services import ec2

from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record


def new_id(kind: str) -> str:
    """A fresh id of a kind, as AWS makes them."""
    return f"{kind}-0{secrets.token_hex(8)}"


def now() -> float:
    """The sandbox time at which something is made."""
    return time.time()


def keep_tags(name: str, request: Record) -> None:
    """The tags of a create call."""
    given = [tag for spec in request.get("TagSpecifications", []) for tag in spec.get("Tags", [])]
    if given:
        ec2._tags[name] = given


def seen(record: Record, name: str) -> Record:
    """A record with its tags."""
    return {**record, "Tags": list(ec2._tags.get(name) or [])}


def filtered(
    records: list[Record], request: Record, values: dict[str, Callable[[Record], object]]
) -> list[Record]:
    """The records that pass every filter of a describe call; an unknown filter is refused."""
    found = records
    for condition in request.get("Filters") or request.get("Filter") or []:
        name, wanted = condition["Name"], condition.get("Values", [])
        if name.startswith("tag:"):
            key = name.removeprefix("tag:")
            found = [
                r for r in found if {t["Key"]: t["Value"] for t in r["Tags"]}.get(key) in wanted
            ]
        elif name in values:
            found = [r for r in found if values[name](r) in wanted]
        else:
            raise Refusal("InvalidParameterValue", f"The filter '{name}' is invalid")
    return found
