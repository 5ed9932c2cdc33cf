"""The http group has slow start beside least outstanding requests, which AWS refuses."""

from tests.policies.programs import mutated

SLOW_START = 60

mutated("aws:lb/targetGroup:TargetGroup", slow_start=lambda seconds: seconds or SLOW_START)
