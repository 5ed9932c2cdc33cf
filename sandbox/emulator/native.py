"""Services of our own inside ministack: registration, dispatch, and the state they keep."""

import types
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

import ministack.app
from botocore.model import ServiceModel
from ministack.core import router
from ministack.core.responses import AccountRegionScopedDict

from sandbox.emulator import constraints, wire
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Answer, Record
from sandbox.emulator.wire_ec2 import Ec2Protocol

Operation: TypeAlias = Callable[[Record], Record | None]
Check: TypeAlias = Callable[[Record], None]
Handler: TypeAlias = Callable[..., Awaitable[Answer]]


class NativeService:
    """One AWS service as a table of operations over stores that are apart by account and region.

    `name` is botocore's, `key` ministack's. `validation_code` is the error code with which the
    service refuses a call that breaks its model's constraints. `checks` run before an operation,
    ours or `fallback`'s: ministack's own service, which answers what is not in the table.
    `target_prefix` is the start of the X-Amz-Target header, needed only for a service that
    ministack cannot route by itself.
    """

    def __init__(
        self,
        name: str,
        key: str,
        operations: Mapping[str, Operation],
        stores: Mapping[str, AccountRegionScopedDict],
        *,
        validation_code: str = "ValidationException",
        checks: Mapping[str, Check] | None = None,
        fallback: Handler | None = None,
        target_prefix: str | None = None,
    ) -> None:
        self.name = name
        self.key = key
        self.stores = stores
        self.target_prefix = target_prefix
        self._operations = operations
        self._validation_code = validation_code
        self._checks = checks or {}
        self._fallback = fallback

    async def handle_request(
        self, method: str, path: str, headers: dict[str, str], body: bytes, query: object
    ) -> Answer:
        """ministack's entry to a service."""
        service = wire.model(self.name)
        protocol = _protocol(service)
        try:
            name, request = protocol.request(headers, body)
            known = name in self._operations
            if not known and self._fallback is None:
                raise Refusal(
                    _unknown_code(service), f"the sandbox does not offer {self.name} {name}"
                )
            if name in service.operation_names:
                operation = service.operation_model(name)
                constraints.check(operation.input_shape, request, self._validation_code)
                self._checks.get(name, _nothing)(request)
                if known:
                    return protocol.answer(operation, self._operations[name](request) or {})
        except Refusal as refusal:
            return protocol.refusal(refusal)
        assert self._fallback is not None
        return await self._fallback(method, path, headers, body, query)

    def reset(self) -> None:
        """Forget everything, in every account and region."""
        for store in self.stores.values():
            store.clear()


def _protocol(service: ServiceModel) -> wire.JsonProtocol | wire.QueryProtocol:
    """The wire format of a service."""
    speaks = service.metadata["protocol"]
    if speaks == "ec2":
        return Ec2Protocol(service)
    if speaks == "query":
        return wire.QueryProtocol(service)
    return wire.JsonProtocol(service)


def _unknown_code(service: ServiceModel) -> str:
    """The error code for an operation that a service does not have."""
    return (
        "UnknownOperationException" if service.metadata["protocol"] == "json" else "InvalidAction"
    )


def _nothing(_: Record) -> None:
    """No check."""


def install(service: NativeService) -> None:
    """Make ministack route `service.key` to our service instead of its own."""
    app = ministack.app
    module = f"evenkeel_{service.key.replace('-', '_')}"
    app._loaded_modules[module] = types.SimpleNamespace(
        handle_request=service.handle_request, reset=service.reset
    )
    aliases = app.SERVICE_REGISTRY.get(service.key, {}).get("aliases", ())
    app.SERVICE_REGISTRY[service.key] = {"module": module, "aliases": aliases}
    app.SERVICE_HANDLERS[service.key] = service.handle_request
    if service.target_prefix:
        router.SERVICE_PATTERNS[service.key] = {"target_prefixes": [service.target_prefix]}
