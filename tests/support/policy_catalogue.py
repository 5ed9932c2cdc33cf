"""Makes the catalogue of docs/policies.md from the policies and the table of mistakes.

`python -m tests.support.policy_catalogue` writes it between the page's two marks.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from policies.pack import CATALOGUE
from policies.rules import Number, ResourceRule, Rule
from tests.policies.cases import Case
from tests.policies.judging import findings, planned
from tests.policies.table import CASES

PAGE = Path(__file__).parents[2] / "docs" / "policies.md"
BEGIN = "<!-- made by python -m tests.support.policy_catalogue: begin -->"
END = "<!-- made by python -m tests.support.policy_catalogue: end -->"
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
# Area → how the identifiers of its policies begin, in the catalogue's order.
AREAS = {
    "Capacity": ("capacity-",),
    "Cooldowns": ("cooldown-",),
    "Scaling": ("scaling-",),
    "Routing": ("routing-",),
    "Firewall": ("waf-",),
    "Migrations": ("migration-",),
    "Deployment": ("deployment-",),
    "Exposure": ("exposure-",),
    "Observability": ("alarm-", "logs-"),
    "Suppressions": ("suppression-",),
}


def page(text: str) -> str:
    """*text* of the page with the catalogue put between its two marks."""
    found = re.fullmatch(rf"(.*{re.escape(BEGIN)}\n).*({re.escape(END)}.*)", text, re.DOTALL)
    if found is None:
        raise ValueError(f"{PAGE} needs the lines {BEGIN} and {END}")
    return "\n".join([found[1], *_contents(), *_areas(), found[2]])


def area(policy: str) -> str:
    """The area of *policy*, by how its identifier begins."""
    [found] = [name for name, beginnings in AREAS.items() if policy.startswith(beginnings)]
    return found


def _contents() -> Iterator[str]:
    yield from ("| area | policies |", "| --- | --- |")
    for name in AREAS:
        links = ", ".join(f"[{rule.name}](#{rule.name}){_mark(rule)}" for rule in _rules(name))
        yield f"| [{name}](#{name.lower()}) | {links} |"
    yield ""


def _mark(rule: Rule) -> str:
    return " (advisory)" if rule.advisory else ""


def _areas() -> Iterator[str]:
    for name in AREAS:
        yield from (f"## {name}", "")
        for rule in _rules(name):
            yield from _entry(rule)


def _rules(name: str) -> list[Rule]:
    return [rule for rule in CATALOGUE if area(rule.name) == name]


def _entry(rule: Rule) -> Iterator[str]:
    level = "Mandatory" if not rule.advisory else "Advisory"
    scope = "one resource" if isinstance(rule, ResourceRule) else "the plan"
    yield from (f"### {rule.name}", "")
    yield from (f"{level}, severity {rule.severity.value}; judges {scope}.", "")
    yield from (f"**{rule.description}** Otherwise: {_prose(rule.protects_from)}", "")
    for case in [case for case in CASES if case.policy == rule.name][:1]:
        yield from _example(rule, case)
    yield from (f"Remedy: {_prose(rule.remediation)}", "")
    if rule.numbers:
        yield from _numbers(rule)
    yield from (f"Source: {_sentence(rule.source)}", "")


def _example(rule: Rule, case: Case) -> Iterator[str]:
    """What *case* does, the first message that it gets, and the fix that the message names."""
    where = f"the {case.stage} stage" if case.program is None else "a program"
    verdict = "Advised against" if rule.advisory else "Refused"
    yield from (f"{verdict}, in {where}: {case.shows}.", "")
    yield from _block("yaml", _settings(case.edits if case.program is None else {}))
    yield from _block("text", [_message(rule, case)])
    yield from ("Passes:", "")
    yield from _block("yaml", _settings(case.fix))
    for old, new in case.fix_program:
        yield from _block("diff", [*_lines("-", old), *_lines("+", new)])


def _message(rule: Rule, case: Case) -> str:
    """What *rule* says first, at an hour that is the same whenever the page is made."""
    with patch("infra.stack.datetime") as clock, patch("policies.facts.now", lambda: NOON):
        clock.now.return_value = NOON
        return findings(planned(case, preview=True), [rule])[0].message


def _block(language: str, lines: Iterable[str]) -> Iterator[str]:
    if text := list(lines):
        yield from (f"```{language}", *text, "```", "")


def _settings(edits: Mapping[str, Any]) -> Iterator[str]:
    """*edits* as paths of a stage file, with values as YAML reads them."""
    for path, value in edits.items():
        yield f"evenkeel:{path}: {json.dumps(value, ensure_ascii=False)}"


def _lines(sign: str, text: str) -> Iterator[str]:
    yield from (f"{sign} {line}".rstrip() for line in text.strip("\n").splitlines())


def _prose(text: str) -> str:
    """*text* with the settings that it names set as code."""
    return re.sub(r"(?<![`\w])evenkeel:\w[\w.\[\]]*[\w\]]", r"`\g<0>`", text)


def _numbers(rule: Rule) -> Iterator[str]:
    yield from ("| configurable | default | allowed | |", "| --- | --- | --- | --- |")
    for name, number in rule.numbers.items():
        yield f"| `{name}` | {number.default:g} | {_allowed(number)} | {number.says} |"
    yield ""


def _allowed(number: Number) -> str:
    bounds = ((number.minimum, "or more"), (number.maximum, "or less"))
    return ", ".join(f"{bound:g} {side}" for bound, side in bounds if bound is not None)


def _sentence(text: str) -> str:
    return re.sub(r"^practice", "Practice", text).rstrip(".") + "."


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
