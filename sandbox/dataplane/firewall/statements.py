"""Statements of a web ACL as Envoy's match predicates on the request path.

The path is what a filter before keeps in the filter state PATH: as the client sent it, without
the query. By then it is printable ASCII that begins with /; anything else has been refused.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.dataplane.firewall import regexes
from sandbox.dataplane.firewall.errors import UnsupportedRuleError, only, the_one
from sandbox.dataplane.resources import Resource, extension

PATH = "evenkeel.firewall.path"
INPUTS = "envoy.extensions.matching.common_inputs.network.v3"
Statement = Mapping[str, Any]
_POSITIONS = {"EXACTLY": "{}", "STARTS_WITH": "{}.*", "ENDS_WITH": ".*{}", "CONTAINS": ".*{}.*"}
_NEVER = "[^/]"  # every path begins with /


def predicate(statement: Statement) -> Resource:
    """*statement* as a predicate; raises UnsupportedRuleError."""
    name = the_one("a statement", statement)
    if name not in _KINDS:
        raise UnsupportedRuleError(
            f"the sandbox's firewall does not judge {name}; covered: {', '.join(_KINDS)}, "
            "and RateBasedStatement as a rule of its own"
        )
    return _KINDS[name](statement[name])


def any_of(predicates: Sequence[Resource]) -> Resource:
    """True when one of *predicates* is; Envoy wants two or more in a list."""
    return predicates[0] if len(predicates) == 1 else _several("or_matcher", predicates)


def all_of(predicates: Sequence[Resource]) -> Resource:
    """True when every one of *predicates* is."""
    return predicates[0] if len(predicates) == 1 else _several("and_matcher", predicates)


def negated(inner: Resource) -> Resource:
    """True when *inner* is not."""
    return {"not_matcher": inner}


def _several(kind: str, predicates: Sequence[Resource]) -> Resource:
    return {kind: {"predicate": list(predicates)}}


def _and(body: Statement) -> Resource:
    only("an AndStatement", body, "Statements")
    return all_of([predicate(each) for each in body["Statements"]])


def _or(body: Statement) -> Resource:
    only("an OrStatement", body, "Statements")
    inner = [predicate(each) for each in body["Statements"]]
    # One search for all texts: each match of its own costs Envoy a copy of the path.
    regexes_of = [_regex_of(each) for each in inner if "single_predicate" in each]
    found = [_path("|".join(regexes_of))] if regexes_of else []
    return any_of([*found, *(each for each in inner if "single_predicate" not in each)])


def _not(body: Statement) -> Resource:
    only("a NotStatement", body, "Statement")
    return negated(predicate(body["Statement"]))


def _byte_match(body: Statement) -> Resource:
    only(
        "a ByteMatchStatement", body,
        "SearchString", "FieldToMatch", "TextTransformations", "PositionalConstraint",
    )  # fmt: skip
    lowercase, position = _lowercases(body), body["PositionalConstraint"]
    if position not in _POSITIONS:
        raise UnsupportedRuleError(
            f"the sandbox's firewall does not judge the position {position}; "
            f"covered: {', '.join(_POSITIONS)}"
        )
    text = body["SearchString"].decode("latin-1")
    if not text:
        raise UnsupportedRuleError("a ByteMatchStatement has an empty SearchString")
    if not re.fullmatch("[!-~]+", text) or (lowercase and re.search("[A-Z]", text)):
        return _path(_NEVER)
    regex = _POSITIONS[position].format(re.escape(text))
    return _path(f"(?{'i' if lowercase else ''}s:{regex})")


def _regex_match(body: Statement) -> Resource:
    only("a RegexMatchStatement", body, "RegexString", "FieldToMatch", "TextTransformations")
    return _path(regexes.found_in(body["RegexString"], lowercase=_lowercases(body)))


def _lowercases(body: Statement) -> bool:
    """Whether the field, which has to be the path, is lower-cased before it is compared."""
    the_one("FieldToMatch", body["FieldToMatch"], "UriPath")
    types = {each["Type"] for each in body["TextTransformations"]}
    only("TextTransformations", dict.fromkeys(types), "NONE", "LOWERCASE")
    return "LOWERCASE" in types


def _path(regex: str) -> Resource:
    """True when the whole path matches *regex*."""
    return _matches(extension("path", f"{INPUTS}.FilterStateInput", key=PATH), regex)


def _regex_of(path: Resource) -> str:
    return str(path["single_predicate"]["value_match"]["safe_regex"]["regex"])


def sent_target(regex: str) -> Resource:
    """True when the whole request target, query and all, matches *regex*."""
    header = "envoy.type.matcher.v3.HttpRequestHeaderMatchInput"
    return _matches(extension("target", header, header_name=":path"), regex)


def _matches(source: Resource, regex: str) -> Resource:
    match = {"safe_regex": {"google_re2": {}, "regex": regex}}
    return {"single_predicate": {"input": source, "value_match": match}}


_KINDS: dict[str, Callable[[Statement], Resource]] = {
    "ByteMatchStatement": _byte_match,
    "RegexMatchStatement": _regex_match,
    "AndStatement": _and,
    "OrStatement": _or,
    "NotStatement": _not,
}
