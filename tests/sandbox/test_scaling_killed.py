"""Scaling goes on where a killed emulator left it."""

import signal
from pathlib import Path

import pytest

from tests.support import stepped
from tests.support.emulated_service import IMAGES
from tests.support.scaling_scene import Scene

pytestmark = pytest.mark.sandbox


def test_a_cooldown_survives_the_emulators_death(tmp_path: Path) -> None:
    """S4-08: killed in a scale-in cooldown, it comes back to it, to the minute; nothing is lost."""
    with stepped.running(tmp_path, IMAGES) as aws:
        scene = Scene(aws, 4)
        scene.track(70, ScaleInCooldown=1200)
        scene.schedule("later", "rate(33 minutes)", 1, 6)
        scene.use(cpu=20)
        aws.forward(minutes=17)
        before = scene.activities()
        aws.stop(signal.SIGKILL)
        aws.start()
        assert scene.activities() == before
        scene.use(cpu=20)
        aws.forward(minutes=20)
        assert scene.did() == [("15:30", "3"), ("33:00", "1-6"), ("35:30", "2")]
