"""A web ACL that allows Socket.IO's path on a stage without websockets."""

from typing import Any

from tests.policies.programs import mutated


def _left(rules: list[Any]) -> list[Any]:
    match = {
        "search_string": "/socket.io/",
        "positional_constraint": "STARTS_WITH",
        "field_to_match": {"uri_path": {}},
        "text_transformations": [{"priority": 0, "type": "NONE"}],
    }
    old = {
        "name": "old-websocket",
        "priority": 50,
        "statement": {"byte_match_statement": match},
        "action": {"allow": {}},
        "visibility_config": rules[0]["visibility_config"],
    }
    return [*rules, old]


mutated("aws:wafv2/webAcl:WebAcl", rules=_left)
