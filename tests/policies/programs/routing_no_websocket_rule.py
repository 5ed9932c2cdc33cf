"""The rule of the websocket path has another path, so its connections go to no group of theirs."""

from tests.policies.programs import mutated

mutated(
    "aws:lb/listenerRule:ListenerRule",
    name="evenkeel-production-websocket",
    conditions=[{"path_pattern": {"values": ["/socket", "/socket/*"]}}],
)
