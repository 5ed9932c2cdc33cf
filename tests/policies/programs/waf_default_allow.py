"""A web ACL that lets through what no rule names."""

from tests.policies.programs import mutated

RESPONSE = {"response_code": 403, "custom_response_body_key": "refused"}
ACTIONS = {"allow": {}, "block": {"custom_response": RESPONSE}}
DEFAULT = "allow"

mutated("aws:wafv2/webAcl:WebAcl", default_action={DEFAULT: ACTIONS[DEFAULT]})
