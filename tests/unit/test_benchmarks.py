"""The arithmetic of the benchmarks."""

from pathlib import Path

import pytest

from benchmarks.arithmetic import declared_wait, medians, ratio
from benchmarks.preview import report
from tests.support.stages import changed, shipped

IMAGES = """
- match: web
  warmUpSeconds: 20
  command:
    upgrade: {exit: 0, after: 5}
    contract: {exit: 0, after: 7}
"""


@pytest.fixture
def images(tmp_path: Path) -> Path:
    file = tmp_path / "images.yaml"
    file.write_text(IMAGES)
    return file


def test_a_ratio_is_the_median_of_the_pairs() -> None:
    """Pair by pair 2, 3 and 1.5: the median is 2, although the medians' ratio is 1.5."""
    found = ratio([2.0, 6.0, 15.0], [1.0, 2.0, 10.0], aim=2)
    assert (found.ratio, found.lowest, found.highest) == (2.0, 1.5, 3.0)
    assert found.as_data()["met"] is True
    assert ratio([2.1], [1.0], aim=2).as_data()["met"] is False


def test_medians_are_of_each_operation() -> None:
    """The middle of three, and the mean of the middle two of four."""
    assert medians({"a": [3.0, 1.0, 2.0], "b": [1.0, 2.0, 4.0, 9.0]}) == {"a": 2.0, "b": 3.0}


def test_declared_waits_are_run_warm_up_and_checks(images: Path) -> None:
    """5 s of migration, 20 s of warm-up and 2 checks of 30 s are 85 s; at 600 times, 0.142 s."""
    staging = shipped("staging")
    assert declared_wait(staging, images, 1) == 85
    assert declared_wait(staging, images, 600) == pytest.approx(85 / 600)
    slower = changed(staging, {"service.healthCheck.healthyThreshold": 4})
    assert declared_wait(slower, images, 1) == 145
    phases = {"order": "expandContract", "expand": ["upgrade"], "contract": ["contract"]}
    assert declared_wait(changed(staging, {"migrations": phases}), images, 1) == 92
    assert declared_wait(changed(staging, {"migrations": None}), images, 1) == 80


def test_the_report_takes_the_wait_out_of_the_first_up_alone() -> None:
    """12 s less 3 s of waits are 3 times 3 s, which meets the aim; other operations have none."""
    found = report(
        {
            "sandbox": {
                "previewWithoutPack": [10.0],
                "previewWithPack": [14.0],
                "firstUp": [12.0],
                "unchangedUp": [5.0],
            },
            "nothing": {
                "previewWithoutPack": [9.0],
                "previewWithPack": [9.0],
                "firstUp": [3.0],
                "unchangedUp": [2.0],
            },
            "pack": {"start": [0.5, 0.75, 0.7]},
        },
        wait=3.0,
    )
    assert found["seconds"]["sandbox"]["firstUp"] == 9.0
    assert found["seconds"]["pack"] == {"start": 0.7}
    ratios = {what: (each["ratio"], each["met"]) for what, each in found["ratios"].items()}
    assert ratios == {
        "previewWithPackToWithout": (1.4, False),
        "firstUpToNothing": (3.0, True),
        "unchangedUpToNothing": (2.5, False),
    }
