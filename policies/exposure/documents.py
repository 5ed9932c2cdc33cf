"""JSON in a property of a resource: IAM documents and container definitions."""

import json
from collections.abc import Mapping, Sequence
from typing import Any


def parsed(given: Any) -> Any:
    """*given* as data; the SDK takes an IAM document as text or as data."""
    return json.loads(given) if isinstance(given, str) else given


def field(of: Mapping[str, Any], name: str) -> Any:
    """The value under *name*, None without one.

    In any case, as the provider reads container definitions (Go's encoding/json does).
    """
    keys = [key for key in of if key.lower() == name.lower()]
    return of[keys[-1]] if keys else None


def listed(value: Any) -> list[Any]:
    """*value* as a list; IAM takes one thing in place of a list of one."""
    if value is None:
        return []
    is_list = isinstance(value, Sequence) and not isinstance(value, str)
    return [*value] if is_list else [value]
