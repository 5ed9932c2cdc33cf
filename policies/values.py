"""Values of which an update knows more than a preview: ids and lists of them."""

from collections.abc import Mapping
from typing import Any

from pulumi_policy.proxy import UnknownValueError

LATER = "(known after the update)"


def given(of: Mapping[str, Any], key: str) -> Any:
    """The value of *key*; None without one, LATER where only the update knows it."""
    try:
        return of.get(key)
    except UnknownValueError:
        return LATER


def each(values: Any) -> list[Any]:
    """*values*, one or a list of them, with LATER for each that only the update knows."""
    if isinstance(values, str) or not values:
        return [values] if values else []
    found = []
    for index in range(len(values)):
        try:
            found.append(values[index])
        except UnknownValueError:
            found.append(LATER)
    return found
