"""The emulator's health of simulated targets by hand: which state at which second of its clock."""

from collections.abc import Iterator

import pytest
from ministack.core.responses import request_scope

from sandbox.emulator import elbv2_targets
from tests.support.target_scene import Scene, accounts


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with request_scope(str(next(accounts)), "eu-west-1"):
        scene = Scene()
        monkeypatch.setattr(elbv2_targets, "processes", scene.processes)
        monkeypatch.setattr("time.time", lambda: scene.now)
        monkeypatch.setattr("time.monotonic", lambda: scene.wall)
        yield scene


def test_healthy_after_warm_up_and_two_checks(scene: Scene) -> None:
    """Answering from second 5 on, 2 checks of 10 s: initial before 25, healthy from 25 on."""
    scene.register()
    scene.processes.since = 5.0
    assert [scene.state(s) for s in (0, 19.9, 25, 1000)] == [
        "initial", "initial", "healthy", "healthy",
    ]  # fmt: skip


def test_long_warm_up_is_unhealthy_meanwhile(scene: Scene) -> None:
    """Answering from second 60 on: two failed checks make it unhealthy at 20, healthy at 80."""
    scene.register()
    scene.processes.since = 60.0
    assert [scene.state(s) for s in (19.9, 20, 79.9, 80)] == [
        "initial", "unhealthy", "unhealthy", "healthy",
    ]  # fmt: skip


def test_nothing_behind_the_address_is_never_healthy(scene: Scene) -> None:
    """An address that nothing serves is unhealthy for good."""
    scene.register()
    assert [scene.state(s) for s in (0, 20, 1e6)] == ["initial", "unhealthy", "unhealthy"]


def test_drain_without_connections_is_short(scene: Scene) -> None:
    """No open connection: draining for IDLE_DRAIN seconds, then gone, not for the full delay."""
    scene.register()
    scene.now = 100.0
    scene.deregister()
    end = 100 + elbv2_targets.IDLE_DRAIN
    assert [scene.state(s) for s in (100, end - 0.1, end)] == ["draining", "draining", "unused"]
