"""The metrics of ECS services, worked out by hand: what is told and measured, minute by minute."""

from typing import Any

import pytest

from sandbox.emulator.ecs_metrics import MINUTE, ServiceMetrics
from sandbox.emulator.ecs_records import clusters, services, tasks
from tests.support.metric_scene import NOON, MetricScene, Simulated


@pytest.fixture(params=["enhanced"])
def scene(monkeypatch: pytest.MonkeyPatch, request: Any) -> MetricScene:
    for store in (clusters, services, tasks):
        monkeypatch.setattr(store, "_data", {})
    return MetricScene(monkeypatch, request.param)


def test_one_busy_task_of_three_is_the_maximum(scene: MetricScene) -> None:
    """90, 0 and 0 percent: the average is a third of the busy task, the maximum is it (S3-18)."""
    busy, *_ = scene.run(3)
    scene.use(tasks={busy: {"cpu": 90}})
    scene.at(1)
    assert scene.cpu() == {0: 30.0}
    assert scene.cpu("Maximum") == {0: 90.0}
    assert scene.cpu("SampleCount") == {0: 3.0}


def test_a_sum_is_spread_over_the_running_tasks(scene: MetricScene) -> None:
    """340 percent over four tasks are 85 each, over five 68: the sums of the guide (S2-05)."""
    scene.run(4)
    scene.use(cpuTotal=340, memoryEach=50)
    scene.at(1)
    scene.run(1, since=scene.now)
    scene.at(2)
    assert scene.cpu() == {0: 85.0, 1: 68.0}
    assert scene.read("MemoryUtilization", namespace="AWS/ECS") == {0: 50.0, 1: 50.0}


def test_a_larger_task_counts_for_more(scene: MetricScene) -> None:
    """A deployment from 256 units to 1024: 256 of 1280 units are used, so 20 %, not 50 (S2-05).

    Of the memory 512 MB at 40 % and 768 at 90 are 896 of 1280 MB.
    """
    (old,) = scene.run(1)
    (new,) = scene.run(1, cpu="1024", memory="768")
    scene.use(tasks={old: {"cpu": 100, "memory": 40}, new: {"cpu": 0, "memory": 90}})
    scene.at(1)
    assert (scene.cpu(), scene.cpu("Maximum")) == ({0: 20.0}, {0: 100.0})
    average, maximum = (
        scene.read("MemoryUtilization", statistic, "AWS/ECS")
        for statistic in ("Average", "Maximum")
    )
    assert (average, maximum) == ({0: 70.0}, {0: 90.0})


def test_larger_tasks_alone_count_once(scene: MetricScene) -> None:
    """Two tasks of 1024 units are two samples, as two of 256 are."""
    scene.run(2, cpu="1024")
    scene.use(cpuTotal=150)
    scene.at(1)
    assert (scene.cpu(), scene.cpu("SampleCount")) == ({0: 75.0}, {0: 2.0})


@pytest.mark.parametrize("size", ["0", "1 vCPU", ""])
def test_a_size_that_is_no_number_stops_nothing(scene: MetricScene, size: str) -> None:
    """A task of such a size is not in the metrics; the others are."""
    scene.run(1, cpu=size)
    scene.run(1, memory=size)
    scene.run(1)
    scene.use(cpuTotal=90)
    scene.at(1)
    assert (scene.cpu(), scene.cpu("SampleCount")) == ({0: 90.0}, {0: 1.0})


def test_a_task_of_its_own_takes_no_share(scene: MetricScene) -> None:
    """Ten tasks, one told 95 percent, 306 over the other nine: 34 each, and 40.1 on average."""
    hot, *_ = scene.run(10)
    scene.use(cpuTotal=306, memoryEach=20, tasks={hot: {"cpu": 95}})
    scene.at(1)
    assert scene.cpu() == {0: pytest.approx(40.1)}
    assert scene.cpu("Maximum") == {0: 95.0}
    assert scene.cpu("Minimum") == {0: 34.0}
    assert scene.read("MemoryUtilization", "Minimum", "AWS/ECS") == {0: 20.0}


def test_no_task_uses_more_than_it_declares(scene: MetricScene) -> None:
    """340 percent of one task's share on one task are 100, as Fargate holds it to its share."""
    scene.run(1)
    scene.use(cpuTotal=340, memoryEach=120)
    scene.at(1)
    assert scene.cpu() == {0: 100.0}
    assert scene.read("MemoryUtilization", namespace="AWS/ECS") == {0: 100.0}


def test_what_nobody_told_is_nothing_used(scene: MetricScene) -> None:
    """Tasks run and use 0: there is data, so an alarm on low use can go off."""
    scene.run(2)
    scene.at(1)
    assert scene.cpu("Maximum") == {0: 0.0}
    assert scene.cpu("SampleCount") == {0: 2.0}


