"""Property values as the engine sends them, in plain Python."""

import json
from collections.abc import Mapping
from typing import Any

from google.protobuf import struct_pb2

Properties = dict[str, Any]

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine sends for a value that nobody knows before the update."""

# The engine marks an unknown by the kind of its element; a program's unknowns are all the first.
# Source: pulumi sdk/go/common/resource/plugin/rpc.go.
_UNKNOWNS = frozenset(
    {
        UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)


def from_struct(struct: struct_pb2.Struct) -> Properties:
    """The struct as a dictionary; whole numbers as int, nulls left out."""
    return {
        key: _from_value(value)
        for key, value in struct.fields.items()
        if value.WhichOneof("kind") not in (None, "null_value")
    }


def _from_value(value: struct_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "string_value":
            return UNKNOWN if value.string_value in _UNKNOWNS else value.string_value
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_from_value(item) for item in value.list_value.values]
        case "struct_value":
            return from_struct(value.struct_value)
    return None


def to_struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """The dictionary as a struct; None is left out."""
    return struct_pb2.Struct(
        fields={key: _to_value(value) for key, value in properties.items() if value is not None}
    )


def _to_value(value: Any) -> struct_pb2.Value:
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, int | float):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, Mapping):
        return struct_pb2.Value(struct_value=to_struct(value))
    if isinstance(value, list | tuple | set | frozenset):
        values = [_to_value(item) for item in value]
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=values))
    return struct_pb2.Value(string_value=str(value))


def is_known(value: Any) -> bool:
    """Whether no part of *value* is unknown."""
    if isinstance(value, Mapping):
        return all(is_known(item) for item in value.values())
    if isinstance(value, list):
        return all(is_known(item) for item in value)
    return bool(value != UNKNOWN)


def document(text: Any) -> Any:
    """The JSON object or array that *text* holds, or None where it holds none."""
    if not isinstance(text, str) or not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None
