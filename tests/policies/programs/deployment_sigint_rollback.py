"""A service that the provider rolls back when it is interrupted, or believes so."""

from tests.policies.programs import mutated

mutated("aws:ecs/service:Service", wait_for_steady_state=True, sigint_rollback=True)
