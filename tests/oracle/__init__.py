"""A second opinion: the capacity and cooldown rules restated over the stage file alone.

Written from the documents (docs/settings.md, AWS's own) and with other algorithms than the
program's, and sharing no code with it: where both agree on random stages, a mistake would have to
have been made twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.oracle.refusals import refusals
from tests.oracle.rules import broken
from tests.oracle.stage import filled

__all__ = ["Verdict", "judge"]


@dataclass(frozen=True)
class Verdict:
    """What should become of a stage file."""

    refused: frozenset[str]  # why it is no stage at all: the settings' part
    fires: frozenset[str]  # identifiers of the policies that it breaks


def judge(config: Mapping[str, Any], now: datetime) -> Verdict:
    """The verdict on the `config:` section of a stage file, as YAML gives it, at *now* (aware)."""
    stage = filled(config)
    refused = frozenset(refusals(stage))
    return Verdict(refused, frozenset() if refused else frozenset(broken(stage, now)))
