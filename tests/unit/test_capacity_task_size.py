"""Sizes of a Fargate task."""

import pytest

from infra.capacity import smallest_size


@pytest.mark.parametrize(
    ("cpu", "memory", "size"),
    [
        (0, 0, (256, 512)),
        (256, 512, (256, 512)),
        (256, 513, (256, 1024)),
        (257, 512, (512, 1024)),
        (256, 2049, (512, 3072)),
        (1024, 8193, (2048, 9216)),
        (16384, 122880, (16384, 122880)),
        (16384, 122881, None),
        (16385, 512, None),
    ],
)
def test_the_next_larger_size(cpu: int, memory: int, size: tuple[int, int] | None) -> None:
    """S3-11: the smallest pair that Fargate has with as much of both, or none."""
    assert smallest_size(cpu, memory) == size
