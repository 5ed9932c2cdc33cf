"""Makes docs/practices.md: which test proves which practice, read from the tests' docstrings.

`python -m tests.support.practices` writes the page.
"""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.policies import articles as settings

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "practices.md"
# "S0-11", and the short forms "S0-06/07/08" and "S0-11, 12".
CITATION = re.compile(r"\bS([0-4])-(\d\d)((?:(?:/|, )\d\d\b)*)")


def cited(text: str) -> set[str]:
    """The practice numbers that *text* names."""
    return {
        f"S{article}-{number}"
        for article, first, rest in CITATION.findall(text)
        for number in (first, *re.findall(r"\d\d", rest))
    }


@cache
def tests_with_docstrings() -> tuple[tuple[str, str], ...]:
    """Every test function as (where it is, its docstring)."""
    return tuple(
        (f"{path.relative_to(ROOT)}::{node.name}", ast.get_docstring(node) or "")
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def proofs() -> dict[str, list[str]]:
    """Practice number -> the tests whose docstring names it."""
    found: dict[str, list[str]] = defaultdict(list)
    for test, docstring in tests_with_docstrings():
        for number in cited(docstring):
            found[number].append(test)
    return found


def articles() -> dict[str, dict[str, Any]]:
    articles: dict[str, dict[str, Any]] = yaml.safe_load(
        (ROOT / "docs" / "practices.yaml").read_text()
    )
    return articles


def render() -> str:
    """The page as Markdown."""
    found, judged = proofs(), settings.judged()
    lines = [
        "# The practices, and the tests that prove them",
        "",
        "`python -m tests.support.practices` makes this page of `practices.yaml` and the tests.",
        "A practice without a test is open; its note says what it waits for.",
    ]
    for article, content in articles().items():
        lines += ["", f"## {article}: {content['article']}", ""]
        lines += [content["note"], ""] if "note" in content else []
        lines += ["| practice | | proved by | note |", "|---|---|---|---|"]
        for number, practice in content["practices"].items():
            name = f"{article}-{number}"
            tests = "<br>".join(f"`{test}`" for test in found[name]) or "**open**"
            lines.append(f"| {name} | {practice['title']} | {tests} | {practice.get('note', '')} |")
    lines += [
        "",
        "## The articles' own settings, judged",
        "",
        "What the policy pack says to the numbers as the articles have them, each on a stage of",
        "`tests/fixtures/stages` with the edit that the line names.",
        "",
        *settings.table(judged),
        "",
        "The refusals, word for word:",
        "",
        *settings.told(judged),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render())
