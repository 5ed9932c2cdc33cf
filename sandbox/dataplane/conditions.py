"""The conditions of a listener rule as Envoy's header matchers.

Path patterns match the path as it was sent, without its query, case-sensitively; host names, header
values and query strings match in any case. `*` is any number of characters, `?` exactly one
(ELB API reference, RuleCondition).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from sandbox.dataplane.errors import NotCoveredError
from sandbox.dataplane.resources import Resource
from sandbox.dataplane.snapshot import Record

Maker: TypeAlias = Callable[[Record], Resource]


def matcher(condition: Record) -> Resource:
    """One condition, which holds when one of its values does; raises NotCoveredError."""
    field = condition["Field"]
    if field not in _FIELDS:
        raise NotCoveredError(f"conditions on {field} are not covered")
    member, make = _FIELDS[field]
    config = condition.get(member) or {"Values": condition.get("Values", [])}
    if not config.get("Values"):
        raise NotCoveredError(f"conditions on {field} are covered by Values only")
    return make(config)


def _path(config: Record) -> Resource:
    return _header(":path", f"({_any(config['Values'], '[^?]')})(\\?.*)?")


def _host(config: Record) -> Resource:
    # The port of the URL belongs to this machine, not to the rule.
    return _header(":authority", f"(?i)({_any(config['Values'], '.')})(:[0-9]+)?")


def _method(config: Record) -> Resource:
    return _header(":method", "|".join(re.escape(value) for value in config["Values"]))


def _http_header(config: Record) -> Resource:
    return _header(config["HttpHeaderName"].lower(), f"(?i)({_any(config['Values'], '.')})")


def _query(config: Record) -> Resource:
    pairs = []
    for pair in config["Values"]:
        key = _wild(pair["Key"], "[^&=]") if pair.get("Key") else "[^&=]*"
        pairs.append(f"{key}={_wild(pair['Value'], '[^&]')}")
    return _header(":path", f"(?i)[^?]*\\?(.*&)?({'|'.join(pairs)})(&.*)?")


_FIELDS: Mapping[str, tuple[str, Maker]] = {
    "path-pattern": ("PathPatternConfig", _path),
    "host-header": ("HostHeaderConfig", _host),
    "http-request-method": ("HttpRequestMethodConfig", _method),
    "http-header": ("HttpHeaderConfig", _http_header),
    "query-string": ("QueryStringConfig", _query),
}


def _header(name: str, pattern: str) -> Resource:
    """A header that the whole of an RE2 pattern matches."""
    return {"name": name, "string_match": {"safe_regex": {"regex": pattern}}}


def _any(values: Sequence[str], character: str) -> str:
    return "|".join(_wild(value, character) for value in values)


def _wild(value: str, character: str) -> str:
    """A value with ELB's wildcards as a pattern; `character` is what a wildcard may stand for."""
    meaning = {"*": f"{character}*", "?": character}
    return "".join(meaning.get(letter, re.escape(letter)) for letter in value)
