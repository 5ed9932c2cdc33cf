"""What of a web ACL cannot be judged here as AWS would."""

from collections.abc import Mapping
from typing import Any

from sandbox.dataplane.errors import NotCoveredError


class UnsupportedRuleError(NotCoveredError):
    """A rule that Envoy would have to guess at; the message names it and what is covered."""


def only(what: str, given: Mapping[str, Any], *members: str) -> None:
    """Refuses every member of *given* but *members*: one that we do not know may change *what*."""
    unknown = sorted(set(given) - set(members))
    if unknown:
        raise UnsupportedRuleError(
            f"{what} has {', '.join(unknown)}, which the sandbox's firewall does not judge; "
            f"covered: {', '.join(members) or 'none of its members'}"
        )


def the_one(what: str, given: Mapping[str, Any], *members: str) -> str:
    """The only member of *given*, which is one of *members* if there are any."""
    only(what, given, *(members or given))
    if len(given) != 1:
        raise UnsupportedRuleError(
            f"{what} has {' and '.join(given) or 'nothing'}, where AWS takes exactly one member"
        )
    return str(*given)
