"""The HTTPS listener has the policy that AWS takes where none is given, with TLS 1.0."""

from tests.policies.programs import mutated

mutated(
    "aws:lb/listener:Listener",
    name="evenkeel-production-https",
    ssl_policy="ELBSecurityPolicy-2016-08",
)
