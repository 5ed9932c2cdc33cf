"""One mistake a case: what is refused, in which words, and the fix that the words name.

The same table is judged without an engine, under the real engine, and told in docs/policies.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRAMS = Path(__file__).parents[1] / "programs"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A trigger of *policy*: a shipped stage with *edits*, under Evenkeel's program or another.

    Attributes:
        policy: the identifier.
        shows: what is wrong, in one line, for a reader of the test's output.
        edits: settings by path, as `tests.support.stages.changed` takes them.
        program: a file of tests/policies/programs; None for Evenkeel's own.
        fires: every (policy, resource) that fires, this one's and those that cannot but fire too.
        says: texts that the message of *policy* must hold, with the numbers.
        fix: further edits, to the values that the message names.
        fix_program: (old text, new text) in the program, to what the message names.
        leaves: what still fires after the fix; advisories as a rule.
    """

    policy: str
    shows: str
    stage: str = "production"
    edits: Mapping[str, Any] = field(default_factory=dict)
    program: str | None = None
    fires: frozenset[tuple[str, str]]
    says: tuple[str, ...]
    fix: Mapping[str, Any] = field(default_factory=dict)
    fix_program: tuple[tuple[str, str], ...] = ()
    leaves: frozenset[tuple[str, str]] = frozenset()

    def __post_init__(self) -> None:
        assert any(policy == self.policy for policy, _ in self.fires), self.policy
        assert self.says, f"{self.policy}: nothing that the message says"

    def source(self, *, fixed: bool) -> str | None:
        """Text of the program; None for Evenkeel's own."""
        if self.program is None:
            return None
        text = (PROGRAMS / self.program).read_text()
        for old, new in self.fix_program if fixed else ():
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {self.program}"
            text = text.replace(old, new)
        return text

    def __str__(self) -> str:
        return f"{self.policy}: {self.shows}"
