"""From seconds and bytes of process groups to shares of what tasks declare."""

import signal
import subprocess
from typing import Any

import pytest

from sandbox.emulator import process_use
from sandbox.emulator.ecs_measured import MIB, OUT_OF_MEMORY, Measured
from sandbox.emulator.process_use import Group, Times


class Scene:
    """Processes whose groups a test sets, and a wall clock that it moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.groups: dict[int, Group] = {}
        self.leaders: dict[str, int] = {}
        self.asked: list[str] = []
        self.wall = 50.0
        self.looks = 0
        monkeypatch.setattr(process_use, "look", self._look)
        monkeypatch.setattr("time.monotonic", lambda: self.wall)
        self.measured = Measured(self, vcpu=0.1)  # type: ignore[arg-type]

    def pids(self, task: dict[str, Any]) -> list[int]:
        self.asked.append(task["taskArn"])
        leader = self.leaders.get(task["taskArn"])
        return [] if leader is None else [leader, leader + 1]

    def has(self, leader: int, seconds: float, mib: float) -> None:
        """A group that began at 0 has used so much until now."""
        times = {(leader, 1): Times(seconds, 0)}
        self.groups[leader] = Group(self.wall, self.wall, times, mib * MIB)

    def task(self, arn: str, leader: int, cpu: str = "256") -> dict[str, Any]:
        self.leaders[arn] = leader
        return {
            "taskArn": arn,
            "cpu": cpu,
            "memory": "512",
            "containers": [{"name": "log"}, {"name": "web"}],
            "_process": {"container": "web"},
        }

    def _look(self, leaders: Any) -> dict[int, Group]:
        self.looks += 1
        return {leader: self.groups[leader] for leader in leaders}


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    return Scene(monkeypatch)


def test_use_is_of_what_the_task_declares(scene: Scene) -> None:
    """At 0.1 a core 256 units are 0.025 of one: 0.05 s in 4 s are 50 %; 128 of 512 MiB are 25 %."""
    task = scene.task("a", 7)
    scene.has(7, 1.0, 100)
    scene.measured.of([task])
    scene.wall += 4
    scene.has(7, 1.05, 128)
    used = scene.measured.of([task])["a"]
    assert (used.cpu, used.memory) == pytest.approx((50, 25))


def test_a_new_task_is_measured_since_it_began(scene: Scene) -> None:
    """0.5 s of a core since the process began 50 s ago, of 1,024 units: 10 %."""
    task = scene.task("a", 7, cpu="1024")
    scene.has(7, 0.5, 0)
    assert scene.measured.of([task])["a"].cpu == pytest.approx(10)


def test_a_share_is_cut_at_the_whole(scene: Scene) -> None:
    """Nothing holds a process here to its share; on Fargate it would not get more."""
    task = scene.task("a", 7)
    scene.has(7, 40, 10)
    assert scene.measured.of([task])["a"].cpu == 100


def test_one_look_a_second_serves_all(scene: Scene) -> None:
    """Within 0.9 s the answer stands; a task's leader is asked for once in its life."""
    task = scene.task("a", 7)
    scene.has(7, 1.0, 128)
    first = scene.measured.of([task])
    scene.wall += 0.89
    scene.has(7, 9.0, 400)
    assert scene.measured.of([task]) == first
    scene.wall += 0.02
    scene.has(7, 9.0, 400)
    assert scene.measured.of([task])["a"].memory == pytest.approx(78.125)
    assert (scene.looks, scene.asked) == (2, ["a"])


def test_a_task_without_a_process_is_not_measured(scene: Scene) -> None:
    """Its process has ended, or was lost with an emulator; the others are measured."""
    lost, task = scene.task("lost", 8), scene.task("a", 7)
    del scene.leaders["lost"]
    scene.has(7, 1.0, 128)
    assert scene.measured.of([lost, task]).keys() == {"a"}


def test_a_task_above_its_memory_is_killed(scene: Scene) -> None:
    """Its whole group gets SIGKILL, and its container the reason that AWS gives."""
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as process:
        task = scene.task("a", process.pid)
        scene.has(process.pid, 1.0, 512)
        assert scene.measured.of([task])["a"].memory == 100
        assert process.poll() is None
        scene.wall += 1
        scene.has(process.pid, 1.0, 512.1)
        assert scene.measured.of([task])["a"].memory == 100
        assert process.wait(timeout=30) == -signal.SIGKILL
    assert task["containers"] == [{"name": "log"}, {"name": "web", "reason": OUT_OF_MEMORY}]


def test_a_leader_that_has_ended_is_not_killed(scene: Scene) -> None:
    """Its number may be another's by then, so the processes are asked again before the signal."""
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as process:
        task = scene.task("a", process.pid)
        scene.has(process.pid, 1.0, 100)
        scene.measured.of([task])
        del scene.leaders["a"]
        scene.wall += 1
        scene.has(process.pid, 1.0, 600)
        scene.measured.of([task])
        assert process.poll() is None
        process.kill()
    assert task["containers"] == [{"name": "log"}, {"name": "web"}]
