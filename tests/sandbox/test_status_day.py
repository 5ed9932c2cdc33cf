"""`evenkeel status` through a day of production: bounds by schedule, load, and a veto."""

from pathlib import Path

import pytest

from tests.support.stages import shipped
from tests.support.watched_stage import watched

pytestmark = pytest.mark.sandbox


def test_a_morning_brings_its_bounds(tmp_path: Path) -> None:
    """S2-07: production has 4 to 8 tasks from 08:00 on a Monday, 2 to 8 before."""
    with watched(tmp_path, shipped("production"), "2026-11-23T07:30:00Z") as production:
        production.use(cpu_total=100, memory_each=30)
        production.aws.forward(minutes=10)
        night = production.report()
        assert night["at"] == "2026-11-23T07:40:00Z"
        assert (night["bounds"]["min"], night["findings"]) == (2, [])
        assert night["bounds"]["why"] == "schedule weekday-night since 2026-11-20T22:00:00Z"
        assert night["tasks"] == {"desired": 2, "running": 2, "pending": 0}

        production.aws.until("2026-11-23T08:05:00Z")
        day = production.report()
        assert (day["bounds"]["min"], day["bounds"]["max"], day["findings"]) == (4, 8, [])
        assert day["bounds"]["why"] == "schedule weekday-morning since 2026-11-23T08:00:00Z"
        assert day["tasks"]["running"] == 4
        assert [sum(each["states"].values()) for each in day["targets"]] == [4, 4]


def test_a_scale_in_says_what_it_waits_for(tmp_path: Path) -> None:
    """S2-10: a scale-out's cause, memory's veto (F13), one task fewer, its cooldown."""
    with watched(tmp_path, shipped("production"), "2026-11-23T08:05:00Z") as production:
        production.use(cpu_total=400, memory_each=75)
        production.aws.forward(minutes=10)
        busy = production.report()
        assert busy["tasks"]["desired"] > 4
        # 75 % of memory is below its target of 80 and above 0.9 x 80 = 72: it wants no task to go.
        production.use(cpu_total=40, memory_each=75)
        production.aws.forward(minutes=20)
        vetoed = production.report()
        assert vetoed["scaleInWaitsFor"] == ["memory 75 % (below 72 % needed)"]
        assert vetoed["tasks"]["desired"] == busy["tasks"]["desired"]
        causes = [each["cause"] for each in vetoed["activities"]]
        assert any(each.endswith("triggered policy evenkeel-production-cpu") for each in causes)

        production.use(cpu_total=40, memory_each=30)
        production.aws.forward(minutes=18)
        leaving = production.report()
        assert leaving["tasks"]["desired"] == busy["tasks"]["desired"] - 1
        [cooldown] = [each for each in leaving["scaleInWaitsFor"] if "cooldown" in each]
        assert cooldown.startswith("the end of the scale-in cooldown at 2026-11-23T08:5")
