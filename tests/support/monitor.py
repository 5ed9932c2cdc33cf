"""The monitor that a recorded program registers with, and what it keeps of each resource."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pulumi
import pulumi.runtime
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.proto import resource_pb2
from pulumi_policy import PolicyCustomTimeouts, PolicyResourceOptions
from pulumi_policy.deserialize import deserialize_properties
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from tests.support.account import answer, computed

STACK_TYPE = "pulumi:pulumi:Stack"
UNKNOWN = UNKNOWN_STRING_VALUE
"""What stands in `Registered.inputs` and `.outputs` for a value that a preview cannot know."""


@dataclass(frozen=True, kw_only=True)
class Registered:
    """One resource as the program declared it, in wire names."""

    type: str
    name: str
    urn: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    parent: str  # a urn; "" for a resource straight under the stack
    depends_on: tuple[str, ...]  # urns, declared ones and those that follow from inputs
    property_dependencies: Mapping[str, tuple[str, ...]]
    ignore_changes: tuple[str, ...]
    custom: bool  # False for a component
    provider: str  # "<urn>::<id>", "" for the default provider
    protect: bool
    delete_before_replace: bool | None
    retain_on_delete: bool
    replace_on_changes: tuple[str, ...]
    former_types: tuple[str, ...]  # type tokens that the resource had, by its aliases
    after_update: tuple[str, ...]  # names of the hooks that run then

    def options(self) -> PolicyResourceOptions:
        """The options in the shape that a policy reads."""
        return PolicyResourceOptions(
            self.protect,
            list(self.ignore_changes),
            self.delete_before_replace,
            [],
            PolicyCustomTimeouts(0, 0, 0),
            [],
            self.parent or None,
        )


class _NoMocks(pulumi.runtime.Mocks):
    """The SDK wants mocks beside a monitor; the monitor below never asks them."""

    def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
        raise AssertionError(f"unexpected lookup: {args.token}")

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> Any:
        raise AssertionError(f"{args.name}: reading an existing {args.typ} is not recorded")


class Monitor(MockMonitor):
    """Answers registrations itself: mocks see neither dependencies nor options."""

    def __init__(self, *, preview: bool) -> None:
        super().__init__(_NoMocks())
        self.preview = preview
        self.registered: dict[str, Registered] = {}

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """As the engine does: the whole chain of parent types, without the stack's own."""
        chain = parent.split("::")[2] if parent else STACK_TYPE
        qualified = type_ if chain == STACK_TYPE else f"{chain}${type_}"
        return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{qualified}::{name}"

    def Invoke(  # noqa: N802, the name in the protocol
        self, request: resource_pb2.ResourceInvokeRequest
    ) -> resource_pb2.ResourceInvokeResponse:
        response = resource_pb2.ResourceInvokeResponse()
        region = pulumi.Config("aws").get("region") or "eu-west-1"
        getattr(response, "return").update(answer(request.tok, region))
        return response

    def RegisterResource(  # noqa: N802, the name in the protocol
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == STACK_TYPE:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        assert urn not in self.registered, f"two resources have the urn {urn}"
        state = struct_pb2.Struct()
        state.CopyFrom(request.object)
        id_ = ""
        if request.custom:
            id_, outputs = self.create(urn, request.type, request.name, plain(state))
            for key, value in outputs.items():
                state[key] = UNKNOWN if self.preview else value
        self.registered[urn] = _registered(urn, request, state)
        return resource_pb2.RegisterResourceResponse(
            urn=urn, id="" if self.preview else id_, object=state
        )

    def create(
        self,
        urn: str,  # noqa: ARG002, for a monitor that creates in earnest
        type_: str,
        name: str,
        inputs: Mapping[str, Any],
    ) -> tuple[str, Mapping[str, Any]]:
        """The id of a resource, and what AWS adds to its inputs."""
        return f"{name}-id", computed(type_, name, inputs)

    def RegisterResourceOutputs(  # noqa: N802, the name in the protocol
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> empty_pb2.Empty:
        if component := self.registered.get(request.urn):  # the stack itself is not kept
            self.registered[request.urn] = replace(component, outputs=plain(request.outputs))
        return empty_pb2.Empty()


def _registered(
    urn: str, request: resource_pb2.RegisterResourceRequest, state: struct_pb2.Struct
) -> Registered:
    parent = request.parent
    return Registered(
        type=request.type,
        name=request.name,
        urn=urn,
        inputs=plain(request.object),
        outputs=plain(state),
        parent="" if f"::{STACK_TYPE}::" in parent else parent,
        depends_on=tuple(request.dependencies),
        property_dependencies={
            name: tuple(found.urns) for name, found in request.propertyDependencies.items()
        },
        ignore_changes=tuple(request.ignoreChanges),
        custom=request.custom,
        provider=request.provider,
        protect=request.protect,
        delete_before_replace=(
            request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None
        ),
        retain_on_delete=request.retainOnDelete,
        replace_on_changes=tuple(request.replaceOnChanges),
        former_types=tuple(alias.spec.type for alias in request.aliases if alias.spec.type),
        after_update=tuple(request.hooks.after_update),
    )


def plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    """The SDK's own road from the wire to a policy; the engine keeps `__` keys to itself."""
    properties = deserialize_properties(json_format.MessageToDict(struct))
    return {key: value for key, value in properties.items() if not key.startswith("__")}
