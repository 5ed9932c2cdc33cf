"""Migrations: run once, by themselves, on the right side of the service's change."""

from policies.migrations import order, task
from policies.rules import Rule

RULES: list[Rule] = [
    task.SEPARATE,
    order.ORDER,
    order.OLD_CODE_READY,
    task.NOT_IN_SERVICE,
    task.ON_DEMAND,
]
