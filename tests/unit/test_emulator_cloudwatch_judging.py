"""The states of alarms by hand: CloudWatch's own tables, every operator, and the reasons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.emulator.cloudwatch_judging import ALARM, INSUFFICIENT_DATA, OK, Rule, judge
from sandbox.emulator.cloudwatch_reasons import reason, reason_data, recent_value

RETAINED = "the state before"
MISSING = ("missing", "ignore", "breaching", "notBreaching")
# "How alarm state is evaluated when data is missing" and the paragraphs after it: 0 is within the
# threshold, X breaches it, - is missing; the state for each treatment in the order of MISSING.
THREE_OF_THREE = [
    ("0-X-X", OK, OK, OK, OK),
    ("0----", OK, OK, OK, OK),
    ("-----", INSUFFICIENT_DATA, RETAINED, ALARM, OK),
    ("0XX-X", ALARM, ALARM, ALARM, ALARM),
    ("--X--", ALARM, RETAINED, ALARM, OK),
    ("X----", ALARM, RETAINED, ALARM, OK),
    ("----X", INSUFFICIENT_DATA, RETAINED, ALARM, OK),
    ("---X-", INSUFFICIENT_DATA, RETAINED, ALARM, OK),
    ("---X0", OK, OK, OK, OK),
    ("XXX00", OK, OK, OK, OK),
]
TWO_OF_THREE = [
    ("0-X-X", ALARM, ALARM, ALARM, ALARM),
    ("00X0X", ALARM, ALARM, ALARM, ALARM),
    ("0-X--", OK, OK, ALARM, OK),
    ("----0", OK, OK, ALARM, OK),
    ("---X-", ALARM, RETAINED, ALARM, OK),
    ("----X", INSUFFICIENT_DATA, RETAINED, ALARM, OK),
]
VALUES = {"0": 50.0, "X": 85.0, "-": None}


def rule(points: int = 3, periods: int = 3, missing: str = "missing") -> Rule:
    """So many datapoints of so many periods above 70."""
    return Rule(
        comparison="GreaterThanThreshold",
        threshold=70.0,
        periods=periods,
        points=points,
        missing=missing,
    )


def minutes(shape: str) -> list[tuple[float, float | None]]:
    """Datapoints of minutes from 10:00 on 22 November 2026."""
    return [(1795341600.0 + 60 * i, VALUES[sign]) for i, sign in enumerate(shape)]


@pytest.mark.parametrize(
    ("points", "shape", "missing", "state"),
    [
        (points, shape, missing, state)
        for points, table in ((3, THREE_OF_THREE), (2, TWO_OF_THREE))
        for shape, *states in table
        for missing, state in zip(MISSING, states, strict=True)
    ],
)
@pytest.mark.parametrize("before", [OK, ALARM, INSUFFICIENT_DATA])
def test_missing_data_as_documented(
    points: int, shape: str, missing: str, state: str, before: str
) -> None:
    """Each line of the user guide's tables, from each state."""
    verdict = judge(rule(points, 3, missing), minutes(shape), before)
    assert verdict.state == (before if state == RETAINED else state)


@pytest.mark.parametrize(
    ("comparison", "below", "at", "above"),
    [
        ("GreaterThanOrEqualToThreshold", OK, ALARM, ALARM),
        ("GreaterThanThreshold", OK, OK, ALARM),
        ("LessThanThreshold", ALARM, OK, OK),
        ("LessThanOrEqualToThreshold", ALARM, ALARM, OK),
    ],
)
def test_each_comparison(comparison: str, below: str, at: str, above: str) -> None:
    """A value below, at and above the threshold, for every comparison with a static one."""
    judged = Rule(comparison=comparison, threshold=70.0, periods=1, points=1)
    states = [judge(judged, [(0.0, value)], OK).state for value in (69.9, 70.0, 70.1)]
    assert states == [below, at, above]


def test_only_the_newest_periods_count() -> None:
    """Without gaps the range beyond the alarm's periods is not looked at."""
    assert judge(rule(), minutes("XX0XXX"), OK).evaluated == [
        (1795341600.0 + 60 * i, 85.0) for i in (5, 4, 3)
    ]


