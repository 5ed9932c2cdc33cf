"""What a stage takes for granted on AWS, provided in the sandbox before the stage is built."""

import json
import urllib.error
from collections.abc import Mapping
from pathlib import Path

from infra.settings import Settings
from sandbox import database, loopback, stack
from sandbox.emulator.images import Images, ImagesError
from sandbox.environment import ACCOUNT
from sandbox.errors import SandboxError, WrongUseError
from sandbox.paths import Root
from sandbox.state import Part

ENGINES = ("postgres", "aurora-postgresql")  # those that the sandbox's PostgreSQL stands for
DATABASE_URL = "DATABASE_URL"  # the secret that says how to reach the database


def check(settings: Settings, images: Path) -> None:
    """Refuses an image or a database that the sandbox does not have. Raises WrongUseError."""
    image = settings.service.image
    try:
        known, local = Images(images).knows(image), _local(settings, images)
    except ImagesError as error:
        raise WrongUseError(str(error)) from error
    if not known:
        raise WrongUseError(
            f"evenkeel:service.image is {image}, which the sandbox does not know; "
            f"allowed is an image that an entry of {images} matches. "
            "Add an entry that says what this image does."
        )
    if local:
        _check_database(settings, images)


def _check_database(settings: Settings, images: Path) -> None:
    engine, limit = settings.database.engine, settings.database.limit
    if engine not in ENGINES:
        raise WrongUseError(
            f"evenkeel:database.engine is {engine}, which the sandbox does not have; "
            f"allowed here is {' or '.join(ENGINES)}. "
            f"Or let {images} simulate the image, without `folder`: that needs no database."
        )
    if limit.connections < database.FEWEST:
        raise WrongUseError(
            f"evenkeel:database takes {limit.connections} connections ({limit.source}); "
            f"the sandbox allows {database.FEWEST} or more, because PostgreSQL on RDS keeps 5 "
            "for itself. Set database.maxConnections higher."
        )


def databases(where: Root, settings: Settings | None, images: Path) -> dict[str, int]:
    """The connection limit of each database that must run, by stage.

    Those are the databases of the stages that are built, and that of `settings`; a stage whose
    tasks are simulated needs none.
    """
    built = {stage: database.known(where.databases / stage) for stage in stack.filled(where)}
    limits = {stage: found[1] for stage, found in built.items() if found is not None}
    if settings is not None and _local(settings, images):
        limits[settings.stage] = settings.database.limit.connections
    return limits


def seed(settings: Settings, url: str, part: Part | None = None, *, account: str = ACCOUNT) -> None:
    """Plants the certificate and the secrets that `settings` name, and the stage's database.

    DATABASE_URL leads to the database of `part`, whose connections are published in `account`;
    what has no value here gets a text that says its name. Raises SandboxError.
    """
    reached = database.url(part) if part is not None else None
    certificate = settings.routing.certificate_arn
    wanted = {
        "certificates": [certificate] if certificate else [],
        "secrets": _planted(settings.service.secrets, {DATABASE_URL: reached}),
        "databases": _instance(settings, part, account) if part is not None else {},
    }
    try:
        loopback.call(f"{url}/_evenkeel/seed", wanted)
    except urllib.error.HTTPError as error:
        said = json.load(error).get("error", error)
        raise SandboxError(f"sandbox: the emulator refused the stage's ARNs: {said}") from error
    except OSError as error:  # urllib's other errors are OSErrors
        raise SandboxError(f"sandbox: the emulator does not answer: {error}") from error


def _local(settings: Settings, images: Path) -> bool:
    """Whether tasks of the stage are processes of this machine."""
    service = settings.service
    return "folder" in Images(images).behaviour(service.image, list(service.command))


def _instance(settings: Settings, part: Part, account: str) -> dict[str, dict[str, str]]:
    """The database as an RDS instance, named as all that is the stage's."""
    watched = database.superuser_url(part)
    place = {"account": account, "region": settings.region}
    return {f"evenkeel-{settings.stage}": {**place, "url": watched}}


def _planted(
    secrets: Mapping[str, str], values: Mapping[str, str | None]
) -> dict[str, str | dict[str, str]]:
    """By ARN what each secret holds: a text, or an object where a stage names one of its keys."""
    found: dict[str, str | dict[str, str]] = {}
    for name, source in sorted(secrets.items(), key=lambda pair: pair[0] in values):
        value = values.get(name) or f"sandbox {name}"
        arn, key = _parted(source)
        held = found.get(arn)
        if key:
            found[arn] = {**(held if isinstance(held, dict) else {}), key: value}
        elif not isinstance(held, dict):
            found[arn] = value
    return found


def _parted(source: str) -> tuple[str, str]:
    """The ARN and the key of `arn:aws:secretsmanager:…:secret:name:key:stage:version`."""
    parts = source.split(":")
    if parts[2] != "secretsmanager":
        return source, ""
    return ":".join(parts[:7]), "".join(parts[7:8])
