"""What is made from the models: the JSON Schema and the table of settings.

`python -m infra.settings.reference` writes both where they belong, from the project's folder.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from infra.settings.shape import Setting, settings_of
from infra.settings.stage import Settings

SCHEMA = Path("stage.schema.json")
PAGE = Path("docs/settings.md")
BEGIN = "<!-- made by python -m infra.settings.reference: begin -->"
END = "<!-- made by python -m infra.settings.reference: end -->"
HEAD = "| setting | what | allowed | unit | default |\n| --- | --- | --- | --- | --- |\n"


def stage_schema() -> dict[str, Any]:
    """JSON Schema of a whole `Pulumi.<stage>.yaml`, other namespaces and Pulumi's keys included."""
    schema = Settings.model_json_schema(by_alias=True)
    sections = dict(schema["properties"])
    del sections["stage"]
    required = [name for name in schema["required"] if name not in ("stage", "region")]
    known = "|".join(name for name in sections if name != "region")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A stage of Evenkeel",
        "type": "object",
        "required": ["config"],
        "properties": {
            "config": {
                "type": "object",
                "required": ["aws:region", *(f"evenkeel:{name}" for name in required)],
                "properties": {
                    "aws:region": sections.pop("region"),
                    **{f"evenkeel:{name}": section for name, section in sections.items()},
                },
                "patternProperties": {f"^evenkeel:(?!({known})$)": False},
            },
        },
        "$defs": schema["$defs"],
    }


def table() -> str:
    """The settings as a table in Markdown, one row for each key of a stage file."""
    rows = [
        f"| `{path}` | {_cell(setting.field.description or '' if setting.field else '')} "
        f"| {_cell(setting.allowed)} | {setting.unit} | {_default(setting)} |\n"
        for path, setting in _rows(Settings, "")
    ]
    return HEAD + "".join(rows)


def page(text: str) -> str:
    """*text* of the page with the table put between its two marks."""
    found = re.fullmatch(rf"(.*{re.escape(BEGIN)}\n).*({re.escape(END)}.*)", text, re.DOTALL)
    if found is None:
        raise ValueError(f"{PAGE} needs the lines {BEGIN} and {END}")
    return f"{found[1]}\n{table()}\n{found[2]}"


def _rows(model: type[BaseModel], above: str) -> Iterator[tuple[str, Setting]]:
    for setting in settings_of(model):
        if not above and setting.key == "stage":
            continue
        name = f"evenkeel:{setting.key}" if setting.key != "region" else "aws:region"
        path = f"{above}.{setting.key}" if above else name
        if not setting.models or setting.is_list or setting.default == "null":
            yield path, setting
        below = f"{path}[]" if setting.is_list else path
        seen: set[str] = set()
        for section in setting.models:
            for found, inner in _rows(section, below):
                if found not in seen:
                    yield found, inner
                seen.add(found)


def _default(setting: Setting) -> str:
    return "required" if setting.default is None else f"`{_cell(setting.default)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    SCHEMA.write_text(json.dumps(stage_schema(), indent=2) + "\n", encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
