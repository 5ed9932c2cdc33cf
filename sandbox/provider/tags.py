"""Tags: AWS's three ways to write them, and what AWS refuses in them."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.resource_type import Rule, rule
from sandbox.provider.values import Properties

Retag = Callable[[Aws, str, Mapping[str, str], Mapping[str, str]], None]


def as_list(inputs: Properties, *, lower: bool = False) -> list[dict[str, str]] | None:
    """The tags of the inputs as AWS's list of keys and values; None where there are none."""
    key, value = ("key", "value") if lower else ("Key", "Value")
    tags = inputs.get("tags") or {}
    if not isinstance(tags, dict):
        return None
    return [{key: name, value: text} for name, text in sorted(tags.items())] or None


def as_map(inputs: Properties) -> dict[str, str] | None:
    """The tags of the inputs as a map; None where there are none."""
    tags = inputs.get("tags") or {}
    return dict(tags) or None if isinstance(tags, dict) else None


def from_list(tags: list[dict[str, Any]] | None) -> dict[str, str]:
    """AWS's list of keys and values as a map."""
    return {
        str(tag.get("Key", tag.get("key"))): str(tag.get("Value", tag.get("value", "")))
        for tag in tags or []
    }


def own_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Without those that AWS sets itself (`aws:…`)."""
    return {key: value for key, value in tags.items() if not key.startswith("aws:")}


def ours(existing: Mapping[str, str], inputs: Properties) -> bool:
    """Whether an existing resource bears this stack's tags, so that a repeated create adopts it."""
    wanted = inputs.get("tags") or {}
    return bool(wanted) and all(existing.get(key) == value for key, value in wanted.items())


def retag(
    service: str, add: str, remove: str, resource: str, *, keys: str = "TagKeys",
    tags: str = "Tags", style: str = "list", many: bool = False,
    of: Callable[[Aws, str], str] = lambda _aws, resource_id: resource_id,
) -> Retag:  # fmt: skip
    """How one service changes tags: its two operations and the names of their parameters.

    *style* is `list` (Key, Value), `lower` (key, value) or `map`; *many* services take a list of
    resources; *of* gives the ARN or name for an id.
    """

    def change(aws: Aws, resource_id: str, old: Mapping[str, str], new: Mapping[str, str]) -> None:
        name = of(aws, resource_id)
        target: dict[str, Any] = {resource: [name] if many else name}
        gone = sorted(old.keys() - new.keys())
        if gone:
            removed: Any = [{"Key": key} for key in gone] if keys == "Tags" else gone
            aws.call(service, remove, **target, **{keys: removed})
        fresh = {key: value for key, value in new.items() if old.get(key) != value}
        if fresh:
            inputs = {"tags": fresh}
            added = as_map(inputs) if style == "map" else as_list(inputs, lower=style == "lower")
            aws.call(service, add, **target, **{tags: added})

    return change


@rule(
    "tags",
    what="at most 50, keys 1-128 and values 0-256 characters, no key starting with aws:",
    source="AWS General Reference, tagging; BC:ecs/Tag",
)
def within_limits(inputs: Properties) -> str | None:
    """AWS's tag limits."""
    tags = inputs.get("tags") or {}
    if len(tags) > 50:
        return f"TooManyTagsException: {len(tags)} tags, at most 50 are allowed"
    for key, value in tags.items():
        if key.lower().startswith("aws:"):
            return f"InvalidParameterValue: Tag keys starting with 'aws:' are reserved: '{key}'"
        if not 1 <= len(key) <= 128 or len(str(value)) > 256:
            return (
                f"InvalidParameterValue: tag '{key}': a key has 1 to 128 characters, "
                "a value at most 256"
            )
    return None


TAGS: tuple[Rule, ...] = (within_limits,)
