"""The catalogue: every policy, area by area, in the order that a preview judges them."""

from pulumi_policy import ResourceValidationPolicy

from policies import capacity, cooldowns, routing

POLICIES: list[ResourceValidationPolicy] = [
    capacity.FLOOR,
    capacity.DB_STEADY,
    capacity.DB_SURGE,
    cooldowns.ASYMMETRIC,
    routing.LOR_XOR_SLOW_START,
]
