"""The schema and the table of settings are made from the models, and current."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from infra.settings import SettingsError
from infra.settings.reference import PAGE, SCHEMA, page, stage_schema, table
from tests.support.stages import FIXTURES, ROOT, changed, document, shipped

UPDATE = "run `python -m infra.settings.reference`"
FILES = [*(ROOT / f"Pulumi.{stage}.yaml" for stage in ("production", "staging")),
         *sorted(FIXTURES.glob("*.yaml"))]  # fmt: skip


def complaints(stage: dict[str, Any]) -> list[str]:
    return [error.message for error in Draft202012Validator(stage_schema()).iter_errors(stage)]


def test_schema_is_current() -> None:
    """stage.schema.json is what the models say now."""
    assert json.loads((ROOT / SCHEMA).read_text(encoding="utf-8")) == stage_schema(), UPDATE


def test_page_is_current() -> None:
    """The table of docs/settings.md is what the models say now."""
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    assert text == page(text), UPDATE


def test_page_shows_a_real_message() -> None:
    """The example of a refusal on the page is what a stage with these two mistakes prints."""
    changes = {"capacity.max": 1, "capacity.scaledUp.until": "2026-12-01 23:00:00 +0000 UTC"}
    with pytest.raises(SettingsError) as refused:
        changed(shipped("production"), changes)
    assert f"```\n{refused.value}\n```" in (ROOT / PAGE).read_text(encoding="utf-8")


def test_schema_is_a_schema() -> None:
    """Editors can use it."""
    Draft202012Validator.check_schema(stage_schema())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_schema_accepts_every_stage(path: Path) -> None:
    """Whole files pass, with the keys that Pulumi adds and other namespaces."""
    stage = document(path)
    stage["encryptionsalt"] = "v1:abc"
    stage["config"]["other:setting"] = {"any": "thing"}
    assert complaints(stage) == []


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("evenkeel:capacity", "max", "8"),
        ("evenkeel:capacity", "maximum", 8),
        ("evenkeel:capacity", "min", -1),
        ("evenkeel:service", "port", 70000),
        ("evenkeel:network", "egress", "vpn"),
        ("evenkeel:migrations", "order", "first"),
        ("evenkeel:routing", "certificateArn", "x"),
    ],
)
def test_schema_refuses_what_the_models_refuse(section: str, key: str, value: object) -> None:
    """Wrong types, ranges, choices and unknown keys show in the editor."""
    stage = document(ROOT / "Pulumi.production.yaml")
    stage["config"][section][key] = value
    assert complaints(stage)


@pytest.mark.parametrize("key", ["evenkeel:capacities", "evenkeel:stage"])
def test_schema_refuses_an_unknown_section(key: str) -> None:
    """A misspelt section shows in the editor."""
    stage = document(ROOT / "Pulumi.production.yaml")
    stage["config"][key] = {}
    assert complaints(stage)


def test_table_has_every_key_of_a_stage() -> None:
    """Every key that the shipped production stage can hold has its row."""
    rows = table()
    paths = {path for path in _paths(shipped("production").as_data()) if path != "stage"}
    missing = [path for path in paths if f"`evenkeel:{path}`" not in rows]
    assert missing == ["region"]


def test_table_says_required_and_defaults() -> None:
    """Rows carry range, unit and default."""
    rows = table().splitlines()
    assert (
        "| `evenkeel:tier` | How strict: production, staging or test. "
        "| production, staging, test |  | required |" in rows
    )
    assert (
        "| `evenkeel:capacity.max` | Most tasks. | a whole number from 1 to 5000 | tasks "
        "| `4` |" in rows
    )
    assert any("`evenkeel:routing.websocket`" in row and "`null`" in row for row in rows)


def test_page_needs_its_marks() -> None:
    """A page that lost its marks is refused, not overwritten."""
    with pytest.raises(ValueError, match="needs the lines"):
        page("# The stage file\n")


def _paths(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict) and not path.endswith(("environment", "secrets")):
        for key, below in value.items():
            yield from _paths(below, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield from _paths(value[0], f"{path}[]")
    else:
        yield path
