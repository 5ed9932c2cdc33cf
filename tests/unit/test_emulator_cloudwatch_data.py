"""What GetMetricData refuses for its size."""

from datetime import UTC, datetime

import pytest
from ministack.core.responses import request_scope

from sandbox.emulator import cloudwatch_data
from sandbox.emulator.cloudwatch_values import put
from sandbox.emulator.refusals import Refusal


def test_a_second_page_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three minutes of two metrics are six datapoints, one more than fit on a page of five."""
    monkeypatch.setattr(cloudwatch_data, "MOST", 5)
    metrics = [{"Namespace": "Own", "MetricName": name} for name in ("a", "b")]
    request = {
        "StartTime": datetime(2026, 11, 22, 10, tzinfo=UTC),
        "EndTime": datetime(2026, 11, 22, 10, 3, tzinfo=UTC),
    }
    queries = [
        {"Id": metric["MetricName"], "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
        for metric in metrics
    ]
    with request_scope("310000000000", "eu-west-1"):
        for metric in metrics:
            for minute in range(3):
                at = request["StartTime"].timestamp() + 60 * minute
                put(metric["Namespace"], metric["MetricName"], {}, at, {1.0: 1.0})
        one = cloudwatch_data._metric_data({**request, "MetricDataQueries": queries[:1]})
        assert one["MetricDataResults"][0]["Values"] == [1.0] * 3
        with pytest.raises(Refusal, match="answers with 5 datapoints at most, not 6: ask for less"):
            cloudwatch_data._metric_data({**request, "MetricDataQueries": queries})
