"""The load balancer keeps its default idle timeout, whatever the stage says of pings."""

from tests.policies.programs import mutated

mutated("aws:lb/loadBalancer:LoadBalancer", idle_timeout=60)
