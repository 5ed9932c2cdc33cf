"""AWS's answers in Pulumi's words: names in lower camel case, tags as a mapping."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Properties = dict[str, Any]
FIRST_WORD = re.compile(r"^(?:[A-Z]+(?=[A-Z][a-z]|$)|[A-Z])")  # Vpc|Id, SSE|Algorithm, ARN


@dataclass(frozen=True)
class Resource:
    """One resource of a state: what it is, and what was declared of it."""

    type: str
    name: str
    id: str
    inputs: Properties


@dataclass(frozen=True)
class Account:
    """boto3 clients of one account, each made once."""

    make: Callable[[str], Any]
    made: dict[str, Any]

    def __call__(self, service: str) -> Any:
        if service not in self.made:
            self.made[service] = self.make(service)
        return self.made[service]


Reader = Callable[[Account, Resource], Properties]


def told(answer: Any) -> Any:
    """The answer under Pulumi's names; a list of tags as a mapping."""
    if isinstance(answer, Mapping):
        named = {FIRST_WORD.sub(lambda m: m[0].lower(), k): told(v) for k, v in answer.items()}
        return {**named, **({"tags": tags(named["tags"])} if "tags" in named else {})}
    if isinstance(answer, list):
        return [told(each) for each in answer]
    return answer.decode() if isinstance(answer, bytes) else answer


def renamed(answer: Properties, **names: str) -> Properties:
    """The answer with more names: `renamed(answer, name="roleName")`; the old ones stay."""
    return {**answer, **{new: answer[old] for new, old in names.items() if old in answer}}


def tags(listed: Any) -> dict[str, str]:
    """`[{key, value}, …]`, in either case, as a mapping."""
    if isinstance(listed, Mapping):
        return dict(listed)
    plain = [{key.lower(): value for key, value in each.items()} for each in listed]
    return {each["key"]: each["value"] for each in plain}


def dimensions(listed: Any) -> dict[str, str]:
    """CloudWatch's `[{name, value}, …]` as a mapping."""
    return {each["name"]: each["value"] for each in listed}


def attributes(listed: Any) -> dict[str, Any]:
    """The load balancers' `[{Key, Value}, …]`, whose values are all texts, as what they mean."""
    words: dict[str, Any] = {"true": True, "false": False}
    plain = {each["Key"]: each["Value"] for each in listed}
    return {k: words.get(v, int(v) if v.isdigit() else v) for k, v in plain.items()}


def only(found: list[Any]) -> Any:
    """The one entry of an answer that must have exactly one."""
    assert len(found) == 1, f"AWS tells of {len(found)}, not of one: {found}"
    return found[0]
