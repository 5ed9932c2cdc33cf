"""What a task definition gives away, and what it runs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi_policy import Severity

from policies import facts
from policies.exposure import secrets
from policies.exposure.documents import field, listed, parsed
from policies.plan import Resource
from policies.resource_types import TASK_DEFINITION
from policies.rules import ResourceRule

DIGEST = re.compile(r"[^@\s]+@sha256:[0-9a-f]{64}")
# Names in these are the program's own or a log driver's, and may say what their values are.
NAMED = frozenset({"dockerlabels", "environment", "options"})
# Where secrets are by reference.
REFERENCES = frozenset({"secrets", "secretoptions", "repositorycredentials"})


def _no_plain_secrets(task: Resource) -> Iterator[str]:
    for container in _containers(task):
        for path, what in _leaks(container):
            yield (
                f"container {field(container, 'name')}, {'.'.join(path)}: {what}, in plain text. "
                "Whoever may read the task definition reads it, in this revision for ever. Kept "
                "in Secrets Manager or Parameter Store, its ARN in `secrets` passes."
            )


def _leaks(value: Any, *path: str, name: str = "") -> Iterator[tuple[tuple[str, ...], str]]:
    """Where *value*, at *path* and known as *name*, holds a secret and what; never the secret."""
    if isinstance(value, Mapping):
        yield from _in_mapping(value, path)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _leaks(each, *path, str(index), name=_flag(value, index))
    elif value is not None and (what := secrets.found(name, str(value))):
        yield path, what


def _in_mapping(
    value: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    own = field(value, "name")
    if own is not None:
        yield from _leaks(field(value, "value"), *path[:-1], str(own), name=str(own))
    is_named = bool(path) and path[-1].lower() in NAMED
    for key in value:
        is_told = own is not None and key.lower() == "value"
        if is_named or not (is_told or key.lower() in REFERENCES):
            yield from _leaks(value[key], *path, key, name=key if is_named else "")


def _flag(words: Sequence[Any], index: int) -> str:
    """The flag that the word at *index* is the value of: --password, then the word."""
    before, word = str(words[index - 1]) if index else "", str(words[index])
    return before if before.startswith("-") and not word.startswith("-") else ""


def _image_pinned(task: Resource) -> Iterator[str]:
    for container in _containers(task):
        image = str(field(container, "image"))
        if not DIGEST.fullmatch(image) and facts.tier() != "test":
            yield (
                f"container {field(container, 'name')}: image {image} is not by digest, so what "
                "runs is what its tag points at when a task starts, not what was tested. "
                f"{image.partition('@')[0]}@sha256: with the 64 hex digits of the digest passes."
            )


def _containers(task: Resource) -> list[Mapping[str, Any]]:
    found = listed(parsed(task.props["containerDefinitions"]))
    if not all(isinstance(container, Mapping) for container in found):
        raise ValueError("containerDefinitions is no list of containers")
    return found


NO_PLAIN_SECRETS = ResourceRule(
    name="exposure-no-plain-secrets",
    description="Task definitions hold no password, key or token in plain text.",
    protects_from=(
        "A secret that is read by whoever may read the task definition, the stack's state or a "
        "build log, and that stays in every revision."
    ),
    source="AWS: ECS developer guide, pass sensitive data to a container.",
    severity=Severity.CRITICAL,
    types={TASK_DEFINITION},
    judge=_no_plain_secrets,
    remediation=(
        "Store the value in Secrets Manager or as a SecureString parameter and give its ARN in "
        "evenkeel:service.secrets, or in `secrets` of the container definition. Change the value: "
        "it has been in a plan."
    ),
)

IMAGE_PINNED = ResourceRule(
    name="exposure-image-pinned",
    description="Outside tier test, every container runs an image by its digest.",
    protects_from=(
        "A tag that points at another image tomorrow: scaling out then starts code that nobody "
        "has tested, or that somebody else has pushed."
    ),
    source="AWS: ECS developer guide, container image resolution.",
    severity=Severity.HIGH,
    types={TASK_DEFINITION},
    judge=_image_pinned,
    remediation=(
        "Write image@sha256:… in evenkeel:service.image, or in `image` of the container "
        "definition; `docker buildx imagetools inspect IMAGE` prints the digest of a tag."
    ),
)
