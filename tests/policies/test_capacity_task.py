"""A task has a size that Fargate has, and the memory that its workers take."""

import re
from typing import Any

import pytest

from tests.policies.capacity_programs import judged, messages, task, unknown
from tests.policies.judging import fired, stage

SIZE, WORKERS = "capacity-task-size", "capacity-workers-fit"
FOREIGN: dict[str, Any] = {}


@pytest.mark.parametrize(
    ("cpu", "memory"),
    [
        ("256", "512"),
        ("256", "2048"),
        ("1024", "8192"),
        ("16384", "122880"),
        ("1 vCPU", "2 GB"),
        (".25 vcpu", "0.5GB"),
        ("2vCPU", "4096"),
    ],
)
def test_sizes_that_fargate_has_pass(cpu: str, memory: str) -> None:
    """S3-11: every pair of RegisterTaskDefinition, in units or in the API's other words."""
    assert judged(lambda: task(cpu, memory), config=FOREIGN) == []


@pytest.mark.parametrize(
    ("cpu", "memory", "says"),
    [
        (
            "256",
            "4096",
            "cpu 256 with memory 4096: Fargate has 512, 1024, 2048 MiB for it. A cpu of 512 with a "
            "memory of 4096 passes.",
        ),
        (
            "1024",
            "2500",
            "cpu 1024 with memory 2500: Fargate has 2048 to 8192 MiB in steps of 1024 for it. A "
            "cpu of 1024 with a memory of 3072 passes.",
        ),
        (
            "300",
            "512",
            "cpu 300 with memory 512: Fargate has cpu 256, 512, 1024, 2048, 4096, 8192, 16384. A "
            "cpu of 512 with a memory of 1024 passes.",
        ),
        (
            "16384",
            "131072",
            "cpu 16384 with memory 131072: Fargate has 32768 to 122880 MiB in steps of 8192 for "
            "it. A cpu of 16384 with a memory of 122880 passes.",
        ),
        (
            None,
            "3000",
            "cpu not given with memory 3000: Fargate has cpu 256, 512, 1024, 2048, 4096, 8192, "
            "16384. A cpu of 512 with a memory of 3072 passes.",
        ),
        (
            "512",
            None,
            "cpu 512 with memory not given: Fargate has 1024 to 4096 MiB in steps of 1024 for it. "
            "A cpu of 512 with a memory of 1024 passes.",
        ),
    ],
)
def test_sizes_that_fargate_has_not_are_refused(
    cpu: str | None, memory: str | None, says: str
) -> None:
    """S3-11: the message shows what there is, and the next larger size, which passes."""
    found = judged(lambda: task(cpu, memory), config=FOREIGN)

    assert messages(SIZE, found) == [f"web: {says}"]
    advised = re.search(r"A cpu of (\d+) with a memory of (\d+) passes", says)
    assert advised is not None
    assert judged(lambda: task(advised[1], advised[2]), config=FOREIGN) == []


def test_only_fargate_has_sizes() -> None:
    """A task that does not require Fargate takes what its instance has."""
    assert judged(lambda: task("300", "300", requires=("EC2",)), config=FOREIGN) == []
    assert judged(lambda: task("300", "300", requires=()), config=FOREIGN) == []
    both = judged(lambda: task("300", "300", requires=("EC2", "FARGATE")), config=FOREIGN)
    assert fired(both) == {(SIZE, "web")}


@pytest.mark.parametrize("cpu", ["much", "1 pound"])
def test_a_size_that_cannot_be_read_is_a_violation(cpu: str) -> None:
    """What is no size is not passed over."""
    found = judged(lambda: task(cpu, "512"), config=FOREIGN)

    assert "could not be verified" in messages(SIZE, found)[0]
    late = judged(lambda: task(unknown(), "512"), config=FOREIGN)
    assert "cpu is not known before the update" in messages(SIZE, late)[0]


@pytest.mark.parametrize(
    ("workers", "mib", "refused"), [(4, 256, False), (4, 257, True), (5, 256, True)]
)
def test_workers_fit_the_task(workers: int, mib: int, refused: bool) -> None:
    """S3-11: 4 workers of 256 MiB fill a task of 1,024 MiB to the last MiB."""
    config = stage(service={"workers": {"count": workers, "memoryMiB": mib}})
    found = judged(lambda: task(workers=str(workers)), config=config)

    assert fired(found) == ({(WORKERS, "web")} if refused else set())


def test_the_memory_sum_is_in_the_message() -> None:
    """S3-11: the sum, and both values that pass."""
    config = stage(service={"workers": {"count": 5, "memoryMiB": 256}})
    found = judged(lambda: task(workers="5"), config=config)

    assert messages(WORKERS, found) == [
        "web: 5 workers (WEB_CONCURRENCY) × 256 MiB = 1280 MiB > 1024 MiB, the task's memory. A "
        "workers.count of 4 passes; a memory of 2048 passes."
    ]


@pytest.mark.parametrize(
    ("workers", "mib", "says"),
    [
        (17, 256, "the task's memory. A workers.count of 4 passes."),
        (16, 256, "A workers.count of 4 passes; a memory of 4096 passes."),
        (1, 1025, "the task's memory. A memory of 2048 passes."),
        (1, 4097, "the task's memory. No memory that Fargate has for cpu 512 holds one worker."),
    ],
)
def test_only_values_that_pass_are_named(workers: int, mib: int, says: str) -> None:
    """S3-11: no count of 0, and no memory that Fargate does not have for the stage's cpu."""
    config = stage(service={"workers": {"count": workers, "memoryMiB": mib}})
    found = judged(lambda: task(workers=str(workers)), config=config)

    assert messages(WORKERS, found)[0].endswith(says)


def test_every_container_counts() -> None:
    """S3-11: the containers of a task share its memory; those without workers take none of it."""
    two = """[{"environment": [{"name": "WEB_CONCURRENCY", "value": "3"}]},
        {"environment": [{"name": "WEB_CONCURRENCY", "value": "2"}]}, {"environment": null}]"""

    assert "5 workers" in messages(WORKERS, judged(lambda: task(documents=two)))[0]
    assert judged(lambda: task(workers=None)) == []


def test_containers_that_cannot_be_read_are_a_violation() -> None:
    """S3-11: with a stage, unknown containers cannot be verified; without one nothing is asked."""
    late = judged(lambda: task(documents=unknown()))

    assert "containerDefinitions is not known before the update" in messages(WORKERS, late)[0]
    assert judged(lambda: task(documents=unknown()), config=FOREIGN) == []
    assert judged(lambda: task(workers="50"), config=FOREIGN) == []
    auto = judged(lambda: task(workers="auto"))
    assert "could not be verified: the policy failed with ValueError" in auto[0].message
