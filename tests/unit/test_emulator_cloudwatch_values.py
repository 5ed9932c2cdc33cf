"""The emulator's metrics by hand: statistics, percentiles, exact dimensions, and what is kept."""

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ministack.core.responses import request_scope
from ministack.services import cloudwatch

from sandbox.emulator import cloudwatch_values
from sandbox.emulator.cloudwatch_metric import DAY, KEPT, Metric
from sandbox.emulator.cloudwatch_values import put, series
from sandbox.emulator.refusals import Refusal

accounts = itertools.count(300000000000)
SPACE, NAME = "AWS/ECS", "CPUUtilization"
WEB = {"ClusterName": "main", "ServiceName": "web"}


@pytest.fixture(autouse=True)
def account() -> Iterator[str]:
    """An account of the test's own."""
    with request_scope(name := str(next(accounts)), "eu-west-1"):
        yield name


def found(
    statistic: str, dimensions: dict[str, str] = WEB, period: int = 60, end: float = 180.0
) -> dict[float, float]:
    return series(SPACE, NAME, dimensions, statistic, period, 0.0, end)


@pytest.mark.parametrize(
    ("statistic", "value"),
    [
        ("Average", 47.5),
        ("Maximum", 95.0),
        ("Minimum", 30.0),
        ("Sum", 190.0),
        ("SampleCount", 4.0),
        ("p50", 32.5),
        ("p100", 95.0),
        ("p0", 30.0),
    ],
)
def test_each_statistic(statistic: str, value: float) -> None:
    """One minute of four tasks, two of them alike: the average hides the hottest (S3-18)."""
    put(SPACE, NAME, WEB, 60.0, {30.0: 2.0, 35.0: 1.0, 95.0: 1.0}, "Percent")
    assert found(statistic) == {60.0: value}


def test_periods_follow_each_other_from_the_start() -> None:
    """A period holds its first second and not its last; one without datapoints is left out."""
    for at in (29.0, 30.0, 89.9, 90.0, 210.0):
        put(SPACE, NAME, WEB, at, {1.0: 1.0})
    counted = series(SPACE, NAME, WEB, "SampleCount", 60, 30.0, 240.0)
    assert counted == {30.0: 2.0, 90.0: 1.0, 210.0: 1.0}
    assert series(SPACE, NAME, WEB, "SampleCount", 60, 30.0, 210.0) == {30.0: 2.0, 90.0: 1.0}


def test_long_gaps_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two datapoints a week apart are two seconds of 600,000; nobody waits for the others."""
    for at in (0.5, 7 * DAY + 0.5):
        put(SPACE, NAME, WEB, at, {1.0: 1.0})
    looks: list[float] = []
    statistic = Metric.statistic

    def look(metric: Metric, name: str, start: float, end: float) -> float | None:
        looks.append(start)
        return statistic(metric, name, start, end)

    monkeypatch.setattr(Metric, "statistic", look)
    counted = series(SPACE, NAME, WEB, "SampleCount", 1, -2.0 * DAY, 8.0 * DAY)
    assert counted == {0.0: 1.0, 7.0 * DAY: 1.0}
    assert len(looks) < 5


def test_late_datapoints_find_their_place() -> None:
    """A datapoint of an earlier minute counts in that minute."""
    for at, value in ((120.0, 3.0), (0.0, 1.0), (60.0, 2.0)):
        put(SPACE, NAME, WEB, at, {value: 1.0})
    assert found("Average") == {0.0: 1.0, 60.0: 2.0, 120.0: 3.0}


NAMES = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["x", "y", "x|b=y"]), max_size=3)


@given(st.lists(st.tuples(NAMES, st.integers(0, 9)), max_size=12))
def test_a_series_knows_its_own_dimensions_only(points: list[tuple[dict[str, str], int]]) -> None:
    """What is put under other dimensions, fewer or more, changes nothing."""
    with request_scope(str(next(accounts)), "eu-west-1"):
        for dimensions, value in points:
            put(SPACE, NAME, dimensions, 0.0, {float(value): 1.0})
        for asked in ({}, *(dimensions for dimensions, _ in points)):
            own = [value for dimensions, value in points if dimensions == asked]
            assert found("Sum", asked) == ({0.0: float(sum(own))} if own else {})


def test_accounts_and_regions_are_apart(account: str) -> None:
    """Another account, or region, has nothing of what this one has."""
    put(SPACE, NAME, WEB, 0.0, {1.0: 1.0})
    for elsewhere in ((str(next(accounts)), "eu-west-1"), (account, "us-east-1")):
        with request_scope(*elsewhere):
            assert found("Sum") == {}
    assert found("Sum") == {0.0: 1.0}


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A metric forgets what is older than nine days, and a silent one is forgotten whole."""
    for hour in range(24 * 20):
        put(SPACE, NAME, WEB, hour * 3600.0, {1.0: 1.0})
    end = 20 * DAY
    assert sum(found("SampleCount", period=3600, end=end).values()) <= (KEPT + DAY) / 3600
    monkeypatch.setattr("time.time", lambda: end + KEPT - 3601.0)
    cloudwatch_values.forget()
    assert found("SampleCount", period=DAY, end=end)
    monkeypatch.setattr("time.time", lambda: end + KEPT + 0.0)
    cloudwatch_values.forget()
    assert list(cloudwatch._metrics) == []


def test_a_percentile_needs_single_values() -> None:
    """Negative values, and sets of several values, have no percentile (CloudWatch, statistics)."""
    put(SPACE, NAME, WEB, 0.0, {-1.0: 1.0})
    assert (found("p50"), found("Minimum")) == ({}, {0.0: -1.0})


@pytest.mark.parametrize("wrong", ["Mean", "p101", "tm90", "", "pp"])
def test_unknown_statistic_is_refused(wrong: str) -> None:
    """The refusal names the statistic and what there is."""
    with pytest.raises(
        Refusal, match=f"Statistic '{wrong}' is not supported: the sandbox offers Average"
    ):
        found(wrong)
