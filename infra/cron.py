"""A cron expression as AWS reads it: six fields, evaluated on cronsim."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
MONTHS = tuple(calendar.month_abbr[month].upper() for month in range(1, 13))
FIRST_YEAR, LAST_YEAR = 1970, 2199
# Clocks go back by an hour, in one zone by half an hour, never by more than this.
LONGEST_FOLD = timedelta(hours=3)


@dataclass(frozen=True)
class _Field:
    name: str
    low: int
    high: int
    words: tuple[str, ...] = ()

    def values(self, text: str) -> set[int]:
        """The numbers that *text* (lists, ranges, steps, names, *) stands for."""
        found: set[int] = set()
        for part in text.split(","):
            span, _, step = part.partition("/")
            if "/" in part and not (step.isdecimal() and int(step)):
                raise ValueError(f"{self.name}: {part} has no step after /")
            low, high = self._span(span, open_end="/" in part)
            found |= set(range(low, high + 1, int(step or 1)))
        return found

    def _span(self, span: str, *, open_end: bool) -> tuple[int, int]:
        if span == "*":
            return self.low, self.high
        start, dash, end = span.partition("-")
        low = self.number(start)
        high = self.number(end) if dash else self.high if open_end else low
        if high < low:
            raise ValueError(f"{self.name}: {span} runs backwards")
        return low, high

    def number(self, text: str) -> int:
        """One number or name of this field."""
        if text in self.words:
            return self.low + self.words.index(text)
        if not text.isdecimal() or not self.low <= int(text) <= self.high:
            names = f" or {self.words[0]}-{self.words[-1]}" if self.words else ""
            said = text or "nothing"
            raise ValueError(f"{self.name}: {said} is not {self.low}-{self.high}{names}")
        return int(text)


MINUTES = _Field("minutes", 0, 59)
HOURS = _Field("hours", 0, 23)
DAY_OF_MONTH = _Field("day-of-month", 1, 31)
MONTH = _Field("month", 1, 12, MONTHS)
DAY_OF_WEEK = _Field("day-of-week", 1, 7, DAYS)
YEAR = _Field("year", FIRST_YEAR, LAST_YEAR)


class Cron:
    """When a schedule fires, in local time of its zone.

    AWS's fields: minutes hours day-of-month month day-of-week year, day-of-week 1 = SUN, with
    `, - * /` everywhere, `?` in exactly one of the two day fields, `L`, `W` and `LW` in
    day-of-month, `L` and `#` in day-of-week (Application Auto Scaling User Guide, "Schedule
    scaling actions using cron expressions").
    """

    def __init__(self, expression: str) -> None:
        """Raises ValueError, saying which field is wrong and why."""
        fields = expression.upper().split()
        if len(fields) != 6:
            raise ValueError(f"it has {len(fields)} fields, not six")
        if not expression.isascii():
            raise ValueError("it has characters that no field has")
        minutes, hours, day, month, weekday, year = fields
        if (day == "?") == (weekday == "?"):
            raise ValueError("exactly one of day-of-month and day-of-week must be ?")
        self._years = YEAR.values(year)
        self._near: int | None = None
        simulated = [
            "0",
            _joined(MINUTES.values(minutes)),
            _joined(HOURS.values(hours)),
            self._day_of_month(day),
            _joined(MONTH.values(month)),
            _day_of_week(weekday),
        ]
        self._expression = " ".join(simulated)
        try:
            self._fires_at_all()
        except (CronSimError, StopIteration):
            raise ValueError("day-of-month: no month of it has that day") from None

    def last(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """The last firing at or before *now* (aware), in UTC; None without any."""
        start = _local(now, zone) + LONGEST_FOLD
        years = [year for year in self._years if year <= start.year]
        if years and max(years) < start.year:
            start = datetime(max(years) + 1, 1, 1)
        firings = self._firings(start, zone, reverse=True) if years else iter(())
        return next((firing for firing in firings if firing <= now), None)

    def next(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """The next firing after *now* (aware), in UTC; None without any."""
        start = _local(now, zone) - LONGEST_FOLD
        years = [year for year in self._years if year >= start.year]
        if years and min(years) > start.year:
            start = datetime(min(years), 1, 1) - timedelta(seconds=1)
        firings = self._firings(start, zone, reverse=False) if years else iter(())
        return next((firing for firing in firings if firing > now), None)

    def _firings(self, start: datetime, zone: ZoneInfo, *, reverse: bool) -> Iterator[datetime]:
        edge = min(self._years) if reverse else max(self._years)
        for local in CronSim(self._expression, start, reverse=reverse):
            if (local.year < edge) if reverse else (local.year > edge):
                return
            if local.year not in self._years or not self._is_near(local):
                continue
            firing = local.replace(tzinfo=zone).astimezone(UTC)
            # A time that the clocks skip in spring does not fire; one that they repeat in
            # autumn fires the first time (as EventBridge Scheduler documents it).
            if _local(firing, zone) == local:
                yield firing

    def _fires_at_all(self) -> None:
        next(CronSim(self._expression, datetime(2000, 1, 1)))

    def _day_of_month(self, text: str) -> str:
        if text in ("?", "*"):
            return "*"
        if text in ("L", "LW"):
            return text
        if re.fullmatch(r"\d+W", text):
            self._near = DAY_OF_MONTH.number(text[:-1])
            # The nearest weekday is at most two days off, within the month.
            near = range(max(1, self._near - 2), min(31, self._near + 2) + 1)
            return _joined(set(near))
        return _joined(DAY_OF_MONTH.values(text))

    def _is_near(self, local: datetime) -> bool:
        if self._near is None:
            return True
        first, length = calendar.monthrange(local.year, local.month)
        if self._near > length:
            return False
        weekday = (first + self._near - 1) % 7
        shift = {5: -1 if self._near > 1 else 2, 6: 1 if self._near < length else -2}
        return local.day == self._near + shift.get(weekday, 0)


def _day_of_week(text: str) -> str:
    """The field in cronsim's numbers, where 0 = SUN."""
    if text in ("?", "*"):
        return "*"
    if text == "L":
        return "6"
    if text.endswith("L"):
        return f"{DAY_OF_WEEK.number(text[:-1]) - 1}L"
    if "#" in text:
        day, _, nth = text.partition("#")
        if nth not in ("1", "2", "3", "4", "5"):
            raise ValueError(f"day-of-week: {nth or 'nothing'} after # is not 1-5")
        return f"{DAY_OF_WEEK.number(day) - 1}#{nth}"
    return _joined({day - 1 for day in DAY_OF_WEEK.values(text)})


def _joined(numbers: set[int]) -> str:
    return ",".join(str(number) for number in sorted(numbers))


def _local(when: datetime, zone: ZoneInfo) -> datetime:
    return when.astimezone(zone).replace(tzinfo=None, fold=0)
