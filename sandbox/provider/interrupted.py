"""What a killed update was creating: AWS may have it, and the stack does not know its id.

The engine writes each create into the stack's state before it asks the provider for it, and keeps
the note of one that never ended. In it stand the inputs, with the name that was generated.
"""

import json
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sandbox.provider.resource_type import ResourceType
from sandbox.provider.tags import ours
from sandbox.provider.values import Properties


@dataclass(frozen=True)
class Known:
    """A stack's state as it was when this process first asked."""

    creating: dict[str, Properties]  # URN → inputs, of creates that never ended
    held: frozenset[str]  # the ids that the stack has


class Interrupted:
    """What earlier updates of one stack have left unfinished; shared by all threads."""

    def __init__(self) -> None:
        self._known: Known | None = None
        self._claimed: set[str] = set()
        self._one = threading.Lock()

    def inputs(self, urn: str) -> Properties | None:
        """The inputs of the interrupted create of *urn*; None where there was none."""
        with self._one:
            # The first check comes before this update notes a create of its own.
            self._known = self._known or _read(urn)
            return self._known.creating.get(urn)

    def before(self, entry: ResourceType, urn: str, new: Properties) -> Properties:
        """Those inputs, for the name in them; none where it is another resource by now."""
        left = self.inputs(urn) or {}
        fixed = entry.replaces - {entry.name.property if entry.name else ""}
        return left if all(entry.same(name, left, new) for name in fixed) else {}

    def claim(self, resource_id: str) -> bool:
        """Takes *resource_id* for one URN; False where the stack or another URN has it."""
        with self._one:
            held = self._known.held if self._known else frozenset[str]()
            if resource_id in held | self._claimed:
                return False
            self._claimed.add(resource_id)
            return True


def is_left(entry: ResourceType, current: Properties, inputs: Properties) -> bool:
    """Whether what stands in AWS as *current* is what a create with *inputs* began."""
    tags = current.get("tags") or {}
    is_ours = ours(tags, inputs) or (entry.tags_follow and not tags)
    return is_ours and all(entry.same(name, current, inputs) for name in entry.replaces)


def _read(urn: str) -> Known:
    """From the file backend that the sandbox's engine uses; of any other nothing is known."""
    backend = urlsplit(os.environ.get("PULUMI_BACKEND_URL", ""))
    stack, project = urn.split(":", 3)[2], urn.split("::")[1]
    file = Path(unquote(backend.path), ".pulumi", "stacks", project, f"{stack}.json")
    if backend.scheme != "file" or not file.is_file():
        return Known({}, frozenset())
    latest: dict[str, Any] = json.loads(file.read_text())["checkpoint"].get("latest") or {}
    pending = latest.get("pending_operations") or []
    creating = [each["resource"] for each in pending if each["type"] == "creating"]
    return Known(
        {each["urn"]: each.get("inputs") or {} for each in creating},
        frozenset(each.get("id", "") for each in latest.get("resources") or []),
    )
