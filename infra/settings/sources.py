"""Where a stage comes from: a mapping, a file, or the running Pulumi program."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from infra.settings.explanation import problems_of, unquoted_dates
from infra.settings.problems import SettingsError
from infra.settings.stage import Settings
from infra.settings.stage_file import config_of, stage_of


def parse(stage: str, config: Mapping[str, Any]) -> Settings:
    """Settings of *stage* from configuration keys as a stage file has them.

    Values are as YAML or JSON gives them; a section may also be its JSON text, as the Pulumi
    engine hands it on. Keys of other namespaces are left alone, but for `aws:region`.

    Raises:
        SettingsError: with every problem of the stage.
    """
    return _parsed(stage, config, f"Pulumi.{stage}.yaml")


def read(path: Path) -> Settings:
    """Settings from a stage file, `Pulumi.<stage>.yaml`, without Pulumi.

    Raises:
        SettingsError: with every problem of the file, or with line and column of its first
            mistake in YAML.
    """
    return _parsed(stage_of(path), config_of(path), path.name)


def load() -> Settings:
    """Settings of the running Pulumi program or policy pack.

    Raises:
        pulumi.RunError: with the message of the `SettingsError`, so that no trace is shown.
    """
    import pulumi
    from pulumi.runtime.config import CONFIG, get_config_env

    try:
        return parse(pulumi.get_stack(), {**get_config_env(), **CONFIG.get()})
    except SettingsError as error:
        raise pulumi.RunError(str(error)) from None


def _parsed(stage: str, config: Mapping[str, Any], source: str) -> Settings:
    data = {"stage": stage, **dict(_sections(config))}
    dates = list(unquoted_dates(Settings, data))
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        known = {problem.path for problem in dates}
        others = [problem for problem in problems_of(Settings, errors) if problem.path not in known]
        raise SettingsError(source, [*dates, *others]) from None
    if dates:
        raise SettingsError(source, dates)
    return settings


def _sections(config: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in config.items():
        namespace, _, key = name.partition(":")
        if name == "aws:region":
            yield "region", value
        elif namespace == "evenkeel":
            # A bare key would otherwise be taken for the stack's name or region.
            yield (key if key not in ("stage", "region") else name), _decoded(value)


def _decoded(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not value:
        return None  # How the Pulumi CLI hands on a null at the top level.
    try:
        decoded = json.loads(value)
    except ValueError:
        return value
    # Texts and numbers are what a plain scalar was; only sections come as JSON.
    return decoded if isinstance(decoded, dict | list) or decoded is None else value
