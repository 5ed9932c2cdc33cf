"""The traffic benchmark itself, small."""

import pytest

from benchmarks.traffic import measured

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]


def test_the_benchmark_reaches_every_side() -> None:
    """Each side answers every request, and each change of a target becomes live; one run of few."""
    found = measured(runs=1, requests=100)
    assert found["sides"].keys() == {"target", "plain", "balancer", "webAcl"}
    assert all(side["requestsPerWorkerSecond"] > 0 for side in found["sides"].values())
    assert found["changeToLiveSeconds"]["median"] > 0
