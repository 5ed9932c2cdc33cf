"""The sandbox's provider, driven without an engine: a world with one resource of every type."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws
from pulumi.runtime import rpc

from sandbox.provider.invokes import INVOKES
from sandbox.provider.provider import AwsProvider
from sandbox.provider.table import TYPES
from tests.support.provider_cases import REGION, TAGS, Case, Ref, resolved

Properties = dict[str, Any]


def urn(token: str, name: str) -> str:
    """A URN as the engine makes it."""
    return f"urn:pulumi:test::evenkeel::evenkeel:infra:Parent${token}::{name}"


def sdk_class(token: str) -> type[pulumi.CustomResource]:
    """The class of pulumi_aws with this type token."""
    _, path, name = token.split(":")
    found: type[pulumi.CustomResource] = getattr(getattr(pulumi_aws, path.split("/")[0]), name)
    return found


def fits_class(token: str, outputs: Mapping[str, Any]) -> None:
    """Fails where the SDK could not read *outputs* into the types of the class's properties."""
    kind = sdk_class(token)
    types = pulumi._types.resource_types(kind)
    names = {camel: snake for snake, camel in _wire_names(kind).items()}
    for name, value in outputs.items():
        typ = types.get(names[name])
        # Raises AssertionError where, say, a list comes for what the class has as one block.
        rpc.translate_output_properties(value, lambda key: key, typ)


def _wire_names(kind: type) -> dict[str, str]:
    return {
        name: getattr(prop.fget, "_pulumi_name", name)
        for name, prop in vars(kind).items()
        if isinstance(prop, property)
    }


def wire_names(kind: type) -> set[str]:
    """The names under which the engine knows the class's properties."""
    return set(_wire_names(kind).values())


class World:
    """Resources that the provider has made, by the name of their case."""

    def __init__(self, default_tags: Mapping[str, str] = TAGS) -> None:
        self.provider = AwsProvider(TYPES, INVOKES)
        self.provider.configure({"region": REGION, "defaultTags": {"tags": dict(default_tags)}})
        self.ids: dict[str, str] = {}
        self.inputs: dict[str, Properties] = {}
        self.outputs: dict[str, Properties] = {}

    def look(self, ref: Ref) -> Any:
        """The value that a reference stands for."""
        return self.ids[ref.case] if ref.property == "id" else self.outputs[ref.case][ref.property]

    def checked(self, case: Case, changes: Mapping[str, Any] | None = None) -> Properties:
        """The case's inputs after `check`, which must find nothing wrong."""
        wanted = {**case.inputs, **(changes or {})}
        old = self.inputs.get(case.name, {})
        where = urn(case.token, case.name)
        inputs, failures = self.provider.check(where, old, resolved(wanted, self.look), b"seed")
        assert [failure.reason for failure in failures] == []
        return inputs

    def create(self, case: Case) -> str:
        """Creates it, or does so again; the id."""
        inputs = self.checked(case)
        where = urn(case.token, case.name)
        self.ids[case.name], self.outputs[case.name] = self.provider.create(where, inputs, False)
        self.inputs[case.name] = inputs
        return self.ids[case.name]

    def read(self, case: Case) -> tuple[Properties, Properties] | None:
        """Outputs and inputs as they stand in AWS."""
        where = urn(case.token, case.name)
        return self.provider.read(where, self.ids[case.name], self.inputs[case.name])

    def update(self, case: Case, new: Properties) -> None:
        """Changes it in place to the inputs *new*."""
        where, name = urn(case.token, case.name), case.name
        old, outputs = self.inputs[name], self.outputs[name]
        updated = self.provider.update(where, self.ids[name], old, outputs, new, False)
        self.inputs[name], self.outputs[name] = new, updated

    def delete(self, case: Case) -> None:
        """Deletes it."""
        where = urn(case.token, case.name)
        self.provider.delete(where, self.ids[case.name], self.outputs[case.name])
