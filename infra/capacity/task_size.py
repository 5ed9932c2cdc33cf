"""Sizes of a Fargate task, and of a service."""

# ECS runs up to 5,000 tasks in a service (quota "Tasks per service").
MOST_TASKS = 5000

# Memory in MiB that Fargate has for each CPU size (ECS API reference, RegisterTaskDefinition).
FARGATE_MEMORY_MIB: dict[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
}


def smallest_size(cpu: int, memory_mib: int) -> tuple[int, int] | None:
    """The smallest task of Fargate with at least *cpu* units and *memory_mib*; None: none has."""
    return next(
        (
            (units, size)
            for units, sizes in FARGATE_MEMORY_MIB.items()
            for size in sizes
            if units >= cpu and size >= memory_mib
        ),
        None,
    )
