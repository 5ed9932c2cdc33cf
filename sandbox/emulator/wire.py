"""AWS's wire formats, read from botocore's own service models.

A native service is written as functions from a request dict to an answer dict; this module turns
HTTP bodies into such requests and answers into bodies, for the two protocols that our services
speak: `json` (ECS, WAFv2, Application Auto Scaling) and `query` (ELBv2). Because the model names
every member, no declared property can be dropped on the way.
"""

import json
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeAlias
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from botocore.loaders import Loader
from botocore.model import ListShape, OperationModel, ServiceModel, Shape, StructureShape

from sandbox.emulator.refusals import Refusal

Record: TypeAlias = dict[str, Any]
Answer: TypeAlias = tuple[int, dict[str, str], bytes]


@cache
def model(service: str) -> ServiceModel:
    """botocore's model of a service, by botocore's name for it."""
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


class JsonProtocol:
    """AWS's json protocol, version 1.1."""

    def __init__(self, service: ServiceModel) -> None:
        self._service = service

    def request(self, headers: Mapping[str, str], body: bytes) -> tuple[str, Record]:
        name = headers.get("x-amz-target", "").rpartition(".")[2]
        try:
            return name, json.loads(body or b"{}")
        except json.JSONDecodeError as error:
            raise Refusal("SerializationException", str(error)) from error

    def answer(self, operation: OperationModel, result: Record) -> Answer:
        shape = operation.output_shape
        data = _plain(shape, result) if shape else {}
        return 200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(data).encode()

    def refusal(self, refusal: Refusal) -> Answer:
        body = json.dumps({"__type": refusal.code, "message": refusal.message}).encode()
        headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": refusal.code}
        return refusal.status, headers, body


class QueryProtocol:
    """AWS's query protocol: form fields in, XML out."""

    def __init__(self, service: ServiceModel) -> None:
        self._service = service
        self._namespace = service.metadata["xmlNamespace"]

    def request(self, headers: Mapping[str, str], body: bytes) -> tuple[str, Record]:  # noqa: ARG002
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
        name = fields.pop("Action", "")
        fields.pop("Version", None)
        if name not in self._service.operation_names:
            return name, {}
        shape = self._service.operation_model(name).input_shape
        return name, from_tree(shape, tree(fields)) if shape else {}

    def answer(self, operation: OperationModel, result: Record) -> Answer:
        name, shape = operation.name, operation.output_shape
        inner = "".join(xml(shape, result)) if shape else ""
        wrapper = shape.serialization.get("resultWrapper", f"{name}Result") if shape else ""
        body = (
            f'<{name}Response xmlns="{self._namespace}">'
            + (f"<{wrapper}>{inner}</{wrapper}>" if wrapper else "")
            + f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata>"
            + f"</{name}Response>"
        )
        return 200, {"Content-Type": "text/xml"}, body.encode()

    def refusal(self, refusal: Refusal) -> Answer:
        body = (
            f'<ErrorResponse xmlns="{self._namespace}"><Error><Type>Sender</Type>'
            f"<Code>{refusal.code}</Code><Message>{escape(refusal.message)}</Message></Error>"
            f"<RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
        )
        return refusal.status, {"Content-Type": "text/xml"}, body.encode()


def _plain(shape: Shape, value: Any) -> Any:
    """The members of `value` that the model knows, as JSON has them."""
    if shape.type_name == "structure" and isinstance(shape, StructureShape):
        return {
            name: _plain(member, value[name])
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if shape.type_name == "list" and isinstance(shape, ListShape):
        return [_plain(shape.member, item) for item in value]
    return value


def tree(fields: Mapping[str, str]) -> Record:
    """`{"A.member.1.B": "x"}` as nested dicts by the dots."""
    root: Record = {}
    for path, value in fields.items():
        *parents, leaf = path.split(".")
        node = root
        for parent in parents:
            node = node.setdefault(parent, {})
        node[leaf] = value
    return root


def from_tree(shape: Shape, tree: Any) -> Any:
    if shape.type_name == "structure" and isinstance(shape, StructureShape):
        if not isinstance(tree, dict):  # an empty structure is sent as `Name=`
            return {}
        return {n: from_tree(m, tree[n]) for n, m in shape.members.items() if n in tree}
    if shape.type_name == "list" and isinstance(shape, ListShape):
        items = tree.get("member", {}) if isinstance(tree, dict) else {}
        return [from_tree(shape.member, items[key]) for key in sorted(items, key=int)]
    return scalar(shape, tree)


def scalar(shape: Shape, text: str) -> Any:
    if shape.type_name in ("integer", "long"):
        if not re.fullmatch(r"-?\d+", text):
            raise Refusal("ValidationError", f"'{text}' is not a valid number for {shape.name}")
        return int(text)
    if shape.type_name == "boolean":
        return text.lower() == "true"
    return text


def xml(shape: Shape, value: Any) -> list[str]:
    """The inside of an element that holds `value`."""
    if shape.type_name == "structure" and isinstance(shape, StructureShape):
        parts = []
        for name, member in shape.members.items():
            if value.get(name) is not None:
                parts += [f"<{name}>", *xml(member, value[name]), f"</{name}>"]
        return parts
    if shape.type_name == "list" and isinstance(shape, ListShape):
        return [p for item in value for p in ("<member>", *xml(shape.member, item), "</member>")]
    if shape.type_name == "timestamp":
        return [datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"]
    if shape.type_name == "boolean":
        return ["true" if value else "false"]
    return [escape(str(value))]
