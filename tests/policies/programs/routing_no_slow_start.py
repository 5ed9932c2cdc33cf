"""The websocket group gives a fresh task its full share of connections at once."""

from tests.policies.programs import mutated

mutated("aws:lb/targetGroup:TargetGroup", name="production-ws", slow_start=0)
