"""One metric's datapoints and their statistics.

Columns in the place of ministack's lists of dicts: a run of days stays small, and an alarm is
judged in microseconds.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping

from ministack.services import cloudwatch

DAY = 86400
# An alarm looks back seven days at most (PutMetricAlarm), its evaluation range a little further.
KEPT = 8 * DAY
STATISTICS = ("Average", "Maximum", "Minimum", "SampleCount", "Sum")


class Metric:
    """Datapoints of one metric in the order of time; each a statistic set, one value alone too."""

    def __init__(self, dimensions: Mapping[str, str], unit: str) -> None:
        self.dimensions = dict(dimensions)
        self.unit = unit  # of the newest datapoint
        self._at = array("d")
        self._count = array("d")
        self._sum = array("d")
        self._low = array("d")
        self._high = array("d")

    @property
    def oldest(self) -> float:
        """When the oldest datapoint that is kept was."""
        return self._at[0]

    @property
    def newest(self) -> float:
        """When the newest datapoint was."""
        return self._at[-1]

    def next(self, start: float) -> float:
        """When the first datapoint at `start` or later was; there must be one."""
        return self._at[bisect_left(self._at, start)]

    def add(self, at: float, count: float, total: float, low: float, high: float) -> None:
        """Keep `count` samples at `at` that sum up to `total`; forget what is too old."""
        position = bisect_right(self._at, at)
        row = (at, count, total, low, high)
        for column, value in zip(self._columns(), row, strict=True):
            column.insert(position, value)
        if self._at[0] < self.newest - KEPT - DAY:  # a day's worth at once: cutting costs a copy
            cut = bisect_left(self._at, self.newest - KEPT)
            for column in self._columns():
                del column[:cut]

    def statistic(self, name: str, start: float, end: float) -> float | None:
        """A statistic over start <= t < end; None without datapoints."""
        first, last = bisect_left(self._at, start), bisect_left(self._at, end)
        if first == last:
            return None
        if name == "Maximum":
            return max(self._high[first:last])
        if name == "Minimum":
            return min(self._low[first:last])
        if name == "Sum":
            return sum(self._sum[first:last])
        count = sum(self._count[first:last])
        if name == "SampleCount":
            return count
        if name == "Average":
            return sum(self._sum[first:last]) / count
        return self._percentile(float(name[1:]), first, last)

    def _percentile(self, percent: float, first: int, last: int) -> float | None:
        """A percentile; None for negative values and sets of several (CloudWatch, statistics)."""
        samples = []
        for i in range(first, last):
            low, count = self._low[i], self._count[i]
            if low < 0 or low != self._high[i] or self._sum[i] != low * count:
                return None
            samples.append((low, count))
        return float(cloudwatch._percentile(samples, percent))

    def _columns(self) -> tuple["array[float]", ...]:
        return self._at, self._count, self._sum, self._low, self._high
