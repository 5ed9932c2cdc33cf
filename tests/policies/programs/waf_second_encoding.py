"""A web ACL that blocks encoded paths and forgets those that are encoded twice."""

from typing import Any

from tests.policies.programs import mutated

OVERLONG = ["%c0", "%c1", "%e0%8", "%e0%9", "%f0%8"]
BAD = ["..", "//", "\\", ";", "%2e", "%2f", "%5c", "%00", *OVERLONG]
TRANSFORMATION = "LOWERCASE"


def _contains(text: str) -> dict[str, Any]:
    return {
        "byte_match_statement": {
            "search_string": text,
            "positional_constraint": "CONTAINS",
            "field_to_match": {"uri_path": {}},
            "text_transformations": [{"priority": 0, "type": TRANSFORMATION}],
        }
    }


def _fewer(rules: list[Any]) -> list[Any]:
    statement = {"or_statement": {"statements": [_contains(text) for text in BAD]}}
    return [
        {**rule, "statement": statement} if rule["name"] == "bad-paths" else rule for rule in rules
    ]


mutated("aws:wafv2/webAcl:WebAcl", rules=_fewer)
