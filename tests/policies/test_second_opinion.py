"""Random stage files: what the oracle calls unsafe, settings or pack refuse, and the reverse.

`SECOND_OPINION_FILES` says how many files; `make second-opinion` takes 10,000.
"""

import gc
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from infra.settings import SettingsError, load, parse
from infra.stack import build
from policies import facts
from policies.pack import CATALOGUE
from policies.rules import Rule
from tests import oracle
from tests.oracle import rules
from tests.oracle.edits import Edits, config_of
from tests.oracle.random_stages import NOW, USUAL, random_edits
from tests.policies.judging import findings
from tests.support.program import Program, register
from tests.support.stages import FIXTURES, ROOT, document

FILES = int(os.environ.get("SECOND_OPINION_FILES", USUAL))
BLOCK = 25
AREAS = ("capacity-", "cooldown-", "scaling-")
STAGE = "shop"


@pytest.fixture(autouse=True)
def _fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "now", lambda: NOW)


@pytest.fixture(autouse=True)
def _little_garbage() -> Iterator[None]:
    """Half of a recorded program's time: the collector would walk every module again and again."""
    gc.freeze()
    yield
    gc.unfreeze()


def _program(config: dict[str, Any], *, preview: bool = True) -> Program:
    return register(lambda: build(load(), now=NOW), preview=preview, stage=STAGE, config=config)


def _fired(program: Program, catalogue: Sequence[Rule] = CATALOGUE) -> frozenset[str]:
    """The policies of capacity, cooldowns and scaling that fire, of the whole pack."""
    found = {finding.policy for finding in findings(program, catalogue)}
    return frozenset(policy for policy in found if policy.startswith(AREAS))


def _disagreement(config: dict[str, Any], *, preview: bool = True) -> str | None:
    """What the oracle and the program say differently about a stage; None: they agree."""
    verdict = oracle.judge(config, NOW)
    try:
        parse(STAGE, config)
    except SettingsError as error:
        return None if verdict.refused else f"only the settings refuse it: {error}"
    if verdict.refused:
        return f"only the oracle refuses it: {sorted(verdict.refused)}"
    fired = _fired(_program(config, preview=preview))
    if fired == verdict.fires:
        return None
    return f"only the pack: {sorted(fired - verdict.fires)}; only the oracle: " + str(
        sorted(verdict.fires - fired)
    )


def _cut_down(edits: Edits) -> Edits:
    """The edits of a disagreement without those that it does not need."""
    for path in list(edits):
        fewer = {key: value for key, value in edits.items() if key != path}
        if _disagreement(config_of(fewer)):
            edits = fewer
    return edits


@pytest.mark.thorough
@pytest.mark.parametrize("first", range(0, FILES, BLOCK))
def test_two_opinions_agree(first: int) -> None:
    """S0-13: what the oracle calls unsafe, settings or pack refuse, and nothing else."""
    for seed in range(first, min(first + BLOCK, FILES)):
        edits = random_edits(seed)
        # Odd ones as at an update, when ids are known.
        if told := _disagreement(config_of(edits), preview=seed % 2 == 0):
            pytest.fail(f"seed {seed}: {told}\ncut down to {_cut_down(edits)}")


@pytest.mark.parametrize(
    "path",
    [*sorted(ROOT.glob("Pulumi.*.yaml")), *sorted(FIXTURES.glob("Pulumi.*.yaml"))],
    ids=lambda path: path.name,
)
def test_two_opinions_agree_on_written_stages(path: Path) -> None:
    """S0-11: shipped stages and the articles' are judged alike, from their YAML alone."""
    assert _disagreement(document(path)["config"]) is None


@pytest.mark.parametrize("policy", rules.RULES)
def test_a_rule_that_sleeps_is_noticed(policy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one rule off, in the pack or in the oracle, a file of the usual run disagrees."""
    configs = (config_of(random_edits(seed)) for seed in range(USUAL))
    config = next(each for each in configs if policy in oracle.judge(each, NOW).fires)
    program = _program(config)
    awake = [rule for rule in CATALOGUE if rule.name != policy]
    fires = oracle.judge(config, NOW).fires
    assert _fired(program) == fires
    assert _fired(program, awake) != fires
    monkeypatch.setitem(rules.RULES, policy, lambda *_: False)
    assert oracle.judge(config, NOW).fires != fires
    assert _disagreement(config) == f"only the pack: ['{policy}']; only the oracle: []"


def test_a_policy_that_fires_too_often_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A floor of 3 in the pack, where 2 is right, is a disagreement."""
    monkeypatch.setattr("policies.configuration.numbers", {"capacity-floor": {"production": 3.0}})
    told = _disagreement(config_of({"tier": "production", "capacity.min": 2}))
    assert told == "only the pack: ['capacity-floor']; only the oracle: []"
