"""Refusals of paths that look allowed: what finds them, and what is told of them."""

import pytest

from infra.refused_paths import refused_patterns
from tests.unit.test_observability import ALARM, built

FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"


def test_refusals_of_allowed_looking_paths_are_counted() -> None:
    """Refusals on a path that looks allowed are counted, but for rate and bad paths (S0-19)."""
    program = built()
    assert program.one(FILTER).inputs == {
        "name": "x-refused-0",
        "logGroupName": "aws-waf-logs-evenkeel-x",
        "pattern": '{ ($.action = "BLOCK") && ($.terminatingRuleId != "rate-limit") && '
        '($.terminatingRuleId != "bad-paths") && (($.httpRequest.uri = "/socket.io*") || '
        '($.httpRequest.uri = "/api*") || ($.httpRequest.uri = "/")) }',
        "metricTransformation": {
            "namespace": "evenkeel-x",
            "name": "RefusedAllowedPaths",
            "value": "1",
            "defaultValue": "0",
        },
    }
    alarm = program.one(ALARM, "x-refused-allowed-paths").inputs
    assert (alarm["namespace"], alarm["metricName"]) == ("evenkeel-x", "RefusedAllowedPaths")
    assert "dimensions" not in alarm or alarm["dimensions"] == {}


@pytest.mark.parametrize("count", [1, 20, 198])
def test_filter_patterns_fit_and_lose_no_path(count: int) -> None:
    """However many paths, no pattern is over 1,024 characters and each path stands in one."""
    paths = [f"/a-rather-long-path-{number:03}" for number in range(count)]
    patterns = refused_patterns(paths, ["rate-limit", "bad-paths"])
    assert all(len(pattern) <= 1024 for pattern in patterns)
    assert all(pattern.count("(") == pattern.count(")") for pattern in patterns)
    assert all(
        pattern.startswith("{ ($.action") and pattern.endswith(")) }") for pattern in patterns
    )
    assert [sum(f'"{path}*"' in pattern for pattern in patterns) for path in paths] == [1] * count
