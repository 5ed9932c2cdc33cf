"""What a rule's statement says about the path of a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policies.waf.web_acl import OneOf, kind_of

AND, OR, NOT = "andStatement", "orStatement", "notStatement"
BYTE_MATCH = "byteMatchStatement"
PATH = "uriPath"
LOWERCASE = "LOWERCASE"
RAW: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PathMatch:
    """A text, and where in the path it has to stand (AWS: WAF API, ByteMatchStatement)."""

    text: str
    position: str
    transformations: frozenset[str] = RAW  # of the path, before it is compared

    def hits(self, path: str) -> bool:
        """Whether it is sure to match *path*, as the client sent it."""
        if self.transformations - {LOWERCASE}:
            return False
        seen = path.lower() if self.transformations else path
        return {
            "EXACTLY": seen == self.text,
            "STARTS_WITH": seen.startswith(self.text),
            "ENDS_WITH": seen.endswith(self.text),
            "CONTAINS": self.text in seen,
        }.get(self.position, False)

    def includes(self, other: "PathMatch") -> bool:
        """Whether it is sure to match every path that *other*, EXACTLY or STARTS_WITH, does."""
        if other.position == "STARTS_WITH" and self.position not in ("STARTS_WITH", "CONTAINS"):
            return False
        return self.hits(other.text)

    @property
    def shown(self) -> str:
        """For messages."""
        after = f" after {', '.join(sorted(self.transformations))}" if self.transformations else ""
        return f"{self.position} {self.text}{after}"


def sure_matches(statement: OneOf) -> frozenset[PathMatch]:
    """Matches of which each alone makes *statement* true, whatever else the request holds."""
    kind = kind_of(statement)
    if kind == BYTE_MATCH and (match := path_match(statement[kind])):
        return frozenset({match})
    if kind == OR:
        return frozenset().union(*map(sure_matches, parts(statement[kind])))
    if kind == AND:
        first, *others = map(sure_matches, parts(statement[kind]))
        return first.intersection(*others)
    return frozenset()


def path_match(byte_match: Mapping[str, Any]) -> PathMatch | None:
    """The match of the path; None where another part of the request is compared."""
    if inspects(byte_match) != PATH:
        return None
    return PathMatch(
        byte_match["searchString"],
        byte_match["positionalConstraint"],
        frozenset(transformations(byte_match)),
    )


def inspects(match: Mapping[str, Any]) -> str:
    """Which part of a request is compared; "" where none is named."""
    field = match.get("fieldToMatch")
    return kind_of(field) if field else ""


def transformations(match: Mapping[str, Any]) -> list[str]:
    """What is done to the part of the request before it is compared."""
    given = match.get("textTransformations") or ()
    return [each["type"] for each in given if each["type"] != "NONE"]


def parts(logical: Mapping[str, Any]) -> Sequence[OneOf]:
    """The statements in an AND, OR or NOT."""
    inner = logical.get("statements")
    return inner if inner is not None else [logical["statement"]]
