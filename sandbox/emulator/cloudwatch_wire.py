"""Operations of our own inside ministack's CloudWatch, in each of the protocols it speaks."""

from collections.abc import Callable
from typing import Any, TypeAlias

from ministack.services import cloudwatch

from sandbox.emulator import constraints, wire
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Answer, Record

Operation: TypeAlias = Callable[[Record], Record]
Handler: TypeAlias = Callable[..., Answer]
_ENVELOPE = ("Action", "Version")  # fields of the query protocol that are no members


def handler(name: str, operation: Operation) -> Handler:
    """*operation*, from a checked request to an answer, as a handler of ministack's.

    Timestamps are seconds in its answer, and in its request what cloudwatch._parse_ts reads.
    """
    model = wire.model("cloudwatch").operation_model(name)

    def handle(params: Any, data: Record, is_cbor: bool, is_json: bool = False) -> Answer:
        try:
            request = data if is_cbor or is_json else _fields(model.input_shape, params)
            constraints.check(model.input_shape, request, "ValidationError")
            result = operation(request)
        except Refusal as refusal:
            return refused(refusal, is_cbor, is_json)
        if is_cbor or is_json:
            done: Answer = (
                cloudwatch._cbor_ok(_tagged(result)) if is_cbor else cloudwatch._json_ok(result)
            )
            return done
        return wire.QueryProtocol(wire.model("cloudwatch")).answer(model, result)

    return handle


def refused(refusal: Refusal, is_cbor: bool, is_json: bool) -> Answer:
    """A refusal in the caller's protocol."""
    answer: Answer = cloudwatch._error(
        refusal.code, refusal.message, refusal.status, use_json=is_json, use_cbor=is_cbor
    )
    return answer


def _fields(shape: Any, params: Any) -> Record:
    """A request of the old query protocol."""
    fields = {key: cloudwatch._p(params, key) for key in params if key not in _ENVELOPE}
    request: Record = wire.from_tree(shape, wire.tree(fields))
    return request


def _tagged(value: Any, name: str = "") -> Any:
    """*value* with its timestamps as CBOR has them."""
    if isinstance(value, dict):
        return {key: _tagged(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_tagged(item, name) for item in value]
    return cloudwatch._cbor_timestamp(value) if name in ("Timestamp", "Timestamps") else value
