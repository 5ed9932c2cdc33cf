"""What the application is told by its environment, judged before anything starts."""

from collections.abc import Mapping
from dataclasses import dataclass

MIGRATION_LOCK = 1  # the key of PostgreSQL's advisory lock under which migrations run
LOG_LEVELS = ("debug", "info", "warning", "error", "critical")


class ConfigurationError(Exception):
    """A variable is missing or wrong; the message names it, its value and what is allowed."""


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """One task's configuration; every worker of the task has the same."""

    host: str
    port: int
    workers: int  # processes
    pool_size: int  # database connections of one worker
    database_url: str
    warm_up: float  # wall seconds
    log_level: str
    stage: str
    release: str


def read(environment: Mapping[str, str]) -> Configuration:
    """Raises ConfigurationError."""
    level = environment.get("LOG_LEVEL", "info")
    if level not in LOG_LEVELS:
        raise ConfigurationError(
            f"LOG_LEVEL is {level!r}; allowed is one of {', '.join(LOG_LEVELS)}."
        )
    speed = _number(environment, "SANDBOX_SPEED", "1", 1, 600)
    return Configuration(
        host=environment.get("HOST", "0.0.0.0"),
        port=int(_number(environment, "PORT", "3000", 1, 65535, whole=True)),
        workers=int(_number(environment, "WEB_CONCURRENCY", "1", 1, 1000, whole=True)),
        pool_size=int(_number(environment, "DB_POOL_SIZE", "5", 1, 1000, whole=True)),
        database_url=database_url(environment),
        warm_up=_number(environment, "WARM_UP_SECONDS", "0", 0, 3600) / speed,
        log_level=level,
        stage=environment.get("STAGE", ""),
        release=environment.get("RELEASE", ""),
    )


def database_url(environment: Mapping[str, str]) -> str:
    """DATABASE_URL, postgresql://user:password@host:port/database. Raises ConfigurationError."""
    given = environment.get("DATABASE_URL", "")
    if not given.startswith("postgresql://"):
        state = "does not start with postgresql://" if given else "is not set"  # no value: a secret
        raise ConfigurationError(
            f"DATABASE_URL {state}; allowed is postgresql://user:password@host:port/database. "
            "In the stage file it is evenkeel:service.secrets.DATABASE_URL."
        )
    return given


def _number(
    environment: Mapping[str, str],
    name: str,
    default: str,
    least: float,
    most: float,
    whole: bool = False,
) -> float:
    given = environment.get(name, default)
    try:
        number = float(int(given)) if whole else float(given)
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        kind = "whole number" if whole else "number"
        raise ConfigurationError(
            f"{name} is {given!r}; allowed is a {kind} from {least:g} to {most:g}."
        )
    return number
