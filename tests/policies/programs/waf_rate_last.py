"""A web ACL that limits the rate only of what it has not allowed."""

from typing import Any

from tests.policies.programs import mutated

PRIORITIES = {"rate-limit": 99}


def _reordered(rules: list[Any]) -> list[Any]:
    return [{**rule, "priority": PRIORITIES.get(rule["name"], rule["priority"])} for rule in rules]


mutated("aws:wafv2/webAcl:WebAcl", rules=_reordered)
