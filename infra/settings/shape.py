"""What each setting is: its key, what it allows, its unit and default, read from the models."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, MaxLen, MinLen
from pydantic import BaseModel, Tag
from pydantic.fields import FieldInfo

from infra.settings.problems import Place
from infra.settings.section import Says, Unit

# pydantic's mark for a problem with a key and not with its value.
KEY_ITSELF = "[key]"


@dataclass(frozen=True)
class Setting:
    """One setting: its annotation with the marks on it."""

    key: str
    annotation: Any
    marks: tuple[Any, ...]
    field: FieldInfo | None = None

    @property
    def model(self) -> type[BaseModel] | None:
        """The section that this setting holds, itself or in a list; None for a plain value."""
        return next(iter(self.models), None)

    @property
    def models(self) -> tuple[type[BaseModel], ...]:
        """Every section that this setting may hold."""
        return tuple(_models(self.annotation))

    @property
    def is_list(self) -> bool:
        """Whether sections stand here in a list."""
        return any(get_origin(choice) is tuple for choice, _ in _choices(self.annotation))

    @property
    def unit(self) -> str:
        """The unit of the number, empty without one."""
        marks = [*self.marks, *(mark for _, more in _choices(self.annotation) for mark in more)]
        return next((mark.name for mark in marks if isinstance(mark, Unit)), "")

    @property
    def allowed(self) -> str:
        """What may be written here, in words."""
        return _allowed(self.annotation, self.marks)

    @property
    def default(self) -> str | None:
        """The default as YAML's flow style has it; None where the setting must be given."""
        if self.field is None or self.field.is_required():
            return None
        return json.dumps(self.field.get_default(call_default_factory=True), default=_data)


def settings_of(model: type[BaseModel]) -> Iterator[Setting]:
    """The settings of a section, in order."""
    for name, field in model.model_fields.items():
        annotation, marks = _unwrapped(field.annotation, tuple(field.metadata))
        yield Setting(field.alias or name, annotation, marks, field)


def setting_at(root: type[BaseModel], loc: Place) -> tuple[Place, Setting]:
    """The path without pydantic's own marks, and the setting there (or the nearest above it)."""
    if loc[-1] == KEY_ITSELF:
        above, mapping = setting_at(root, loc[:-2])
        return (*above, loc[-2], KEY_ITSELF), _below(mapping, KEY_ITSELF)
    setting = Setting("", root, ())
    place: list[str | int] = []
    tags = False
    for step in loc:
        if tags and not isinstance(step, int):
            setting, tags = _tagged(setting, str(step)), False
            continue
        place.append(step)
        setting = _below(setting, step)
        tags = any(
            isinstance(mark, Tag) for _, marks in _choices(setting.annotation) for mark in marks
        )
    return tuple(place), setting


def _below(setting: Setting, step: str | int) -> Setting:
    for annotation, _ in _choices(setting.annotation):
        if isinstance(step, int) and get_origin(annotation) is tuple:
            return Setting(setting.key, *_unwrapped(get_args(annotation)[0], ()))
        if _is_mapping(annotation):
            kind = get_args(annotation)[0 if step == KEY_ITSELF else 1]
            return Setting(str(step), *_unwrapped(kind, ()))
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            for found in settings_of(annotation):
                if found.key == step:
                    return found
    return setting


def _tagged(setting: Setting, tag: str) -> Setting:
    for annotation, marks in _choices(setting.annotation):
        if any(isinstance(mark, Tag) and mark.tag == tag for mark in marks):
            return Setting(setting.key, annotation, marks, setting.field)
    return setting


def _unwrapped(annotation: Any, marks: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    while get_origin(annotation) is Annotated:
        annotation, *more = get_args(annotation)
        for mark in more:
            marks = (*marks, *(mark.metadata if isinstance(mark, FieldInfo) else (mark,)))
    return annotation, marks


def _choices(annotation: Any) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """The members of a union, nested unions opened; the annotation itself when it is none."""
    annotation, marks = _unwrapped(annotation, ())
    if get_origin(annotation) in (Union, UnionType):
        for choice in get_args(annotation):
            yield from _choices(choice)
    else:
        yield annotation, marks


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    for choice, _ in _choices(annotation):
        if get_origin(choice) is tuple:
            yield from _models(get_args(choice)[0])
        elif isinstance(choice, type) and issubclass(choice, BaseModel):
            yield choice


def _is_mapping(annotation: Any) -> bool:
    origin = get_origin(annotation)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _allowed(annotation: Any, marks: tuple[Any, ...]) -> str:
    said = _said(marks)
    parts = [
        said or _plain(choice, (*marks, *more)) if choice is not NoneType else "null"
        for choice, more in _choices(annotation)
    ]
    return " or ".join(dict.fromkeys(parts))


def _plain(annotation: Any, marks: tuple[Any, ...]) -> str:
    if said := _said(marks):
        return said
    if get_origin(annotation) is Literal:
        return ", ".join(str(value) for value in get_args(annotation))
    if get_origin(annotation) is tuple:
        entry = _allowed(*_unwrapped(get_args(annotation)[0], ()))
        return f"a list{_length(marks)}; each entry {entry}"
    if _is_mapping(annotation):
        key, value = (_allowed(*_unwrapped(part, ())) for part in get_args(annotation))
        return f"a mapping; each key {key}; each value {value}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "a mapping with " + ", ".join(setting.key for setting in settings_of(annotation))
    words = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}
    return words.get(annotation, str(annotation)) + _range(marks)


def _said(marks: tuple[Any, ...]) -> str | None:
    # The outermost mark comes last.
    return next((mark.text for mark in reversed(marks) if isinstance(mark, Says)), None)


def _range(marks: tuple[Any, ...]) -> str:
    low = next((mark.ge for mark in marks if isinstance(mark, Ge)), None)
    above = next((mark.gt for mark in marks if isinstance(mark, Gt)), None)
    high = next((mark.le for mark in marks if isinstance(mark, Le)), None)
    if above is not None:
        return f" above {above}"
    return f" from {low} to {high}" if low is not None and high is not None else ""


def _length(marks: tuple[Any, ...]) -> str:
    least = next((mark.min_length for mark in marks if isinstance(mark, MinLen)), None)
    most = next((mark.max_length for mark in marks if isinstance(mark, MaxLen)), None)
    if least is None:
        return ""
    return f" of {least} or more" if most is None else f" of {least} to {most}"


def _data(value: Any) -> Any:
    return value.model_dump(mode="json", by_alias=True)
