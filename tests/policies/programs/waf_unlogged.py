"""A web ACL of which nothing is logged, because the logging is another's."""

from tests.policies.programs import mutated

ACCOUNT = "arn:aws:wafv2:eu-west-1:123456789012"
OTHER = f"{ACCOUNT}:regional/webacl/other/1a2b3c4d-0000-4000-8000-000000000000"

mutated("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", resource_arn=OTHER)
