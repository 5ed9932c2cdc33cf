"""A web ACL that allows every path that only starts like the websocket path."""

from typing import Any

from tests.policies.programs import mutated

PREFIX = "/socket.io"


def _widened(rules: list[Any]) -> list[Any]:
    match = {
        "search_string": PREFIX,
        "positional_constraint": "STARTS_WITH",
        "field_to_match": {"uri_path": {}},
        "text_transformations": [{"priority": 0, "type": "NONE"}],
    }
    exact = {**match, "search_string": "/socket.io", "positional_constraint": "EXACTLY"}
    both = [{"byte_match_statement": exact}, {"byte_match_statement": match}]
    return [
        {**rule, "statement": {"or_statement": {"statements": both}}}
        if rule["name"] == "allow-websocket"
        else rule
        for rule in rules
    ]


mutated("aws:wafv2/webAcl:WebAcl", rules=_widened)
