"""The table of mistakes on the real engine: refused before anything exists, and mended as told."""

import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from policies.pack import CATALOGUE
from sandbox import environment, launchers
from sandbox.paths import PYTHON, Root
from tests.policies.cases import Case
from tests.policies.table import CASES
from tests.support.engine import Running, made_in
from tests.support.outcome import Outcome
from tests.support.stages import changed, config_of, shipped
from tests.support.workspace import REGION, Workspace

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

ADVISORY = {rule.name for rule in CATALOGUE if rule.advisory}
# The first mistake of each policy, and everything about suppressions. Each takes the engine
# seconds; what else the table holds differs in what a policy decides, which needs no engine.
FIRST = {case.policy: case for case in reversed(CASES)}
ON_THE_ENGINE = [
    case for case in CASES if case is FIRST[case.policy] or case.policy.startswith("suppression-")
]
Fired = set[tuple[str, str]]


@dataclass(frozen=True)
class Desk:
    """One empty stack a stage, written anew for each case: no case creates anything."""

    folder: Path
    url: str
    provider: str  # its port
    stacks: dict[str, Workspace] = field(default_factory=dict)
    previews: dict[str, Outcome] = field(default_factory=dict)

    def holding(self, case: Case, *, fixed: bool) -> Workspace:
        """The stack of the case's stage, with its stage file and program."""
        if case.stage not in self.stacks:
            made = made_in(self.folder / case.stage, case.stage, self.url)
            attached = {"PULUMI_DEBUG_PROVIDERS": f"aws:{self.provider}"}
            self.stacks[case.stage] = replace(made, variables=attached)
        edits = {**case.edits, **case.fix} if fixed else case.edits
        stack = self.stacks[case.stage]
        stack.write(config_of(changed(shipped(case.stage), edits)), case.source(fixed=fixed))
        return stack

    def mended(self, case: Case) -> Outcome:
        """A preview with the fix; the same program and stage are judged once."""
        stack = self.holding(case, fixed=True)
        key = stack.file.read_text() + (stack.folder / "__main__.py").read_text()
        if key not in self.previews:
            self.previews[key] = stack.preview()
        return self.previews[key]


@pytest.fixture(scope="module")
def desk(running: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The stacks of this test worker, and one provider, which has read AWS's models, for all."""
    folder, url = tmp_path_factory.mktemp("policies"), running.state.url
    env = environment.of(Root(folder), url, REGION)
    command = [str(PYTHON), "-P", "-u", "-m", launchers.PROVIDER]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as provider:
        assert provider.stdout is not None
        yield Desk(folder, url, provider.stdout.readline().strip())
        provider.terminate()


def fired(outcome: Outcome) -> Fired:
    """Which policy fired on which resource, each at the level of the catalogue."""
    found = outcome.violations()
    assert [v for v in found if v.level != level(v.policy)] == []
    return {(v.policy, v.urn.rpartition("::")[2]) for v in found}


def level(policy: str) -> str:
    return "advisory" if policy in ADVISORY else "mandatory"


def stops(fires: Iterable[tuple[str, str]]) -> Fired:
    """Those of *fires* that stop an operation."""
    return {each for each in fires if level(each[0]) == "mandatory"}


@pytest.mark.parametrize("case", ON_THE_ENGINE, ids=str)
def test_a_mistake_is_refused_and_mended_on_the_engine(case: Case, desk: Desk) -> None:
    """S0-13: refused with exit 1 and nothing created, in the case's words; then mended by them."""
    stack = desk.holding(case, fixed=False)
    refused = stack.up(preview=True) if stops(case.fires) else stack.preview()

    assert fired(refused) == case.fires, refused.text
    assert (refused.status != 0) == bool(stops(case.fires)), refused.text
    assert "Traceback" not in refused.text
    told = " ".join(v.message for v in refused.violations() if v.policy == case.policy)
    assert [text for text in case.says if text not in told] == [], told
    assert [text for text in (case.policy, *case.says) if text not in refused.text] == []
    assert stack.resources() == []

    mended = desk.mended(case)
    assert mended.status == 0, mended.text
    assert fired(mended) == case.leaves, mended.text
