"""A scalable target that lets the service fall below the tasks of an event."""

from tests.policies.programs import mutated

mutated("aws:appautoscaling/target:Target", min_capacity=5)
