"""A web ACL that only counts what it should allow: no client gets a websocket."""

from typing import Any

from tests.policies.programs import mutated


def _counted(rules: list[Any]) -> list[Any]:
    return [
        {**rule, "action": {"count": {}}} if rule["name"] == "allow-websocket" else rule
        for rule in rules
    ]


mutated("aws:wafv2/webAcl:WebAcl", rules=_counted)
