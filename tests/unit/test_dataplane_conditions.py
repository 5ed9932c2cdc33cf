"""Rule conditions as patterns; Python's `re` stands for RE2, whose subset they are."""

import re
from typing import Any

import pytest

from sandbox.dataplane.conditions import matcher
from sandbox.dataplane.errors import NotCoveredError


def holds(condition: dict[str, Any], value: str) -> bool:
    """Whether the matcher of a condition takes a header's value."""
    pattern = matcher(condition)["string_match"]["safe_regex"]["regex"]
    return re.fullmatch(pattern, value) is not None


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("/img/*", "/img/", True),
        ("/img/*", "/img/a/b", True),
        ("/img/*", "/img", False),
        ("/img/*/pics", "/img/x/pics", True),
        ("/img/*/pics", "/img/x?y=/pics", False),
        ("/a?c", "/abc", True),
        ("/a?c", "/a/c", True),
        ("/a?c", "/ac", False),
        ("/a", "/a?any=thing", True),
        ("/a", "/A", False),
        ("/a.b", "/axb", False),
        ("/a(b)+$", "/a(b)+$", True),
        ("*", "/x?y", True),
        ("/%61", "/a", False),
    ],
)
def test_path_patterns(pattern: str, path: str, expected: bool) -> None:
    """Wildcards end at the query; all else is itself, case and encoding kept."""
    condition = {"Field": "path-pattern", "Values": [pattern]}
    assert matcher(condition)["name"] == ":path"
    assert holds(condition, path) is expected


@pytest.mark.parametrize(
    ("pattern", "host", "expected"),
    [
        ("*.example.com", "www.EXAMPLE.com", True),
        ("*.example.com", "www.example.com:41233", True),
        ("*.example.com", "example.com", False),
        ("example.com", "exampleXcom", False),
        ("example.com", "example.com.evil.test", False),
    ],
)
def test_host_patterns(pattern: str, host: str, expected: bool) -> None:
    """Any case, any port, the whole name."""
    config = {"HostHeaderConfig": {"Values": [pattern]}}
    assert holds({"Field": "host-header", **config}, host) is expected


@pytest.mark.parametrize(
    ("pair", "path", "expected"),
    [
        ({"Key": "a", "Value": "1"}, "/?a=1", True),
        ({"Key": "a", "Value": "1"}, "/?b=2&A=1&c", True),
        ({"Key": "a", "Value": "1"}, "/?ba=1", False),
        ({"Key": "a", "Value": "1"}, "/?a=12", False),
        ({"Key": "a", "Value": "1"}, "/a=1", False),
        ({"Key": "a", "Value": "*"}, "/?a=x&b", True),
        ({"Key": "a", "Value": "x*z"}, "/?a=x&b=z", False),
        ({"Value": "1"}, "/?any=1", True),
        ({"Value": "1"}, "/?any=2", False),
    ],
)
def test_query_pairs(pair: dict[str, str], path: str, expected: bool) -> None:
    """A pair stands whole between `?`, `&` and the end, in any case; no key is any key."""
    condition = {"Field": "query-string", "QueryStringConfig": {"Values": [pair]}}
    assert holds(condition, path) is expected


def test_values_are_alternatives() -> None:
    """One value is enough, and a value is no part of another."""
    condition = {
        "Field": "http-request-method",
        "HttpRequestMethodConfig": {"Values": ["GET", "HEAD"]},
    }
    assert [holds(condition, m) for m in ("GET", "HEAD", "GETHEAD", "get")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (
            {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}},
            "conditions on source-ip are not covered",
        ),
        (
            {"Field": "path-pattern", "PathPatternConfig": {"RegexValues": ["^/a$"]}},
            "conditions on path-pattern are covered by Values only",
        ),
    ],
)
def test_what_is_not_covered_is_said(condition: dict[str, Any], message: str) -> None:
    """A condition that cannot be judged is an error with its name, never a guess."""
    with pytest.raises(NotCoveredError, match=message):
        matcher(condition)
