"""What one operation of the engine did, read from its event log rather than from its text."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Step:
    """What happened, or would happen, to one resource."""

    operation: str  # create, same, update, replace, create-replacement, delete-replaced, delete, …
    type: str
    name: str
    urn: str
    changed: tuple[str, ...]  # the top-level properties that differ
    old: dict[str, Any]  # state before: inputs, outputs, id
    new: dict[str, Any]


@dataclass(frozen=True)
class Violation:
    """What a policy reported: `level` is mandatory or advisory."""

    policy: str
    level: str
    urn: str
    message: str


@dataclass(frozen=True)
class Outcome:
    """Exit status, everything printed, and the events of one operation."""

    status: int
    text: str
    events: list[dict[str, Any]]

    def steps(self, type: str | None = None) -> list[Step]:
        """Every step in the engine's order, of resources of `type` alone if given."""
        steps = [_step(event["metadata"]) for event in self._of("resourcePreEvent")]
        return [step for step in steps if type is None or step.type == type]

    def results(self) -> list[Step]:
        """Every step that has ended well, in that order."""
        return [_step(event["metadata"]) for event in self._of("resOutputsEvent")]

    def operations(self) -> dict[str, str]:
        """Resource name → operation, of every resource of a provider that does not stay as it is.

        A replacement is one entry, `replace`; names that two types share are `type::name`.
        """
        changes = [step for step in self.steps() if step.operation not in ("same", "read")]
        shown = [s for s in changes if not s.type.startswith(("pulumi:", "evenkeel:"))]
        shown = [s for s in shown if not s.operation.startswith(("create-rep", "delete-rep"))]
        types = Counter(name for name, _ in {(s.name, s.type) for s in shown})
        return {s.name if types[s.name] == 1 else f"{s.type}::{s.name}": s.operation for s in shown}

    def drifted(self) -> dict[str, tuple[str, ...]]:
        """After a refresh: resource name → the properties of which AWS says otherwise."""
        return {step.name: step.changed for step in self.results() if step.changed}

    def changes(self) -> dict[str, int]:
        """The engine's own summary: operation → number of resources."""
        summaries = list(self._of("summaryEvent"))
        return dict(summaries[-1].get("resourceChanges") or {}) if summaries else {}

    def violations(self) -> list[Violation]:
        """What policies reported, in the engine's order."""
        return [
            Violation(
                policy=event["policyName"],
                level=event["enforcementLevel"],
                urn=event.get("resourceUrn", ""),
                message=event["message"],
            )
            for event in self._of("policyEvent")
        ]

    def errors(self) -> list[str]:
        """The messages of every error shown."""
        return [
            event["message"].strip()
            for event in self._of("diagnosticEvent")
            if event["severity"] == "error"
        ]

    def _of(self, kind: str) -> Iterator[dict[str, Any]]:
        return (event[kind] for event in self.events if kind in event)


def _step(metadata: dict[str, Any]) -> Step:
    return Step(
        operation=metadata["op"],
        type=metadata["type"],
        name=metadata["urn"].rpartition("::")[2],
        urn=metadata["urn"],
        changed=tuple(metadata.get("diffs") or ()),
        old=metadata.get("old") or {},
        new=metadata.get("new") or {},
    )
