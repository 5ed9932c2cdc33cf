"""The constraints that AWS states in its own service models, checked on every call.

botocore checks required members, types and minima before it sends; enumerations, maxima and
patterns are in the same models but only AWS's servers check them. This walk does so, with
the words AWS uses for them.
"""

import re
from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from sandbox.emulator.refusals import Refusal


def check(shape: Shape | None, request: dict[str, Any], code: str) -> None:
    """Raise a `code` refusal that names every broken constraint of `request`."""
    problems = list(_broken(shape, request, "")) if shape else []
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected: "
        raise Refusal(code, count + "; ".join(problems))


def _broken(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        for name in shape.required_members:
            if name not in value:
                yield _failed("null", _join(path, name), "Member must not be null")
        for name, member in shape.members.items():
            if name in value:
                yield from _broken(member, value[name], _join(path, name))
    elif isinstance(shape, ListShape):
        yield from _length(shape, value, path)
        for position, item in enumerate(value, 1):
            yield from _broken(shape.member, item, f"{path}.{position}.member")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _broken(shape.value, item, f"{path}.{key}")
    elif shape.type_name == "string":
        yield from _string(shape, value, path)
    elif shape.type_name in ("integer", "long", "float", "double"):
        yield from _range(shape, value, path)


def _string(shape: Shape, value: str, path: str) -> Iterator[str]:
    choices = getattr(shape, "enum", None)
    if choices and value not in choices:
        wanted = f"Member must satisfy enum value set: [{', '.join(choices)}]"
        yield _failed(value, path, wanted)
    yield from _length(shape, value, path)
    pattern = shape.metadata.get("pattern")
    if pattern and not _matches(pattern, value):
        wanted = f"Member must satisfy regular expression pattern: {pattern}"
        yield _failed(value, path, wanted)


def _length(shape: Shape, value: Any, path: str) -> Iterator[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and len(value) < low:
        wanted = f"Member must have length greater than or equal to {low}"
        yield _failed(value, path, wanted)
    if high is not None and len(value) > high:
        yield _failed(value, path, f"Member must have length less than or equal to {high}")


def _range(shape: Shape, value: float, path: str) -> Iterator[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and value < low:
        yield _failed(value, path, f"Member must have value greater than or equal to {low}")
    if high is not None and value > high:
        yield _failed(value, path, f"Member must have value less than or equal to {high}")


def _matches(pattern: str, value: str) -> bool:
    """Whether `value` fits; a pattern that Python's `re` cannot read (\\p{…}) is not judged."""
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return True


def _failed(value: object, path: str, wanted: str) -> str:
    return f"Value '{value}' at '{path}' failed to satisfy constraint: {wanted}"


def _join(path: str, name: str) -> str:
    name = name[:1].lower() + name[1:]
    return f"{path}.{name}" if path else name
