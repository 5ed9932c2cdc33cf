"""The program's own resources, made in an emulator without an engine.

The program registers with a monitor that hands each resource to the sandbox's provider, so that
load balancer, target groups, web ACL and service have exactly the properties that `infra` gives
them. Dynamic resources (a migration's run, the rollout) are taken as done.
"""

import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime.proto import resource_pb2

from infra.settings import Settings
from infra.stack import build
from sandbox.provider.invokes import INVOKES
from sandbox.provider.provider import AwsProvider
from sandbox.provider.table import TYPES
from tests.support.monitor import Monitor, plain
from tests.support.program import Program, register


def built(settings: Settings, now: datetime | None = None) -> Program:
    """Everything of a stage, made at AWS_ENDPOINT_URL with the credentials of the environment."""
    provider = AwsProvider(TYPES, INVOKES)
    provider.configure({"region": settings.region})
    return register(lambda: build(settings, now), stage=settings.stage, monitor=_Creating(provider))


class _Creating(Monitor):
    def __init__(self, provider: AwsProvider) -> None:
        super().__init__(preview=False)
        self._provider = provider
        # The SDK registers from many threads; the order of creation stays the program's.
        self._one = threading.Lock()

    def Invoke(  # noqa: N802, the name in the protocol
        self, request: resource_pb2.ResourceInvokeRequest
    ) -> resource_pb2.ResourceInvokeResponse:
        response = resource_pb2.ResourceInvokeResponse()
        answer = self._provider.invoke(request.tok, whole(plain(request.args)))
        getattr(response, "return").update(answer)
        return response

    def create(
        self, urn: str, type_: str, name: str, inputs: Mapping[str, Any]
    ) -> tuple[str, Mapping[str, Any]]:
        if type_ not in TYPES:
            return super().create(urn, type_, name, inputs)
        with self._one:
            wanted, failures = self._provider.check(urn, {}, whole(inputs), urn.encode())
            assert not failures, f"{name}: {failures}"
            id_, outputs = self._provider.create(urn, wanted, False)
        struct_pb2.Struct().update(outputs)  # what the wire cannot carry is told here
        return id_, outputs


def whole(value: Any) -> Any:
    """`value` with whole numbers, which the engine makes of Pulumi's floats."""
    if isinstance(value, list):
        return [whole(item) for item in value]
    if isinstance(value, Mapping):
        return {name: whole(item) for name, item in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value
