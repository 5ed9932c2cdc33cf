"""The HTTP listener answers by itself instead of sending clients to HTTPS."""

from tests.policies.programs import mutated

ANSWER = {
    "type": "fixed-response",
    "fixed_response": {"content_type": "text/plain", "status_code": "200"},
}

mutated("aws:lb/listener:Listener", name="evenkeel-production-http", default_actions=[ANSWER])
