"""What AWS documents: connection limits by engine and class, and Fargate's task sizes."""

# GiB of memory (AWS: RDS User Guide, "Hardware specifications for DB instance classes").
MEMORY = {
    "db.t3.small": 2,
    "db.t4g.micro": 1,
    "db.t4g.small": 2,
    "db.t4g.medium": 4,
    "db.t4g.large": 8,
    "db.m6g.large": 8,
    "db.r6g.large": 16,
    "db.r6g.xlarge": 32,
    "db.r6g.2xlarge": 64,
}
# DBInstanceClassMemory is less than that: the system and RDS take their part, so this share is
# left (measured defaults of max_connections; percent by GiB).
USABLE = {1: 70, 2: 88, 4: 90, 8: 93}
USABLE_ABOVE = 95
# Bytes for one connection, and the most (AWS: RDS and Aurora User Guides, max_connections).
FORMULAS = {
    "postgres": (9531392, 5000),
    "aurora-postgresql": (9531392, 5000),
    "mysql": (12582880, None),
    "mariadb": (25165760, 12000),
}
# AWS: Aurora User Guide, tables of max_connections by class.
TABLES = {
    "aurora-postgresql": {
        "db.t4g.medium": 405,
        "db.t4g.large": 844,
        "db.r6g.large": 1722,
        "db.r6g.xlarge": 3479,
    },
    "aurora-mysql": {
        "db.t3.small": 45,
        "db.t4g.medium": 90,
        "db.t4g.large": 135,
        "db.r6g.large": 1000,
        "db.r6g.xlarge": 2000,
        "db.r6g.2xlarge": 3000,
    },
}
# MiB by CPU units: smallest, largest, step (AWS: ECS API, RegisterTaskDefinition, memory).
FARGATE = {
    512: (1024, 4096, 1024),
    1024: (2048, 8192, 1024),
    2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024),
    8192: (16384, 61440, 4096),
    16384: (32768, 122880, 8192),
}


def connection_limit(engine: str, instance_class: str, given: int | None) -> int | None:
    """Most connections of the database: as given, else AWS's default; None: not documented."""
    if given is not None:
        return given
    if documented := TABLES.get(engine, {}).get(instance_class):
        return documented
    if engine not in FORMULAS or instance_class not in MEMORY:
        return None
    memory = MEMORY[instance_class]
    bytes_each, most = FORMULAS[engine]
    share = USABLE.get(memory, USABLE_ABOVE)
    fits = memory * 1024**3 * share // (100 * bytes_each)
    return fits if most is None else min(fits, most)


def fargate_has(cpu: int, memory: int) -> bool:
    """Whether Fargate has tasks of *cpu* units and *memory* MiB."""
    if cpu == 256:
        return memory in (512, 1024, 2048)
    if cpu not in FARGATE:
        return False
    low, high, step = FARGATE[cpu]
    return low <= memory <= high and (memory - low) % step == 0