def test_without_a_running_task_there_is_no_use(scene: MetricScene) -> None:
    """No task runs: neither CPU nor memory has a point, not a 0 that would look like idling."""
    scene.use(cpuTotal=340)
    scene.at(1)
    assert scene.cpu() == {}
    assert scene.read("CpuReserved") == {}
    assert scene.read("DesiredTaskCount") == {0: 4.0}


def test_counts_are_the_service_s(scene: MetricScene) -> None:
    """Desired, running and pending counts are those that DescribeServices has (S2-02)."""
    scene.at(1)
    assert scene.read("DesiredTaskCount") == {0: 4.0}
    assert scene.read("RunningTaskCount") == {0: 3.0}
    assert scene.read("PendingTaskCount") == {0: 1.0}


def test_each_task_is_seen(scene: MetricScene) -> None:
    """Every task has a line of its own, by family and id, with its CPU and its memory (S3-18)."""
    hot, cold = scene.run(2)
    scene.use(tasks={hot: {"cpu": 95, "memory": 40}, cold: {"cpu": 5, "memory": 30}})
    scene.at(1)
    for name, task, value in (("Cpu", hot, 95), ("Cpu", cold, 5), ("Memory", hot, 40)):
        dimensions = {"ClusterName": "main", "TaskDefinitionFamily": "web", "TaskId": task}
        assert scene.read(f"Task{name}Utilization", dimensions=dimensions) == {0: value}


def test_used_and_reserved_are_sums(scene: MetricScene) -> None:
    """Two tasks of 256 units at 50 %: 512 reserved, 256 used; of 512 MB at 25 %: 1024 and 256."""
    scene.run(2)
    scene.use(cpuTotal=100, memoryEach=25)
    scene.at(1)
    sums = {
        name: scene.read(name)[0]
        for name in ("CpuReserved", "CpuUtilized", "MemoryReserved", "MemoryUtilized")
    }
    assert sums == {
        "CpuReserved": 512.0,
        "CpuUtilized": 256.0,
        "MemoryReserved": 1024.0,
        "MemoryUtilized": 256.0,
    }


@pytest.mark.parametrize(
    ("scene", "counts", "each"),
    [("disabled", False, False), ("enabled", True, False), ("enhanced", True, True)],
    indirect=["scene"],
)
def test_insights_are_what_the_cluster_has_on(scene: MetricScene, counts: bool, each: bool) -> None:
    """Without Container Insights there are ECS's own metrics alone; enhanced adds single tasks."""
    (task,) = scene.run(1)
    scene.at(1)
    dimensions = {"ClusterName": "main", "TaskDefinitionFamily": "web", "TaskId": task}
    assert bool(scene.cpu())
    assert bool(scene.read("RunningTaskCount")) is counts
    assert bool(scene.read("CpuReserved")) is counts
    assert bool(scene.read("TaskCpuUtilization", dimensions=dimensions)) is each


def test_the_first_minute_must_be_seen_whole(
    scene: MetricScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An emulator that starts 20 s into a minute says nothing of it, and all of the next."""
    scene.run(1)
    monkeypatch.setattr("time.time", lambda: NOON + 20)
    metrics = ServiceMetrics(Simulated(), vcpu=0.1)  # type: ignore[arg-type]
    for moment in (30, 60, 119, 121, 130):
        monkeypatch.setattr("time.time", lambda moment=moment: NOON + moment)
        metrics.beat()
    assert scene.cpu("SampleCount") == {1: 1.0}


def test_every_minute_of_a_late_beat_has_a_point(scene: MetricScene) -> None:
    """After four minutes without a beat there are four points; a task counts since it ran."""
    scene.run(1)
    scene.run(1, since=NOON + 2.5 * MINUTE)
    scene.at(4.1)
    scene.at(4.9)
    assert scene.cpu("SampleCount") == {0: 1.0, 1: 1.0, 2: 2.0, 3: 2.0}


def test_a_task_that_began_after_the_minute_is_not_in_it(scene: MetricScene) -> None:
    """A beat comes 5 s into the next minute: the task of 2 s ago takes no share of the last."""
    scene.run(4)
    scene.run(1, since=NOON + MINUTE + 2)
    scene.use(cpuTotal=340)
    scene.at(1 + 5 / MINUTE)
    assert scene.cpu() == {0: 85.0}


def test_accounts_do_not_see_each_other(
    scene: MetricScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service of the same name in another account has its own use."""
    scene.run(1)
    scene.use(cpuTotal=80)
    other = MetricScene(monkeypatch, "enhanced")
    other.run(1)
    other.use(cpuTotal=20)
    scene.now = other.now = NOON + MINUTE
    scene.metrics.beat()
    assert (scene.cpu(), other.cpu()) == ({0: 80.0}, {0: 20.0})
    scene.use()
    scene.now = other.now = NOON + 2 * MINUTE
    scene.metrics.beat()
    assert (scene.cpu(), other.cpu()) == ({0: 80.0, 1: 0.0}, {0: 20.0, 1: 20.0})
