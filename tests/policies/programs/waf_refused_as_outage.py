"""A web ACL that refuses as if the service were down."""

from tests.policies.programs import mutated

CODE = 503
RESPONSE = {"response_code": CODE, "custom_response_body_key": "refused"}

mutated("aws:wafv2/webAcl:WebAcl", default_action={"block": {"custom_response": RESPONSE}})
