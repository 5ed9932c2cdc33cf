"""What every section of a stage file shares: strict, frozen, camelCase in the file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

T = TypeVar("T")

# YAML and JSON know lists only; a tuple keeps the settings frozen all the way down.
Several = Annotated[tuple[T, ...], Field(strict=False)]


@dataclass(frozen=True)
class Unit:
    """The unit of a number, for messages and for the table of settings."""

    name: str


@dataclass(frozen=True)
class Says:
    """What a setting allows, in words, where its type alone does not say it."""

    text: str


Seconds = Annotated[int, Unit("seconds")]
Percent = Annotated[int, Unit("percent")]
Tasks = Annotated[int, Unit("tasks")]
Connections = Annotated[int, Unit("connections")]
MiB = Annotated[int, Unit("MiB")]


class Section(BaseModel):
    """A mapping of the stage file; unknown keys and wrong types are refused."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_default=True,
    )

    # Keys that people are likely to write here and that have a better place: key -> next step.
    refused_keys: ClassVar[Mapping[str, str]] = {}
