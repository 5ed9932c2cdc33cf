"""Observability: what must be seen is seen, and somebody is told."""

from policies.observability import at_max, errors, logs
from policies.rules import Rule

RULES: list[Rule] = [at_max.AT_MAX, errors.ERRORS, logs.RETAINED]
"""In the order of the catalogue."""
