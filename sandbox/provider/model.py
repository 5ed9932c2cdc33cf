"""AWS's own API models (botocore's), walked strictly: what botocore lets pass and AWS does not.

botocore checks required and unknown fields, types and minima. The models also hold enumerations,
maxima, lengths and patterns; the walk checks all of them and skips what is unknown at a preview.
The words are those of AWS's validation errors.
"""

import re
import threading
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

from sandbox.provider.values import UNKNOWN

LOADER = Loader()
_loading = threading.RLock()
_models: dict[str, ServiceModel] = {}

_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (Mapping,),
    "map": (Mapping,),
    "list": (list, tuple),
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "blob": (bytes, bytearray, str),
}


def service_model(service: str) -> ServiceModel:
    """The model of *service* (its botocore name), read once a process."""
    with _loading:
        if service not in _models:
            description = LOADER.load_service_model(service, "service-2")
            _models[service] = ServiceModel(description, service)
        return _models[service]


def input_shape(service: str, operation: str) -> StructureShape:
    """The request of one operation, by its API name (`CreateVpc`)."""
    shape = service_model(service).operation_model(operation).input_shape
    if not isinstance(shape, StructureShape):
        raise LookupError(f"{service}:{operation} takes no request")
    return shape


def refusals(shape: Shape, value: Any, path: str = "") -> Iterator[str]:
    """What AWS would say against *value*, one sentence each; nothing where it is acceptable."""
    if value is None or value == UNKNOWN:
        return
    types = _TYPES.get(shape.type_name)
    if types and (not isinstance(value, types) or (isinstance(value, bool) and bool not in types)):
        yield (
            f"Invalid type for parameter {path}, value: {value!r}, "
            f"type: {type(value).__name__}, valid type: {shape.type_name}"
        )
        return
    yield from _limits(shape, value, path)
    if isinstance(shape, StructureShape):
        yield from _structure(shape, value, path)
    elif isinstance(shape, ListShape):
        for index, item in enumerate(value):
            yield from refusals(shape.member, item, f"{path}[{index}]")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from refusals(shape.key, key, f"{path} (key: {key})")
            yield from refusals(shape.value, item, f"{path}.{key}")


def _structure(shape: StructureShape, value: Mapping[str, Any], path: str) -> Iterator[str]:
    present = {key for key, item in value.items() if item is not None}
    for name in shape.required_members:
        if name not in present and not shape.members[name].metadata.get("idempotencyToken"):
            yield _said(None, _join(path, name), "Member must not be null")
    if getattr(shape, "is_tagged_union", False) and len(present) != 1:
        yield _said(sorted(present), path, f"Exactly one of [{', '.join(shape.members)}] is needed")
    for name, item in value.items():
        if name in shape.members:
            yield from refusals(shape.members[name], item, _join(path, name))
        else:
            known = ", ".join(sorted(shape.members))
            yield f"Unknown parameter {_join(path, name)}: must be one of: {known}"


def _limits(shape: Shape, value: Any, path: str) -> Iterator[str]:
    facts = shape.metadata
    if isinstance(value, str):
        yield from _text(shape, value, path)
    if isinstance(value, bool) or not ("min" in facts or "max" in facts):
        return
    number = isinstance(value, int | float)
    size = value if number else len(value)
    what = "value" if number else "length"
    if "min" in facts and size < facts["min"]:
        constraint = f"Member must have {what} greater than or equal to {facts['min']}"
        yield _said(value, path, constraint)
    if "max" in facts and size > facts["max"]:
        yield _said(value, path, f"Member must have {what} less than or equal to {facts['max']}")


def _text(shape: Shape, value: str, path: str) -> Iterator[str]:
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield _said(value, path, f"Member must satisfy enum value set: [{', '.join(allowed)}]")
    pattern = shape.metadata.get("pattern")
    if pattern and shape.type_name == "string":
        compiled = _compiled(pattern)
        if compiled and not compiled.fullmatch(value):
            yield _said(value, path, f"Member must satisfy regular expression pattern: {pattern}")


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """The model's (Java's) pattern in Python's words; None where it has no such words."""
    python = (
        pattern.replace(r"\p{L}", r"\w")
        .replace(r"\p{N}", r"\d")
        .replace(r"\p{Z}", " \u00a0\u2000-\u200a\u3000")
        .replace(r"\p{Print}", r"[\x20-\x7e]")
        .replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")
        .replace(r"[\w-_]", r"[\w\-_]")
    )
    try:
        return re.compile(python)
    except re.error:
        return None


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _said(value: Any, path: str, constraint: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {constraint}"
