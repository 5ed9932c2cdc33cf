"""What is wrong with a stage file, in words that a team can act on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Place = tuple[str | int, ...]


class _NotGiven:
    """Stands for "the value that was being checked"."""


NOT_GIVEN: Any = _NotGiven()


@dataclass(frozen=True)
class Finding:
    """One rule broken: where (relative to the value checked), what is allowed, what to do."""

    allowed: str
    next_step: str
    at: Place = ()
    value: Any = NOT_GIVEN


class RefusalError(ValueError):
    """Raised by a rule of the settings; carries every finding of that rule."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("; ".join(f"allowed: {f.allowed}; next: {f.next_step}" for f in findings))
        self.findings = findings


def refuse(findings: Iterable[Finding]) -> None:
    """Raise a `RefusalError` when there is anything to refuse."""
    if found := tuple(findings):
        raise RefusalError(*found)


@dataclass(frozen=True)
class Problem:
    """One problem of a stage file, with the setting's full path."""

    path: str
    value: str
    allowed: str
    next_step: str

    def __str__(self) -> str:
        return (
            f"  {self.path} is {self.value}\n"
            f"      allowed: {self.allowed}\n"
            f"      next: {self.next_step}"
        )


class SettingsError(ValueError):
    """A stage that cannot be used; `str()` is the whole readable message."""

    def __init__(self, source: str, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = f"{source} has {count} problem{'s' if count != 1 else ''}; nothing was created:"
        super().__init__("\n".join([head, *(str(problem) for problem in self.problems)]))
