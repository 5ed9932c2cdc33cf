"""A web ACL that is attached to another load balancer than the one that faces the internet."""

from tests.policies.programs import mutated

ACCOUNT = "arn:aws:elasticloadbalancing:eu-west-1:123456789012"
OTHER = f"{ACCOUNT}:loadbalancer/app/other/50dc6c495c0c9188"

mutated("aws:wafv2/webAclAssociation:WebAclAssociation", resource_arn=OTHER)
