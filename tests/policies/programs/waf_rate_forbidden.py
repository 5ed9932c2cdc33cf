"""A web ACL that answers a client that is too fast as one that may never come in."""

from typing import Any

from tests.policies.programs import mutated

CODE = 403


def _forbidden(rules: list[Any]) -> list[Any]:
    response = {"response_code": CODE, "custom_response_body_key": "too-many"}
    return [
        {**rule, "action": {"block": {"custom_response": response}}}
        if rule["name"] == "rate-limit"
        else rule
        for rule in rules
    ]


mutated("aws:wafv2/webAcl:WebAcl", rules=_forbidden)
