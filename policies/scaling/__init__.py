"""Scaling: targets that can be kept, and one owner of each decision."""

from policies.rules import Rule
from policies.scaling import levels, ownership, schedules

RULES: list[Rule] = [
    levels.RANGE,
    levels.CPU_BELOW_MEMORY,
    ownership.METRICS_DISTINCT,
    levels.MEMORY_CAN_AGREE,
    ownership.ONE_OWNER,
    ownership.NO_ROLE,
    schedules.PAIRED,
]
