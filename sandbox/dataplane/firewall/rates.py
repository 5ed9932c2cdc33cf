"""The rate-based rule: a Lua filter counts and marks, the matcher decides at the rule's place."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.dataplane.firewall.errors import UnsupportedRuleError, only
from sandbox.dataplane.firewall.statements import INPUTS
from sandbox.dataplane.resources import FILTERS, Resource, extension, typed

SCRIPT = Path(__file__).with_name("rate.lua")
_DEFAULT_WINDOW = 300  # seconds (WAF API, RateBasedStatement)
_LUA = f"{FILTERS}.http.lua.v3"


def http_filter(name: str) -> Resource:
    """The counting filter; it rests where `per_route` is not given."""
    return extension(
        name, f"{_LUA}.Lua", source_codes={"rate": {"inline_string": SCRIPT.read_text()}}
    )


def per_route(rule: str, body: Mapping[str, Any], clock_speed: float) -> Resource:
    """Counting for *rule*, a name that no other web ACL has; its window is in sandbox seconds."""
    only("a RateBasedStatement", body, "Limit", "EvaluationWindowSec", "AggregateKeyType")
    if body["AggregateKeyType"] != "IP":
        raise UnsupportedRuleError(
            f"the sandbox's firewall does not count by {body['AggregateKeyType']}; covered: IP"
        )
    milliseconds = 1000 * body.get("EvaluationWindowSec", _DEFAULT_WINDOW) / clock_speed
    # One text, because the script looks its counts up by it at every request.
    text = f"{rule} {body['Limit']} in {milliseconds:.3f} ms"
    return typed(f"{_LUA}.LuaPerRoute", name="rate", filter_context={"rule": text})


def exceeded() -> Resource:
    """True when this request's address is beyond the limit."""
    source = extension(
        "rate", f"{INPUTS}.DynamicMetadataInput",
        filter="evenkeel.firewall", path=[{"key": "over"}],
    )  # fmt: skip
    marked = extension(
        "marked", "envoy.extensions.matching.input_matchers.metadata.v3.Metadata",
        value={"bool_match": True},
    )  # fmt: skip
    return {"single_predicate": {"input": source, "custom_match": marked}}
