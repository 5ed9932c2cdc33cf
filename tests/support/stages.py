"""Stages for tests: the shipped ones, the practice articles', and changed ones."""

import re
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from infra.settings import Problem, Settings, SettingsError, parse, read

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "fixtures" / "stages"


@cache
def shipped(stage: str) -> Settings:
    """Settings of the shipped `Pulumi.<stage>.yaml`."""
    return read(ROOT / f"Pulumi.{stage}.yaml")


@cache
def fixture(name: str) -> Settings:
    """Settings of `tests/fixtures/stages/Pulumi.<name>.yaml`."""
    return read(FIXTURES / f"Pulumi.{name}.yaml")


def config_of(base: Settings) -> dict[str, Any]:
    """The configuration that *base* is parsed from, every default filled in."""
    data = base.as_data()
    region = data.pop("region")
    del data["stage"]
    return {"aws:region": region, **{f"evenkeel:{key}": value for key, value in data.items()}}


def changed(base: Settings, changes: Mapping[str, Any]) -> Settings:
    """*base* with other values, by path: `{"capacity.schedules[0].max": 5, "tier": "test"}`.

    The path `stage` renames the stack, `region` moves it. Raises SettingsError like `parse`.
    """
    config = config_of(base)
    stage = base.stage
    for path, value in changes.items():
        if path == "stage":
            stage = value
            continue
        key = "aws:region" if path == "region" else f"evenkeel:{path}"
        *above, last = [int(k) if k.isdecimal() else k for k in re.findall(r"[^.\[\]]+", key)]
        at: Any = config
        for step in above:
            at = at[step]
        at[last] = deepcopy(value)
    return parse(stage, config)


def problems_of(changes: Mapping[str, Any], base: Settings | None = None) -> list[Problem]:
    """Why *base* (the shipped production stage) is refused once changed; none: it is not."""
    try:
        changed(base or shipped("production"), changes)
    except SettingsError as error:
        return list(error.problems)
    return []


def document(path: Path) -> dict[str, Any]:
    """The YAML document of a stage file, unchecked."""
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded
