"""The vCPU sum and the account's quota."""

import pytest

from infra.capacity import VcpuSum


@pytest.mark.parametrize(
    ("tasks", "migration", "cpu", "quota", "total", "fits", "needed"),
    [
        (128, 0, 2048, 256, 256, True, 256),
        (128, 1, 2048, 256, 258, False, 258),
        (8, 1, 512, 6, 4.5, True, 5),
        (16, 0, 256, 4, 4, True, 4),
        (16, 1, 256, 4, 4.25, False, 5),
    ],
)
def test_hand_worked_sums(
    tasks: int, migration: int, cpu: int, quota: int, total: float, fits: bool, needed: int
) -> None:
    """S3-02: 64 tasks of 2 vCPU are 256 in a deploy, and a migration beside them 2 more."""
    vcpus = VcpuSum(tasks, migration, cpu, quota)

    assert (vcpus.total, vcpus.fits, vcpus.needed) == (total, fits, needed)
    assert vcpus.each == cpu / 1024
