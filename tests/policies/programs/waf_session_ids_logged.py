"""A web ACL whose log holds the session ids in Socket.IO's query strings."""

from tests.policies.programs import mutated

REDACTED = [{"single_header": {"name": "authorization"}}, {"single_header": {"name": "cookie"}}]

mutated("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", redacted_fields=REDACTED)
