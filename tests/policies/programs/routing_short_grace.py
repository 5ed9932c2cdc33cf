"""ECS judges tasks a minute after their start, while they are still starting."""

from tests.policies.programs import mutated

mutated("aws:ecs/service:Service", health_check_grace_period_seconds=60)
