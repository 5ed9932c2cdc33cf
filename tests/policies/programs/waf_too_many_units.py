"""A web ACL with so many texts to look for that AWS refuses it."""

from typing import Any

from tests.policies.programs import mutated

TEXTS = 250


def _contains(text: str) -> dict[str, Any]:
    return {
        "byte_match_statement": {
            "search_string": text,
            "positional_constraint": "CONTAINS",
            "field_to_match": {"uri_path": {}},
            "text_transformations": [{"priority": 0, "type": "LOWERCASE"}],
        }
    }


def _more(rules: list[Any]) -> list[Any]:
    old = [_contains(f"/old-{number}/") for number in range(TEXTS)]
    blocked = {**rules[1], "name": "old-paths", "priority": 15}
    blocked["statement"] = {"or_statement": {"statements": old}}
    return [*({**rule, "priority": 10 * rule["priority"]} for rule in rules), blocked]


mutated("aws:wafv2/webAcl:WebAcl", rules=_more)
