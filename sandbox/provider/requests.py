"""Requests to AWS made from Pulumi's properties, led by the shapes of AWS's API models."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from sandbox.provider import model
from sandbox.provider.comparison import spelling
from sandbox.provider.values import UNKNOWN


@dataclass(frozen=True)
class Request:
    """One call to AWS that has not been made yet."""

    service: str
    """botocore's name of the service: `ec2`, `application-autoscaling`, …"""
    operation: str
    """the API's name of the operation: `CreateVpc`"""
    parameters: dict[str, Any]

    def refusals(self) -> Iterator[str]:
        """What AWS's model refuses in it."""
        shape = model.input_shape(self.service, self.operation)
        yield from model.refusals(shape, self.parameters)


def request(
    service: str, operation: str, properties: Mapping[str, Any], /, **given: Any
) -> Request:
    """The request that carries every one of *properties* whose name the operation knows.

    Names meet by `comparison.spelling`; nested values follow the model's shapes. *given* are
    parameters in AWS's own names and take precedence; None leaves a parameter out.
    """
    shape = model.input_shape(service, operation)
    parameters = _members(shape, {**properties, "tags": None}, strict=False)
    return Request(service, operation, _present({**parameters, **given}))


def translated(service: str, shape_name: str, value: Any) -> Any:
    """*value* in the names and types of one named shape of the service's model."""
    return _translate(model.service_model(service).shape_for(shape_name), value)


def _present(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value is not None}


def _members(shape: StructureShape, value: Mapping[str, Any], *, strict: bool) -> dict[str, Any]:
    names = {spelling(member): member for member in shape.members}
    result = {}
    for key, item in value.items():
        member = key if key in shape.members else names.get(spelling(key))
        if item is None or (item == "" and member and _is_number(shape.members[member])):
            continue  # an empty number is none, in Pulumi's texts for numbers
        if member is None and not strict:
            continue
        # An unknown name is kept, so that the model refuses it by name.
        result[member or key] = _translate(shape.members[member], item) if member else item
    return result


def _is_number(shape: Shape) -> bool:
    return shape.type_name in ("integer", "long", "float", "double")


def _translate(shape: Shape, value: Any) -> Any:
    if value == UNKNOWN:
        return value
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        return _members(shape, value, strict=True)
    if isinstance(shape, ListShape) and isinstance(value, list | tuple):
        return [_translate(shape.member, item) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, Mapping):
        return {key: _translate(shape.value, item) for key, item in value.items()}
    return _scalar(shape.type_name, value)


def _scalar(kind: str, value: Any) -> Any:
    if kind == "string" and isinstance(value, int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if kind in ("integer", "long") and isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    if kind in ("float", "double") and isinstance(value, str):
        return _number(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    if kind == "blob" and isinstance(value, str):
        return value.encode()
    return value


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text  # kept, so that the model refuses it
