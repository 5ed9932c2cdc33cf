"""Target groups as Envoy's clusters."""

from typing import Any

import pytest

from sandbox.dataplane import clusters
from tests.support.balancers import group


@pytest.mark.parametrize(
    ("attributes", "policy", "members"),
    [
        (
            {"load_balancing.algorithm.type": "least_outstanding_requests"},
            "least_request",
            {"selection_method": "FULL_SCAN"},
        ),
        ({}, "round_robin", {}),
        (
            {"slow_start.duration_seconds": "60"},
            "round_robin",
            {"slow_start_config": {"slow_start_window": "3s", "min_weight_percent": {"value": 10}}},
        ),
        ({"load_balancing.algorithm.type": "weighted_random"}, "random", {}),
    ],
)
def test_algorithm(attributes: dict[str, str], policy: str, members: dict[str, Any]) -> None:
    """S3-09, S3-10: each algorithm has its policy; slow start runs on the sandbox clock (20)."""
    found = clusters.cluster(group(attributes), {}, {}, 20.0)["load_balancing_policy"]
    (extension,) = (entry["typed_extension_config"] for entry in found["policies"])
    assert extension["name"] == f"envoy.load_balancing_policies.{policy}"
    assert {k: v for k, v in extension["typed_config"].items() if k != "@type"} == members


@pytest.mark.parametrize(
    ("speed", "interval", "timeout"),
    [(1.0, "30s", "5s"), (2.0, "15s", "2.5s"), (10.0, "3s", "2s"), (600.0, "0.5s", "2s")],
)
def test_health_check_is_quicker_on_a_fast_clock(speed: float, interval: str, timeout: str) -> None:
    """30 s and 5 s over the speed; never under half a second and two seconds of wall time."""
    found = clusters.health_check(group(), speed)
    assert (found["interval"], found["timeout"]) == (interval, timeout)
    assert found["no_traffic_interval"] == interval
    assert (found["healthy_threshold"], found["unhealthy_threshold"]) == (2, 3)


def test_success_codes_are_half_open_ranges() -> None:
    """`200,300-399` is [200, 201) and [300, 400)."""
    check = clusters.health_check(group(), 1.0)["http_health_check"]
    expected = [{"start": 200, "end": 201}, {"start": 300, "end": 400}]
    assert check["expected_statuses"] == expected
