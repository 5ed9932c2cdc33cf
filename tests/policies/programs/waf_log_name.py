"""A web ACL that logs to a group under a name that AWS does not take."""

from tests.policies.programs import mutated

GROUP = "web-acl"
DESTINATION = f"arn:aws:logs:eu-west-1:123456789012:log-group:{GROUP}"

mutated(
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    log_destination_configs=[DESTINATION],
)
