"""A scalable target whose fewest tasks are more than its most."""

from tests.policies.programs import mutated

mutated("aws:appautoscaling/target:Target", min_capacity=9, max_capacity=8)
