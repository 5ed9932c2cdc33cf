"""One line of the checklist, as it is ticked."""

from dataclasses import dataclass

_MARKS = {True: "ok", False: "FAILED", None: "--"}


@dataclass(frozen=True)
class Line:
    """What was asked for, whether it is so (None: not applicable), and what was seen."""

    letter: str
    title: str
    ok: bool | None
    said: str

    def __str__(self) -> str:
        return f"({self.letter}) {_MARKS[self.ok]:<6} {self.title}: {self.said}"


@dataclass(frozen=True)
class Item:
    """An entry of the checklist, before anybody has looked."""

    letter: str
    title: str

    def judged(self, ok: bool, said: str) -> Line:
        return Line(self.letter, self.title, ok, said)

    def not_applicable(self, why: str) -> Line:
        return Line(self.letter, self.title, None, f"not applicable: {why}")


def clock(seconds: float) -> str:
    """Sandbox seconds as people say them: 95 s, 16 min."""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
