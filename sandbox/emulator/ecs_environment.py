"""The environment of a container's process."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from ministack.services import secretsmanager, ssm

from sandbox.emulator import seed
from sandbox.emulator.wire import Record

PATH = f"{Path(sys.prefix) / 'bin'}:/usr/local/bin:/usr/bin:/bin"
_UNREADY = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource"
    " retrieval failed: unable to retrieve"
)


class SecretError(Exception):
    """A secret has no such value; the message is AWS's stopped reason."""


def environment(container: Record, override: Record, image: Mapping[str, str]) -> dict[str, str]:
    """The image's variables, over them the container's, its override's, and its secrets.

    Raises SecretError.
    """
    given = [*container.get("environment", []), *override.get("environment", [])]
    return {
        **image,
        **{pair["name"]: pair["value"] for pair in given},
        **{s["name"]: _value(s["valueFrom"]) for s in container.get("secrets", [])},
    }


def _value(source: str) -> str:
    """What `valueFrom` names: a secret, a key of it, or a parameter."""
    if ":secretsmanager:" in source:
        return _secret(source)
    if (planted := seed.secret(source)) is not None:
        return planted
    parameter, _ = ssm._select_parameter(source)
    if parameter is None:
        raise SecretError(
            f"{_UNREADY} secrets from ssm: service call has been retried 1 time(s): invalid"
            f" parameters: {source}"
        )
    return str(ssm._param_out(parameter, with_decryption=True)["Value"])


def _secret(source: str) -> str:
    """The value of `arn:aws:secretsmanager:region:account:secret:name[:key[:stage[:version]]]`."""
    parts = source.split(":")
    arn = ":".join(parts[:7])
    key, stage, version = [*parts[7:], "", "", ""][:3]
    text = seed.secret(arn)
    if text is None:
        text = secretsmanager.resolve_secret_string(arn, stage or "AWSCURRENT", version or None)
    if text is None:
        raise SecretError(
            f"{_UNREADY} secret from asm: service call has been retried 1 time(s):"
            f" ResourceNotFoundException: {source}"
        )
    return _member(text, key) if key else str(text)


def _member(text: str, key: str) -> str:
    try:
        found = json.loads(text)[key]
    except (ValueError, TypeError, KeyError) as error:
        raise SecretError(
            f"{_UNREADY} secret from asm: service call has been retried 1 time(s): retrieved"
            f" secret from Secrets Manager did not contain json key {key}"
        ) from error
    return found if isinstance(found, str) else json.dumps(found)
