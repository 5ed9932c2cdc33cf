"""What the engine asks of a provider, in plain values."""

from dataclasses import dataclass, field
from typing import Protocol

from sandbox.provider.values import Properties


@dataclass(frozen=True)
class Failure:
    """One input that AWS would refuse."""

    property: str
    reason: str


@dataclass(frozen=True)
class Difference:
    """What an update would change: property → whether it is added, deleted or updated."""

    kinds: dict[str, str] = field(default_factory=dict)
    replaces: list[str] = field(default_factory=list)
    delete_before_replace: bool = False


def type_of(urn: str) -> str:
    """The resource's own type token, without its parents'."""
    return urn.split("::")[2].split("$")[-1]


def name_of(urn: str) -> str:
    """The logical name."""
    return urn.split("::", 3)[3]


class Provider(Protocol):
    """What a provider does, in plain values."""

    def configure(self, config: Properties) -> None: ...
    def check(
        self, urn: str, old: Properties, new: Properties, seed: bytes
    ) -> tuple[Properties, list[Failure]]: ...
    def diff(self, urn: str, old: Properties, new: Properties) -> Difference: ...
    def create(self, urn: str, inputs: Properties, preview: bool) -> tuple[str, Properties]: ...
    def read(
        self, urn: str, resource_id: str, inputs: Properties
    ) -> tuple[Properties, Properties] | None: ...
    def update(
        self, urn: str, resource_id: str, old: Properties, outputs: Properties, new: Properties,
        preview: bool,
    ) -> Properties: ...  # fmt: skip
    def delete(self, urn: str, resource_id: str, outputs: Properties) -> None: ...
    def invoke(self, token: str, arguments: Properties) -> Properties: ...
    def cancel(self) -> None: ...
