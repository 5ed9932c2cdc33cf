"""Logs that are kept for ever."""

from tests.policies.programs import mutated

mutated("aws:cloudwatch/logGroup:LogGroup", name="evenkeel-production", retention_in_days=None)
