"""What mutation testing found: mutants of the policies that no test noticed, and why they may live.

`make mutants` runs `mutmut` over the capacity, cooldown and scaling policies and then this, which
fails on a survivor that tests/policies/survivors.yaml does not argue, and on an argument whose
mutant is dead. Mutants of wording alone (a text with XX around it, or in another case) are
counted, not listed: tests hold messages to their numbers and advice, not to every word.
"""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.support.stages import ROOT

ARGUED = ROOT / "tests" / "policies" / "survivors.yaml"
TEXT_ALONE = re.compile(r"""(?:yield |return )?f?["'].*["'],?""")
MUTMUT = Path(sys.executable).with_name("mutmut")


@dataclass(frozen=True)
class Survivor:
    """A mutant that every test accepts: what a function said, and what it says instead."""

    function: str
    was: str
    became: str

    @property
    def is_wording(self) -> bool:
        """Whether only the text of a message differs: a line that is nothing but text."""
        same = self.became.replace("XX", "").lower() == self.was.replace("XX", "").lower()
        return same and TEXT_ALONE.fullmatch(self.was) is not None


def survivor(name: str, diff: str) -> Survivor:
    """The mutant *name* of mutmut with its *diff*."""
    function, _, _ = name.replace("x_", "", 1).replace("ǁ", ".").rpartition("__mutmut_")
    lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++", "#"))]
    was, became = (
        " ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+"
    )
    return Survivor(function, was, became)


def unargued(found: Iterable[Survivor], argued: Iterable[Survivor]) -> Iterator[str]:
    """What to tell: survivors without an argument, arguments without a survivor."""
    living, known = set(found), set(argued)
    for each in sorted(living - known, key=str):
        yield f"survives: {each.function}\n  - {each.was}\n  + {each.became}"
    for each in sorted(known - living, key=str):
        yield f"is dead, so needs no argument: {each.function}\n  - {each.was}\n  + {each.became}"


def argued() -> list[Survivor]:
    """The survivors that tests/policies/survivors.yaml argues, each with its reason."""
    entries = yaml.safe_load(ARGUED.read_text()) or []
    assert all(entry["because"].strip() for entry in entries)
    return [Survivor(e["function"], e["was"], e["became"]) for e in entries]


def main() -> None:
    """Prints the sums and every open question; exit status 1 when there is one."""
    status = {
        name.strip(): state.strip()
        for name, _, state in (
            line.rpartition(":") for line in _mutmut("results", "--all", "true").splitlines()
        )
        if "__mutmut_" in name
    }
    assert status, "there is no run of mutmut to read"
    living = [name for name, state in status.items() if state != "killed"]
    found = [survivor(name, _mutmut("show", name)) for name in living]
    worded = [each for each in found if each.is_wording]
    print(
        f"{len(status)} mutants: {dict(Counter(status.values()))}; {len(worded)} of wording alone"
    )
    problems = list(unargued([each for each in found if not each.is_wording], argued()))
    print("\n".join(problems) or "every survivor is argued")
    raise SystemExit(1 if problems else 0)


def _mutmut(*arguments: str) -> str:
    command = [str(MUTMUT), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout


if __name__ == "__main__":
    main()
