"""What tasks use becomes metrics: told for simulated ones, measured for processes."""

import json
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support import emulator, stepped
from tests.support.emulated_service import CLUSTER, IMAGES, NAME, Service, define
from tests.support.emulated_tasks import Runner
from tests.support.emulator import Account, until

pytestmark = pytest.mark.sandbox
WHOLE = {"ClusterName": CLUSTER, "ServiceName": NAME}
# Half of what 256 CPU units are, and 150 MB: it says every tenth of a second what it has used.
BUSY = """
import time
held = b"x" * 150_000_000
began, before = time.monotonic(), time.process_time()
while True:
    while time.process_time() - before < 0.0125 * (time.monotonic() - began):
        pass
    print(time.monotonic(), time.process_time(), flush=True)
    time.sleep(0.1)
"""
GREEDY = """
import time
held = b"x" * 600_000_000
time.sleep(600)
"""
REAL = """
- {match: ^busy, folder: ., run: [python, busy.py]}
- {match: ^greedy, folder: ., run: [python, greedy.py]}
"""


def values(
    account: Account,
    name: str,
    statistic: str = "Average",
    namespace: str = "AWS/ECS",
    dimensions: dict[str, str] = WHOLE,
) -> dict[datetime, float]:
    """Every minute's value of a metric, in order."""
    clock = urllib.request.urlopen(f"{account.url}/_evenkeel/clock", timeout=30)
    now = datetime.fromtimestamp(json.load(clock)["now"]).astimezone()
    found = account.cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[{"Name": n, "Value": v} for n, v in dimensions.items()],
        StartTime=now - timedelta(hours=2),
        EndTime=now,
        Period=60,
        Statistics=[statistic],
    )
    points = sorted(found["Datapoints"], key=lambda point: point["Timestamp"])
    return {point["Timestamp"]: point[statistic] for point in points}


def insights(account: Account) -> None:
    """Turn Container Insights on as the program does."""
    setting = {"name": "containerInsights", "value": "enhanced"}
    account.ecs.update_cluster_settings(cluster=CLUSTER, settings=[setting])


def test_one_hot_task_of_three_is_seen(tmp_path: Path) -> None:
    """One of three at 90 % shows as the maximum, in the average as a third, and by itself (S3-18).

    The ids are those that ListTasks gives; the stepped clock's minutes begin at 00:00.
    """
    with stepped.running(tmp_path, IMAGES) as aws:
        account = Account(aws.url)
        service = Service(account, desired=3, loadBalancers=[])
        insights(account)
        aws.forward(minutes=1)
        hot = service.tasks()[0]["taskArn"].rpartition("/")[2]
        aws.use(account, CLUSTER, NAME, memory_each=25, tasks={hot: {"cpu": 90}})
        aws.forward(minutes=1)
        minute = datetime.fromisoformat("2026-11-22T00:01:00+00:00")
        assert values(account, "CPUUtilization")[minute] == pytest.approx(30)
        assert values(account, "CPUUtilization", "Maximum")[minute] == 90
        assert values(account, "MemoryUtilization")[minute] == 25
        dimensions = {"ClusterName": CLUSTER, "TaskDefinitionFamily": "web", "TaskId": hot}
        own = values(
            account, "TaskCpuUtilization", namespace="ECS/ContainerInsights", dimensions=dimensions
        )
        assert own[minute] == 90


def test_counts_follow_the_service(tmp_path: Path) -> None:
    """Two of two run; then three of an image that never starts: 3 wanted, 2 run, 3 pend (S2-02)."""
    with stepped.running(tmp_path, IMAGES) as aws:
        account = Account(aws.url)
        service = Service(account, loadBalancers=[])
        insights(account)
        aws.forward(minutes=2)
        service.update(desiredCount=3, taskDefinition=define(account, "never:1"))
        aws.forward(minutes=2)
        names = ("DesiredTaskCount", "RunningTaskCount", "PendingTaskCount")
        counts = [
            values(account, name, "Maximum", namespace="ECS/ContainerInsights") for name in names
        ]
        rows = [tuple(count[minute] for count in counts) for minute in counts[0]]
        assert [rows[1], rows[3]] == [(2, 2, 0), (3, 2, 3)]


def test_a_process_is_measured_as_it_counts_itself(tmp_path: Path) -> None:
    """CPU and memory of a busy process in CloudWatch are those by its own account.

    Of 256 units, which are 0.025 of a core, it takes half; the machine may keep it from that.
    """
    (tmp_path / "busy.py").write_text(BUSY)
    with emulator.running(tmp_path, REAL, speed=60) as aws:
        account = Account(aws.url)
        service = Service(account, image="busy:1", desired=1, loadBalancers=[])
        metric = until(
            lambda: found if len(found := values(account, "CPUUtilization")) > 8 else None,
            "nine minutes of CPU",
            seconds=60,
        )
        (task,) = service.tasks()
        log = tmp_path / "state" / "tasks" / f"{task['taskArn'].rpartition('/')[2]}.log"
        said = [[float(word) for word in line.split()] for line in log.read_text().splitlines()]
        (began, first), (ended, last) = said[0], said[-1]
        share = 100 * (last - first) / (ended - began) / 0.025
        # The first minutes hold the start of the interpreter too.
        steady = list(metric.values())[2:]
        assert sum(steady) / len(steady) == pytest.approx(share, rel=0.25)
        memory = list(values(account, "MemoryUtilization").values())[-1]
        assert 100 * 150 / 537 < memory < 100 * 180 / 537  # MB of 512 MiB


def test_a_task_above_its_memory_is_killed(tmp_path: Path) -> None:
    """600 MB in a task of 512 MiB: exit code 137, and the container's reason says why."""
    (tmp_path / "greedy.py").write_text(GREEDY)
    with emulator.running(tmp_path, REAL, speed=60) as aws:
        runner = Runner(Account(aws.url))
        task = runner.ended(define(runner.account, "greedy:1"))
        (container,) = task["containers"]
        assert container["exitCode"] == 137
        assert container["reason"] == "OutOfMemoryError: Container killed due to memory usage"
        assert task["stoppedReason"] == "Essential container in task exited"


def test_a_use_that_is_wrong_is_refused_with_its_place(tmp_path: Path) -> None:
    """The call answers 400 and names the member that cannot be meant."""
    with stepped.running(tmp_path) as aws, pytest.raises(urllib.error.HTTPError) as caught:
        aws.use(Account(aws.url), CLUSTER, NAME, cpu_total=-1)
    refused: Any = json.load(caught.value)
    assert caught.value.code == 400
    assert refused["error"].startswith("cpuTotal: ")
