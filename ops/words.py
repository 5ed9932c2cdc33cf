"""Times and counts as commands write them."""

from datetime import UTC, datetime


def instant(when: datetime) -> str:
    """An aware time in UTC, such as 2026-11-23T08:00:00Z."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def tasks(count: int) -> str:
    """Such as `1 task` and `2 tasks`."""
    return f"{count} task{'' if count == 1 else 's'}"
