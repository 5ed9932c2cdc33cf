"""From pydantic's errors to the words of a stage file."""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from infra.settings.problems import NOT_GIVEN, Place, Problem, RefusalError
from infra.settings.shape import KEY_ITSELF, Setting, setting_at, settings_of

MOST_SHOWN = 120
CONFIDED = (("service", "environment"), ("service", "secrets"))
NOT_SHOWN = "a value that is not shown here"
# How the Pulumi CLI hands on a YAML date or time that was not quoted.
REWRITTEN = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? ([+-]\d\d)(\d\d) \S+")


def problems_of(root: type[BaseModel], errors: Iterable[Mapping[str, Any]]) -> Iterator[Problem]:
    """The problems that *errors* (of a pydantic `ValidationError`) stand for."""
    for error in errors:
        if error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]:
            continue  # Long enough: pydantic does not count entries with problems of their own.
        place, setting = setting_at(root, error["loc"])
        cause = error.get("ctx", {}).get("error")
        if isinstance(cause, RefusalError):
            for finding in cause.findings:
                value = error["input"] if finding.value is NOT_GIVEN else finding.value
                path = path_of((*place, *finding.at))
                told = _told((*place, *finding.at), value)
                yield Problem(path, told, finding.allowed, finding.next_step)
        elif error["type"] == "extra_forbidden":
            yield _unknown_key(place, error["input"], setting)
        else:
            yield _wrong_value(place, error, setting)


def unquoted_dates(root: type[BaseModel], data: Mapping[str, Any]) -> Iterator[Problem]:
    """A problem for each date or time that was written without quotes."""
    for place, value in _leaves(data):
        setting = setting_at(root, place)[1]
        if fixed := _quotable(value, day=setting.annotation is date):
            yield Problem(
                path_of(place),
                f"{shown(value)}, a date or time without quotes",
                setting.allowed,
                f'put it in quotes: "{fixed}"',
            )


def path_of(place: Place) -> str:
    """The full path of a setting, such as `evenkeel:capacity.schedules[1].cron`."""
    head, *rest = place
    known = {"region": "aws:region", "stage": "stack name"}
    path = known.get(str(head), str(head) if ":" in str(head) else f"evenkeel:{head}")
    return path + "".join(
        f"[{key}]" if isinstance(key, int) else f".{key}" for key in rest if key != KEY_ITSELF
    )


def shown(value: Any) -> str:
    """*value* as a stage file has it, on one line."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json", by_alias=True)
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"


def _told(place: Place, value: Any) -> str:
    """*value* as shown, but for what containers are told: it may be a secret."""
    hidden = place[:2] in CONFIDED and not isinstance(value, bool)
    return NOT_SHOWN if hidden else shown(value)


def _leaves(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _leaves(below, (*place, str(key)))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _leaves(below, (*place, index))
    else:
        yield place, value


def _quotable(value: Any, *, day: bool) -> str | None:
    """The text that an unquoted date or time should have been; None for anything else."""
    if isinstance(value, date):
        zone = "" if not isinstance(value, datetime) or value.tzinfo else "Z"
        fixed = value.isoformat().replace("+00:00", "Z") + zone
    elif isinstance(value, str) and (form := REWRITTEN.fullmatch(value)):
        days, time, hours, minutes = form.groups()
        fixed = f"{days}T{time}" + (f"{hours}:{minutes}" if int(hours + minutes) else "Z")
    else:
        return None
    return fixed[: len("2026-12-01")] if day else fixed


def _unknown_key(place: Place, value: Any, parent: Setting) -> Problem:
    key, model = str(place[-1]), parent.model
    keys = [setting.key for setting in settings_of(model)] if model else []
    # The stack's name and region are keys of the whole that no section may be called.
    known = [name for name in keys if len(place) > 1 or name not in ("stage", "region")]
    step = model.refused_keys.get(key) if model and hasattr(model, "refused_keys") else None
    if step is None and key == "secure":
        step = "write it in plain; secrets belong in service.secrets, by ARN"
    if step is None:
        folded = {name.lower(): name for name in known}
        near = difflib.get_close_matches(key.replace("_", "").lower(), folded, n=1, cutoff=0.7)
        step = f"did you mean {folded[near[0]]}?" if near else "remove it"
    return Problem(
        path_of(place),
        # A section under a misspelt key may hold anything, a secret too.
        "an unknown key"
        if isinstance(value, dict | list)
        else f"an unknown key (value {shown(value)})",
        "the keys " + ", ".join(known),
        step,
    )


def _wrong_value(place: Place, error: Mapping[str, Any], setting: Setting) -> Problem:
    kind, value = error["type"], error["input"]
    if kind == "missing":
        return Problem(path_of(place), "not set", setting.allowed, f"add {place[-1]}")
    step = _next_step(kind, value, place)
    return Problem(path_of(place), _told(place, value), setting.allowed, step)


def _next_step(kind: str, value: Any, place: Place) -> str:
    key = place[-1]
    if key == KEY_ITSELF:
        return "rename it"
    if kind == "string_type" and isinstance(value, bool):
        return (
            "put it in quotes: YAML reads true and false, and some readers yes, no, on, off, y "
            "and n, as a boolean"
        )
    if kind == "string_type" and isinstance(value, int | float):
        return "put it in quotes" if place[:2] in CONFIDED else f'put it in quotes: "{value}"'
    if kind == "bool_type":
        return "write true or false, without quotes; yes, no, on, off, y and n are texts"
    if kind in ("int_type", "float_type") and isinstance(value, str):
        return "write it without quotes" if _is_plain(value) else f"correct {key}"
    if kind.startswith("greater_than"):
        return f"raise {key}"
    if kind.startswith("less_than"):
        return f"lower {key}"
    return f"correct {key}"


def _is_plain(value: str) -> bool:
    try:
        return isinstance(json.loads(value), bool | int | float)
    except ValueError:
        return False
