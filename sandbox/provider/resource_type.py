"""One resource type of the table: what AWS calls make it, what replaces it, what is refused."""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.comparison import same
from sandbox.provider.requests import Request
from sandbox.provider.values import Properties, is_known

GENERATED_DIGITS = 7
"""Pulumi's generated names end with a hyphen and this many hexadecimal digits."""


@dataclass(frozen=True)
class Rule:
    """What AWS refuses and its API model does not say."""

    properties: tuple[str, ...]
    """judged only when all of these are known; a failure is shown at the first"""
    what: str
    """the rule in a few words, for the table in the documentation"""
    source: str
    """where AWS (or a report of its answer) says so"""
    judge: Callable[[Properties], str | None]
    """AWS's words against the inputs, or None"""

    def failure(self, inputs: Properties) -> str | None:
        """AWS's words against these inputs; None when they are fine or not known yet."""
        if not all(is_known(inputs.get(name)) for name in self.properties):
            return None
        return self.judge(inputs)


def rule(
    *properties: str, what: str, source: str
) -> Callable[[Callable[[Properties], str | None]], Rule]:
    """Turns a function over the inputs into a Rule."""
    return lambda judge: Rule(properties, what, source, judge)


@dataclass(frozen=True)
class Name:
    """A name that Pulumi generates where the program gives none."""

    limit: int
    """AWS's longest name, in characters"""
    property: str = "name"

    def generate(self, logical: str, seed: bytes) -> str:
        """`<logical>-<7 hex>`, the same for the same seed.

        Raises ValueError, in the words of AWS's provider, when it passes AWS's limit.
        """
        if len(logical) + 1 + GENERATED_DIGITS > self.limit:
            raise ValueError(
                f"name '{logical}-' plus {GENERATED_DIGITS} random chars is longer than maximum "
                f"length {self.limit}"
            )
        digits = hashlib.sha256(seed or os.urandom(16)).hexdigest()[:GENERATED_DIGITS]
        return f"{logical}-{digits}"

    def is_generated(self, logical: str, name: Any) -> bool:
        """Whether *name* is one that `generate` makes for this logical name."""
        pattern = f"{re.escape(logical)}-[0-9a-f]{{{GENERATED_DIGITS}}}"
        return isinstance(name, str) and re.fullmatch(pattern, name) is not None


def _nothing(_inputs: Properties) -> Iterator[Request]:
    return iter(())


def nothing_in_place(_aws: Aws, _id: str, _old: Properties, _new: Properties) -> None:
    """For types of which only the tags, and what steers this provider, change in place."""


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """A table entry. Property names are Pulumi's; the functions speak AWS's API."""

    token: str
    create: Callable[[Aws, Properties], str]
    """makes it (or adopts what a crashed create left) and gives the id"""
    read: Callable[[Aws, str, Properties], Properties | None]
    """all that AWS knows of it under Pulumi's names, or None when it is gone"""
    delete: Callable[[Aws, str, Properties], None]
    update: Callable[[Aws, str, Properties, Properties], None] | None = None
    """changes it in place from the old inputs to the new; None where everything replaces"""
    left: Callable[[Aws, Properties], Iterator[str]] | None = None
    """ids of what a killed create may have made, where `create` cannot know it again by a name"""
    tags_follow: bool = False
    """tags come by a second call: what a killed create left may have none"""
    requests: Callable[[Properties], Iterator[Request]] = _nothing
    """what a create sends, judged against AWS's model at preview already"""
    properties: frozenset[str]
    """inputs that are carried out; any other is refused as not covered"""
    required: frozenset[str] = frozenset()
    replaces: frozenset[str] = frozenset()
    alternatives: frozenset[str] = frozenset()
    """inputs of which one is given: another in its place replaces"""
    computed: frozenset[str] = frozenset()
    """outputs beyond the inputs, unknown until created"""
    volatile: frozenset[str] = frozenset()
    """computed outputs that an update in place changes"""
    name: Name | None = None
    unique: tuple[str, ...] = ()
    """AWS has one resource for these values: a replacement that keeps them deletes first"""
    sets: frozenset[str] = frozenset()
    """lists whose order AWS does not keep"""
    unread: frozenset[str] = frozenset()
    """inputs that AWS's API does not give back, or that only steer this provider"""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """what an absent input means, where leaving it out and writing it are the same"""
    regional: bool = True
    retag: Callable[[Aws, str, Mapping[str, str], Mapping[str, str]], None] | None = None
    """changes the tags of the resource with this id; a type with it is taggable"""
    rules: tuple[Rule, ...] = ()
    refuses_change: Callable[[Properties, Properties], str | None] | None = None
    """AWS's words against the change from the old inputs to the new, or None"""
    asks_aws: tuple[str, ...] = ()
    """refusals that need AWS's answer and so come at the update, for the documentation"""
    open: tuple[str, ...] = ()
    """what AWS refuses and this entry does not, for the documentation"""

    def same(self, name: str, old: Properties, new: Properties) -> bool:
        """Whether the two sets of inputs mean the same by their *name*."""
        default = self.defaults.get(name)
        before, after = old.get(name, default), new.get(name, default)
        return same(before, after, unordered=name in self.sets)

    @property
    def taggable(self) -> bool:
        """Whether AWS keeps tags on it."""
        return self.retag is not None

    @property
    def inputs(self) -> frozenset[str]:
        """Every input accepted, with those that all types have."""
        common = {"region"} if self.regional else set()
        return self.properties | common | ({"tags"} if self.taggable else set())

    @property
    def outputs(self) -> frozenset[str]:
        """Every property that a created resource may carry."""
        return self.inputs | self.computed | ({"tagsAll"} if self.taggable else set())
