"""What a stage declares, for policies that have to compare a plan with it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env

from infra.settings import Settings, parse
from policies import configuration

NAMESPACE = "evenkeel:"


class MissingFactsError(Exception):
    """Neither the stack nor the pack's configuration says anything about a stage."""


def stage() -> Settings:
    """The settings of the stack under judgement.

    From its stage file; without one, from `all.stage` of the pack's configuration. The stack's
    output `evenkeel` says the same as the stage file that it was made from, and is not there
    before the first update, so nothing is read from it.

    Raises:
        MissingFactsError: when neither says anything.
        SettingsError: when the stage cannot be used.
    """
    config: Mapping[str, Any] = {**get_config_env(), **CONFIG.get()}
    if not has_stage(config):
        config = configuration.stage
    if not has_stage(config):
        raise MissingFactsError
    return _parsed(pulumi.get_stack(), json.dumps(config, sort_keys=True, default=str))


def tier() -> str | None:
    """Tier of the stage; None where nothing says one, which counts as strictly as production.

    Raises:
        SettingsError: when the stage cannot be used.
    """
    try:
        return stage().tier
    except MissingFactsError:
        return None


def now() -> datetime:
    """The time at which events and suppressions are judged; aware."""
    return datetime.now(UTC)


def has_stage(config: Mapping[str, Any]) -> bool:
    """Whether *config* has any setting of a stage."""
    return any(key.startswith(NAMESPACE) for key in config)


@lru_cache(maxsize=1)
def _parsed(stack: str, config: str) -> Settings:
    return parse(stack, json.loads(config))