@given(
    st.text("0X-", min_size=1, max_size=8),
    st.integers(1, 6),
    st.integers(1, 6),
    st.sampled_from(MISSING),
    st.sampled_from([OK, ALARM, INSUFFICIENT_DATA]),
)
def test_a_state_is_what_its_datapoints_say(
    shape: str, periods: int, points: int, missing: str, before: str
) -> None:
    """Enough breaching datapoints are ALARM, and without a breach only missing ones can be it."""
    judged = rule(min(points, periods), periods, missing)
    state = judge(judged, minutes(shape), before).state
    there = [sign for sign in shape if sign != "-"][-periods:]
    if there.count("X") >= judged.points:
        assert state == ALARM
    if "X" not in there and missing in ("missing", "notBreaching"):
        assert state == (INSUFFICIENT_DATA if missing == "missing" and not there else OK)
    if len(there) == periods:
        assert state != INSUFFICIENT_DATA


@pytest.mark.parametrize(
    ("judged", "shape", "text"),
    [
        (
            rule(),
            "0-XXX",
            "Threshold Crossed: 3 out of the last 3 datapoints [85.0 (22/11/26 10:04:00), "
            "85.0 (22/11/26 10:03:00), 85.0 (22/11/26 10:02:00)] were greater than the threshold "
            "(70.0) (minimum 3 datapoints for OK -> ALARM transition).",
        ),
        (
            rule(3, 5),
            "00X0X",
            "Threshold Crossed: 3 out of the last 5 datapoints [50.0 (22/11/26 10:03:00), "
            "50.0 (22/11/26 10:01:00), 50.0 (22/11/26 10:00:00)] were not greater than the "
            "threshold (70.0) (minimum 3 datapoints for ALARM -> OK transition).",
        ),
        (
            rule(1, 1),
            "X",
            "Threshold Crossed: 1 out of the last 1 datapoints [85.0 (22/11/26 10:00:00)] was "
            "greater than the threshold (70.0) (minimum 1 datapoint for OK -> ALARM transition).",
        ),
        (
            rule(1, 1, "notBreaching"),
            "---",
            "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint "
            "was treated as [NonBreaching].",
        ),
        (
            rule(2, 3, "breaching"),
            "0----",
            "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints "
            "were treated as [Breaching].",
        ),
        (rule(), "---", "Insufficient Data: 3 datapoints were unknown."),
    ],
)
def test_the_reason_is_cloudwatchs(judged: Rule, shape: str, text: str) -> None:
    """StateReason reads as CloudWatch writes it."""
    assert reason(judged, judge(judged, minutes(shape), OK)) == text


def test_the_reasons_data_is_cloudwatchs() -> None:
    """StateReasonData holds the datapoints, and scaling policies find the newest in it."""
    verdict = judge(rule(2, 2), minutes("0X"), OK)
    data = reason_data(rule(2, 2), verdict, 1795341750.5, 60, "Average")
    assert data == {
        "version": "1.0",
        "queryDate": "2026-11-22T10:02:30.500+0000",
        "startDate": "2026-11-22T10:00:00.000+0000",
        "statistic": "Average",
        "period": 60,
        "recentDatapoints": [50.0, 85.0],
        "threshold": 70.0,
        "evaluatedDatapoints": [
            {"timestamp": "2026-11-22T10:01:00.000+0000", "value": 85.0},
            {"timestamp": "2026-11-22T10:00:00.000+0000", "value": 50.0},
        ],
    }


@pytest.mark.parametrize(
    ("data", "value"),
    [('{"recentDatapoints": [1, 2.5]}', 2.5), ('{"recentDatapoints": []}', None)]
    + [(bad, None) for bad in (None, "", "{", "[]", "{}", '{"recentDatapoints": ["x"]}')],
)
def test_a_state_set_by_hand_may_carry_a_value(data: str | None, value: float | None) -> None:
    """The newest recent datapoint of StateReasonData, if that is there and well formed."""
    assert recent_value(data) == value
