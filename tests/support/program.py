"""Runs a program without an engine and keeps what it registered, as policies would read it.

A policy sees the same shapes as in a real preview or update: wire names, numbers as floats,
secrets opened, unknown values behind the SDK's own proxy. What a provider adds when it checks
inputs (defaults, generated names) is not here; that is the engine tests' part.
"""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pulumi
import pulumi.runtime
from google.protobuf import struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.config import set_all_config
from pulumi.runtime.settings import ROOT
from pulumi_policy import (
    PolicyCustomTimeouts,
    PolicyResource,
    PolicyResourceOptions,
    ResourceValidationArgs,
    StackValidationArgs,
)
from pulumi_policy.proxy import unknown_checking_proxy

from tests.support.monitor import STACK_TYPE, UNKNOWN, Monitor, Registered, plain

__all__ = ["PROJECT", "UNKNOWN", "Program", "Registered", "configure", "register"]

PROJECT = "evenkeel"


class Program(StackValidationArgs):
    """What a program registered: readable by stack policies as it is."""

    def __init__(self, registered: list[Registered], outputs: Mapping[str, Any]) -> None:
        self.registered = registered
        self.outputs = outputs
        super().__init__(_linked(registered))

    def of_type(self, token: str) -> list[Registered]:
        """Every resource of this type, in the order of registration."""
        return [resource for resource in self.registered if resource.type == token]

    def one(self, token: str, name: str | None = None) -> Registered:
        """The only resource of this type, or of this type and logical name."""
        found = [r for r in self.of_type(token) if name is None or r.name == name]
        assert len(found) == 1, f"{len(found)} of {token} {name or ''}: {[r.name for r in found]}"
        return found[0]

    def arguments(self) -> Iterator[ResourceValidationArgs]:
        """What the engine hands to resource policies, one resource at a time: the inputs."""
        stack = _stack_itself()
        yield ResourceValidationArgs(
            stack.resource_type, stack.props, stack.urn, stack.name, stack.opts, None
        )
        for resource in self.registered:
            props = unknown_checking_proxy(dict(resource.inputs))
            yield ResourceValidationArgs(
                resource.type, props, resource.urn, resource.name, resource.options(), None
            )


def register(
    program: Callable[[], object],
    *,
    preview: bool = False,
    stage: str = "staging",
    config: Mapping[str, Any] | None = None,
    monitor: Monitor | None = None,
) -> Program:
    """Run *program* as stack *stage* and return what it registered, with *monitor* if given.

    *config* holds the stage file's keys and values (see `configure`); none when left out. A
    mapping that the program returns is taken as its stack outputs. At preview, ids and what AWS
    computes are unknown; at update they have plausible values.
    """
    configure(stage, config or {})
    monitor = monitor or Monitor(preview=preview)
    outputs = struct_pb2.Struct()

    @pulumi.runtime.test  # type: ignore[untyped-decorator]  # the SDK gives it no types
    def run() -> pulumi.Output[Any]:
        result = program()

        async def keep_outputs() -> None:
            exported = result if isinstance(result, Mapping) else {}
            outputs.CopyFrom(await rpc.serialize_properties(dict(exported), {}))

        return pulumi.Output.from_input(keep_outputs())

    with _event_loop():
        ROOT.set(None)  # the root of an earlier call belongs to another stack and loop
        pulumi.runtime.set_mocks(
            monitor.mocks, project=PROJECT, stack=stage, preview=preview, monitor=monitor
        )
        run()
    return Program(list(monitor.registered.values()), plain(outputs))


def configure(stage: str, config: Mapping[str, Any]) -> None:
    """Make `pulumi.Config` answer as for stack *stage* with this stage file's `config:` section.

    Text stays as it is; everything else arrives as JSON, as the engine sends it.
    """
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            project=PROJECT, stack=stage, dry_run=True, organization="organization"
        )
    )
    set_all_config(
        {
            key: value if isinstance(value, str) else json.dumps(value)
            for key, value in config.items()
        },
        [],
    )


@contextmanager
def _event_loop() -> Iterator[None]:
    """A loop of this program's own, closed with its threads, so that no test inherits it."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
        asyncio.set_event_loop(None)


def _linked(registered: list[Registered]) -> list[PolicyResource]:
    resources = {
        r.urn: PolicyResource(
            r.type,
            unknown_checking_proxy(dict(r.outputs)),
            r.urn,
            r.name,
            r.options(),
            None,
            None,
            [],
            {},
        )
        for r in registered
    }
    for r in registered:
        resource = resources[r.urn]
        resource.parent = resources.get(r.parent)
        resource.dependencies.extend(resources[urn] for urn in r.depends_on)
        for name, urns in r.property_dependencies.items():
            resource.property_dependencies[name] = [resources[urn] for urn in urns]
    return [_stack_itself(), *resources.values()]


def _stack_itself() -> PolicyResource:
    """The stack as a resource, which the engine hands to policies before all others."""
    project, stack = pulumi.get_project(), pulumi.get_stack()
    name = f"{project}-{stack}"
    urn = f"urn:pulumi:{stack}::{project}::{STACK_TYPE}::{name}"
    no_options = PolicyResourceOptions(False, [], None, [], PolicyCustomTimeouts(0, 0, 0), [], None)
    return PolicyResource(STACK_TYPE, {}, urn, name, no_options, None, None, [], {})
