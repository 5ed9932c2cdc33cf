"""EC2's own form of AWS's query protocol: its own names of members, lists without `member`."""

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from botocore.model import ListShape, OperationModel, Shape, StructureShape

from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Answer, QueryProtocol, Record, scalar, tree, xml


class Ec2Protocol(QueryProtocol):
    """EC2's own form of the query protocol."""

    def request(self, headers: Mapping[str, str], body: bytes) -> tuple[str, Record]:  # noqa: ARG002
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
        name = fields.pop("Action", "")
        if name not in self._service.operation_names:
            return name, {}
        shape = self._service.operation_model(name).input_shape
        return name, _from_tree(shape, tree(fields)) if shape else {}

    def answer(self, operation: OperationModel, result: Record) -> Answer:
        shape = operation.output_shape
        inner = "".join(_xml(shape, result)) if shape else "<return>true</return>"
        name, namespace = operation.name, self._namespace
        body = f'<{name}Response xmlns="{namespace}"><requestId>{uuid.uuid4()}</requestId>'
        body += f"{inner}</{name}Response>"
        return 200, {"Content-Type": "text/xml"}, body.encode()

    def refusal(self, refusal: Refusal) -> Answer:
        body = (
            f"<Response><Errors><Error><Code>{refusal.code}</Code>"
            f"<Message>{escape(refusal.message)}</Message></Error></Errors>"
            f"<RequestID>{uuid.uuid4()}</RequestID></Response>"
        )
        return refusal.status, {"Content-Type": "text/xml"}, body.encode()


def _from_tree(shape: Shape, tree: Any) -> Any:
    """As `wire.from_tree`, for EC2's names: members by their query name, lists without `member`."""
    if shape.type_name == "structure" and isinstance(shape, StructureShape):
        found = {}
        for name, member in shape.members.items():
            location = member.serialization.get("name", name)
            key = member.serialization.get("queryName", location[:1].upper() + location[1:])
            if isinstance(tree, dict) and key in tree:
                found[name] = _from_tree(member, tree[key])
        return found
    if shape.type_name == "list" and isinstance(shape, ListShape):
        items = tree if isinstance(tree, dict) else {}
        return [_from_tree(shape.member, items[key]) for key in sorted(items, key=int)]
    return scalar(shape, tree)


def _xml(shape: Shape, value: Any) -> list[str]:
    """As `wire.xml`, for EC2's names."""
    if shape.type_name == "structure" and isinstance(shape, StructureShape):
        parts = []
        for name, member in shape.members.items():
            if value.get(name) is not None:
                tag = member.serialization.get("name", name)
                parts += [f"<{tag}>", *_xml(member, value[name]), f"</{tag}>"]
        return parts
    if shape.type_name == "list" and isinstance(shape, ListShape):
        return [p for item in value for p in ("<item>", *_xml(shape.member, item), "</item>")]
    return xml(shape, value)
