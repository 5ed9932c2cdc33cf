"""Metric math by hand: the user guide's tables, functions, and expressions that are refused."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.emulator.cloudwatch_math import DEEPEST, Expression, Line, MathError, Scope, Value
from sandbox.emulator.cloudwatch_queries import check
from sandbox.emulator.refusals import Refusal

KNOWN: dict[str, Value] = {
    "m1": {0.0: 30.0, 60.0: 20.0, 120.0: 0.0, 180.0: 0.0},
    "m2": {0.0: 20.0, 120.0: 20.0},
    "in": {0.0: 1.0},  # a word of Python's, and a good id
    "desired": {0.0: 3.0, 60.0: 5.0},
    "running": {0.0: 3.0, 60.0: 4.0},
}
TIMES = [0.0, 60.0, 120.0, 180.0]


def value(text: str, known: dict[str, Value] = KNOWN) -> Value:
    return Expression(text).value(Scope(known, list(known), TIMES))


def points(text: str, known: dict[str, Value] = KNOWN) -> list[float | None]:
    """The values at TIMES; None where there is none."""
    found = value(text, known)
    assert isinstance(found, dict)
    return [found.get(at) for at in TIMES]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("m1 < m2", [0, 0, 1, 0]),
        ("(m1 >= 30)", [1, 0, 0, 0]),
        ("m1 > 15 AND m2 > 15", [1, 0, 0, 0]),
        ("m1 > 15 || m2 > 15", [1, 1, 1, 0]),
        ("m1 == m2", [0, 0, 0, 1]),
        ("m1 != 0 && m2 != 0", [1, 0, 0, 0]),
        ("m1 + m2", [50, 20, 20, 0]),
        ("m1 - m2 * 2", [-10, 20, -40, 0]),
        ("-m1 ^ 2", [-900, -400, 0, 0]),
        ("m2 / m1", [20 / 30, 0, None, None]),
        ("m1 / (60 - 10 * 5.5)", [6, 4, 0, 0]),
        ("desired - running", [0, 1, None, None]),
        ("in * .5", [0.5, None, None, None]),
        ("DIFF(m1)", [None, -10, -20, 0]),
        ("DIFF(m2)", [None, None, 0, None]),
        ("ABS(DIFF(m1))", [None, 10, 20, 0]),
        ("MAX([m1, m2])", [30, 20, 20, 0]),
        ("MIN([m1, m2])", [20, 20, 0, 0]),
        ("SUM([m1, m2])", [50, 20, 20, 0]),
        ("AVG([m1, m2])", [25, 10, 10, 0]),
        ("m1 - AVG(m1)", [17.5, 7.5, -12.5, -12.5]),
        ("SUM(METRICS('m'))", [50, 20, 20, 0]),
        ("SUM(METRICS() * 2) - SUM(METRICS()) * 2", [0, 0, 0, 0]),
        ("FILL(m2, 7)", [20, 7, 20, 7]),
        ("FILL(m2, m1)", [20, 20, 20, 0]),
        ("FILL(m2, REPEAT)", [20, 20, 20, 20]),
        ("IF(m1 < 25, m1)", [None, 20, 0, 0]),
        ("IF(m1 < 25, 10, 2)", [2, 10, 10, 10]),
        ("IF(0, m1, m2)", [20, None, 20, None]),
    ],
)
def test_an_expression_by_hand(text: str, wanted: list[float | None]) -> None:
    """A missing value is 0 beside one that is there; a division by zero leaves none."""
    assert points(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("IF(metric1, metric2, metric3)", [30, 0, 20, None, None]),
        ("IF(metric1, 5, metric3)", [5, 5, 20, None, None]),
        ("IF(metric1, metric2, 5)", [30, 0, 5, 5, None]),
    ],
)
def test_if_as_documented(text: str, wanted: list[float | None]) -> None:
    """The three tables of "Using IF expressions"."""
    rows = {
        "metric1": [1, 1, 0, 0, None],
        "metric2": [30, None, 0, 0, 30],
        "metric3": [0, 0, 20, None, 20],
    }
    known: dict[str, Value] = {
        ident: {float(i): float(v) for i, v in enumerate(row) if v is not None}
        for ident, row in rows.items()
    }
    found = value(text, known)
    assert isinstance(found, dict)
    assert [found.get(float(i)) for i in range(5)] == wanted


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("m1 +", "cannot be parsed"),
        ("m1 + nope", "nothing has the id 'nope'"),
        ("RATE(m1)", "no function RATE"),
        ("rate(m1)", "no function rate"),
        ("__import__('os')", "unknown sign at character 1"),
        ("m1.values", "unknown sign at character 3"),
        ("m1; m2", "unknown sign at character 3"),
        ("m1 ** 2", "cannot be parsed"),
        ("m1 if m2", "cannot be parsed"),
        ("m1 < m2 < 3", "Compare is no part"),
        ("m1(2)", "no function m1"),
        ("(m1)(2)", "no function m1"),
        ("[[m1], m2](3)", "Call is no part"),
        ("'text'", "Constant is no part"),
        ("[m1, 2]", "an array consists of time series"),
        ("[m1] + [m2]", "two arrays"),
        ("DIFF(2)", "one time series or one array"),
        ("MAX(m1, m2)", "one time series or one array"),
        ("IF(m1)", "IF takes a condition"),
        ("FILL(2, 0)", "FILL is for time series"),
        ("SEARCH('{A}', 'Sum', 60)", "SEARCH finds several time series"),
        ("-" * (DEEPEST + 1) + "m1", "nests more than 50"),
        ("(" * 1000 + "m1" + ")" * 1000, "cannot be parsed"),
        ("", "cannot be parsed"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, why: str) -> None:
    """The refusal says what is wrong with the expression."""
    with pytest.raises(MathError, match=why):
        value(text)


SIGNS = [*"m12()[]+-*/^<>=&|,.' \x00é", "DIFF(", "IF("]


@given(st.lists(st.sampled_from(SIGNS), max_size=30))
def test_any_text_is_an_expression_or_refused(signs: list[str]) -> None:
    """Nothing but MathError comes of nonsense."""
    with contextlib.suppress(MathError):
        value("".join(signs))


def test_huge_numbers_have_no_value() -> None:
    """A power beyond every float, and the root of a negative number, drop the datapoint."""
    assert points("m1 ^ 999999") == [None, None, 0, 0]
    assert points("(0 - m1) ^ .5") == [None, None, 0, 0]
    assert points("m1 * 0 + " + "9" * 400)[0] == pytest.approx(1.797e308, rel=0.001)


def test_arrays_keep_their_labels() -> None:
    """METRICS() is every metric by its id."""
    assert value("METRICS('running') * 2") == [Line("running", {0.0: 6.0, 60.0: 8.0})]


def stat(ident: str) -> dict[str, object]:
    metric = {"Namespace": "N", "MetricName": ident}
    return {"Id": ident, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}


@pytest.mark.parametrize(
    ("queries", "why"),
    [
        ([{"Id": "a", "Expression": "b"}, {"Id": "b", "Expression": "a"}], "a, b refer to each"),
        ([{"Id": "a", "Expression": "a + 1"}], "a refer to each"),
        ([stat("a"), stat("a")], "unique"),
        ([{"Id": "a"}], "needs either MetricStat or Expression"),
        ([{**stat("a"), "Expression": "1"}], "needs either MetricStat or Expression"),
        ([stat("a"), {"Id": "e", "Expression": "a +"}], "Error in expression 'e'"),
    ],
)
def test_queries_are_refused(queries: list[dict[str, object]], why: str) -> None:
    """Circles, repeated ids and half queries, as ValidationError."""
    with pytest.raises(Refusal, match=why) as refusal:
        check(queries)
    assert refusal.value.code == "ValidationError"


def test_expressions_build_on_each_other_in_any_order() -> None:
    """An expression may come before those that it is made of."""
    made = check(
        [{"Id": "c", "Expression": "b * 2"}, {"Id": "b", "Expression": "a + 1"}, stat("a")]
    )
    assert made["c"] == {0.0: 4.0}
