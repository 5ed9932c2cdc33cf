"""A load balancer that lets every request pass while its web ACL does not answer."""

from tests.policies.programs import mutated

mutated("aws:lb/loadBalancer:LoadBalancer", enable_waf_fail_open=True)
