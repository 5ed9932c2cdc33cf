"""Schedule expressions as Application Auto Scaling and EventBridge take them."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
# Field → lowest, highest, names (counted from the lowest), own signs.
# Source: AAS23 "Schedule recurring scaling actions using cron expressions".
_FIELDS: tuple[tuple[str, int, int, list[str], str], ...] = (
    ("minutes", 0, 59, [], ""),
    ("hours", 0, 23, [], ""),
    ("day of month", 1, 31, [], r"\?|L(-\d+)?|(\d{1,2}|L)W"),
    ("month", 1, 12, _MONTHS, ""),
    ("day of week", 1, 7, _DAYS, r"\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5])"),
    ("year", 1970, 2199, [], ""),
)
_RATE = re.compile(r"rate\((\d+) (minutes?|hours?|days?)\)")


def schedule_fault(expression: str) -> str | None:
    """AWS's words against the expression, or None."""
    if match := _RATE.fullmatch(expression):
        number, unit = int(match[1]), match[2]
        if number < 1 or (number == 1) == unit.endswith("s"):
            return (
                f"ValidationException: Invalid Schedule Expression: {expression}; rate(1 minute), "
                "rate(5 minutes)"
            )
        return None
    if match := re.fullmatch(r"at\((.*)\)", expression):
        try:
            datetime.strptime(match[1], "%Y-%m-%dT%H:%M:%S")
        except ValueError:
            return (
                f"ValidationException: Invalid Schedule Expression: {expression}; "
                "at(yyyy-mm-ddThh:mm:ss)"
            )
        return None
    if match := re.fullmatch(r"cron\((.*)\)", expression):
        said = _cron_fault(match[1])
        return (
            f"ValidationException: Invalid Schedule Expression: {expression}; {said}"
            if said
            else None
        )
    return (
        f"ValidationException: Invalid Schedule Expression: {expression}; at(…), rate(…) or cron(…)"
    )


def _cron_fault(text: str) -> str | None:
    fields = text.split()
    if len(fields) != 6:
        return (
            "cron has 6 fields (minutes hours day-of-month month day-of-week year), not "
            f"{len(fields)}"
        )
    for value, (name, low, high, names, own) in zip(fields, _FIELDS, strict=True):
        if not all(_part_valid(part, low, high, names, own) for part in value.upper().split(",")):
            return f"{name} '{value}' is not valid ({low} to {high})"
    if (fields[2] == "?") == (fields[4] == "?"):
        return "exactly one of day-of-month and day-of-week is ?"
    return None


def _part_valid(part: str, low: int, high: int, names: list[str], own: str) -> bool:
    if own and re.fullmatch(own, part):
        return True
    part, _, step = part.partition("/")
    if step and not (step.isdigit() and int(step) > 0):
        return False
    if part == "*":
        return True
    ends = [_number(end, low, names) for end in part.split("-")]
    return len(ends) <= 2 and all(end is not None and low <= end <= high for end in ends)


def _number(text: str, low: int, names: list[str]) -> int | None:
    if text in names:
        return names.index(text) + low
    return int(text) if text.isdigit() else None


def timezone_fault(name: object) -> str | None:
    """AWS's words against a time zone, or None."""
    if name is None:
        return None
    try:
        ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return (
            f"ValidationException: Invalid timezone: {name}; a name of the IANA time zone "
            "database is needed"
        )
    return None
