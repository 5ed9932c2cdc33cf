"""Where what AWS tells departs from what was declared."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

# Lists that AWS tells in an order of its own.
UNORDERED = {
    "capacityProviders",
    "routeTableIds",
    "securityGroupIds",
    "securityGroups",
    "subnetIds",
    "subnets",
}


def differences(declared: Any, actual: Any, path: str = "") -> Iterator[str]:
    """Each declared value, however deep, that AWS does not tell or tells otherwise.

    What AWS adds by itself to a mapping is no difference; a list has the declared length.
    """
    declared, actual = document(declared), document(actual)
    if isinstance(declared, Mapping):
        yield from _mappings(declared, actual, path)
    elif isinstance(declared, list):
        yield from _lists(declared, actual, path)
    elif not _same(declared, actual):
        yield f"{path}: declared {declared!r}, AWS tells {actual!r}"


def _mappings(declared: Mapping[str, Any], actual: Any, path: str) -> Iterator[str]:
    if not isinstance(actual, Mapping):
        yield f"{path}: declared {dict(declared)!r}, AWS tells {actual!r}"
        return
    for key, value in declared.items():
        where = f"{path}.{key}" if path else key
        if key in actual:
            yield from differences(value, actual[key], where)
        else:
            yield f"{where}: declared {value!r}, AWS tells of none"


def _lists(declared: list[Any], actual: Any, path: str) -> Iterator[str]:
    if not isinstance(actual, list) or len(actual) != len(declared):
        yield f"{path}: declared {declared!r}, AWS tells {actual!r}"
        return
    if path.rpartition(".")[2] in UNORDERED:
        declared, actual = sorted(declared), sorted(actual)
    for number, (left, right) in enumerate(zip(declared, actual, strict=True)):
        yield from differences(left, right, f"{path}[{number}]")


def _same(declared: Any, actual: Any) -> bool:
    if isinstance(declared, str) and type(actual) in (int, float):  # Pulumi's number as text
        try:
            return bool(float(declared) == actual)
        except ValueError:
            return False
    return bool(isinstance(declared, bool) == isinstance(actual, bool) and declared == actual)


def document(value: Any) -> Any:
    """A JSON document as data; anything else as it is."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value  # a filter pattern of CloudWatch Logs looks like one
    return value
