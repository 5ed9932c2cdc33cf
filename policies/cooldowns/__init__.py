"""Cooldowns: capacity comes fast and goes slowly."""

from policies.cooldowns import steps, tracking
from policies.rules import Rule

RULES: list[Rule] = [*tracking.RULES, *steps.RULES]
