"""The http group leaves its health check to AWS's defaults."""

from tests.policies.programs import mutated

mutated("aws:lb/targetGroup:TargetGroup", name="production-http", health_check=None)
