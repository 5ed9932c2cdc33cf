"""Kinds of text in a stage file: names, paths, ARNs, times. Each says what it allows."""

import re
from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field

from infra import schedules
from infra.cron import FIRST_YEAR, LAST_YEAR
from infra.settings.problems import Finding, RefusalError
from infra.settings.section import Says


def _cron(value: str) -> str:
    if problem := schedules.cron_problem(value):
        raise RefusalError(Finding(CRON_SAYS, problem))
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):
        raise RefusalError(
            Finding(ZONE_SAYS, "use a name of the IANA time-zone database")
        ) from None
    return value


def _instant(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        raise RefusalError(Finding(INSTANT_SAYS, "write date, time and offset")) from None
    if when.tzinfo is None or "T" not in value:
        raise RefusalError(
            Finding(INSTANT_SAYS, 'say which clock is meant: end it with "Z" for UTC')
        )
    if not FIRST_YEAR <= when.year <= LAST_YEAR:
        raise RefusalError(Finding(INSTANT_SAYS, f"give a year from {FIRST_YEAR} to {LAST_YEAR}"))
    return when


def _day(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise RefusalError(Finding(DAY_SAYS, "write year, month and day"))
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise RefusalError(Finding(DAY_SAYS, "there is no such day; correct it")) from None


def _plain_path(value: str) -> str:
    if ".." in value:
        step = "leave out ..: the firewall blocks such paths before it reads its allowlist"
        raise RefusalError(Finding(WEBSOCKET_SAYS, step))
    return value


WEBSOCKET_SAYS = (
    "a path such as /socket.io: starts with /, no / at its end, no .., up to 126 characters"
)
CRON_SAYS = "six fields: minutes hours day-of-month month day-of-week year"
ZONE_SAYS = "an IANA time zone such as UTC or Europe/Berlin"
INSTANT_SAYS = 'a quoted date and time with its offset, such as "2026-12-01T23:00:00Z"'
DAY_SAYS = 'a quoted day, such as "2026-12-01"'

Cron = Annotated[str, AfterValidator(_cron), Says(CRON_SAYS)]
Zone = Annotated[str, AfterValidator(_zone), Says(ZONE_SAYS)]
Instant = Annotated[datetime, BeforeValidator(_instant), Says(INSTANT_SAYS)]
Day = Annotated[date, BeforeValidator(_day), Says(DAY_SAYS)]

Text = Annotated[str, Field(min_length=1, pattern=r"\S"), Says("a text that is not empty")]
# Part of logical names and of AWS names; AWS refuses "|", ":" and "/" in a scheduled action's.
Name = Annotated[
    str,
    Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$"),
    Says("1 to 63 small letters, digits and hyphens, a letter or digit first"),
]
Region = Annotated[
    str,
    Field(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$"),
    Says("an AWS region such as eu-west-1"),
]
# Bucket and log-group names are made from it, so it keeps to what S3 takes.
StageName = Annotated[
    str,
    Field(pattern=r"^[a-z]([a-z0-9-]*[a-z0-9])?$"),
    Says("small letters, digits and hyphens, a letter first"),
]
SecretArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:\S+"
        r"|ssm:[a-z0-9-]+:[0-9]{12}:parameter/\S+)$"
    ),
    Says("the ARN of a Secrets Manager secret or of an SSM parameter, never the secret itself"),
]
CertificateArn = Annotated[
    str,
    Field(pattern=r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/\S+$"),
    Says("the ARN of an ACM certificate in the stage's region"),
]
VariableName = Annotated[
    str,
    Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$"),
    Says("letters, digits and underscores, no digit first"),
]
# A target group's health check takes up to 1,024 characters (ELB API, CreateTargetGroup).
HealthPath = Annotated[
    str,
    Field(pattern=r"^/\S*$", max_length=1024),
    Says("a path that starts with /, up to 1,024 characters"),
]
# `/*` is added to it in a listener rule, whose patterns hold 128 characters (ELB API).
WebsocketPath = Annotated[
    str,
    Field(pattern=r"^(/[A-Za-z0-9_.~@:-]+)+$", max_length=126),
    AfterValidator(_plain_path),
    Says(WEBSOCKET_SAYS),
]
