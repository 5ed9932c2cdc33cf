"""Allowed paths, read once for listener rules, web ACL and log filter alike.

``/api`` covers ``/api`` and what is below ``/api/``, never ``/apievil``; ``=/`` is that one path.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class AllowedPath:
    """One entry of the allowlist."""

    path: str
    exact: bool

    @property
    def below(self) -> str | None:
        """What every path below this one starts with; None for an exact path."""
        return None if self.exact else f"{self.path.rstrip('/')}/"

    @property
    def patterns(self) -> list[str]:
        """The entry as path patterns of a listener rule."""
        if self.below is None:
            return [self.path]
        return ["/*"] if self.path == "/" else [self.path, f"{self.below}*"]

    @property
    def matches(self) -> list[tuple[str, str]]:
        """The entry as byte matches of a web ACL: a text, and its position in the path."""
        if self.below is None:
            return [(self.path, "EXACTLY")]
        under = (self.below, "STARTS_WITH")
        return [under] if self.path == "/" else [(self.path, "EXACTLY"), under]


def allowed_path(entry: str) -> AllowedPath:
    """Read one entry: ``=`` marks an exact path, anything else is a prefix."""
    return AllowedPath(entry.removeprefix("="), exact=entry.startswith("="))
