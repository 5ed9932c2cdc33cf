"""Tasks that somebody else's security group may call."""

from tests.policies.programs import mutated

mutated(
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    name="evenkeel-production-tasks-3000",
    referenced_security_group_id=lambda _: "sg-0123456789abcdef0",
)
