"""Tasks that every private network may call."""

from tests.policies.programs import mutated

mutated(
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    name="evenkeel-production-tasks-3000",
    cidr_ipv4="10.0.0.0/8",
    referenced_security_group_id=lambda _: None,
)
