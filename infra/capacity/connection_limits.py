"""How many connections a database takes, by engine and instance class."""

from dataclasses import dataclass

GIB = 2**30

# Memory in GiB of a family's size "large"; every other size is a multiple of it
# (RDS User Guide, "Hardware specifications for DB instance classes").
LARGE_GIB = {
    **dict.fromkeys(("t2", "t3", "t4g"), 8),
    **dict.fromkeys(("m5", "m5d", "m6g", "m6gd", "m6i", "m6id", "m7g", "m7i", "m8g"), 8),
    **dict.fromkeys(("r5", "r5b", "r5d", "r6g", "r6gd", "r6i", "r6id", "r7g", "r7i", "r8g"), 16),
    "x2g": 32,
}
SIZES = {
    "micro": 1 / 8,
    "small": 1 / 4,
    "medium": 1 / 2,
    "large": 1,
    "xlarge": 2,
    "2xlarge": 4,
    "4xlarge": 8,
    "8xlarge": 16,
    "12xlarge": 24,
    "16xlarge": 32,
    "24xlarge": 48,
}
SMALL_SIZES = ("micro", "small", "medium")  # burstable families (t…) alone have them
# DBInstanceClassMemory is less than the nominal memory: RDS and the operating system take their
# part. Shares that stay below what was measured: up to so many GiB, so much is usable.
USABLE = ((1, 0.70), (2, 0.88), (4, 0.90), (8, 0.93), (float("inf"), 0.95))

# Engine: (bytes for each connection, ceiling, where the formula stands).
FORMULAS = {
    "postgres": (9531392, 5000, "LEAST(DBInstanceClassMemory/9531392, 5000), RDS User Guide"),
    "aurora-postgresql": (
        9531392,
        5000,
        "LEAST(DBInstanceClassMemory/9531392, 5000), Aurora User Guide",
    ),
    "mysql": (12582880, 100000, "DBInstanceClassMemory/12582880, RDS User Guide"),
    "mariadb": (25165760, 12000, "LEAST(DBInstanceClassMemory/25165760, 12000), RDS User Guide"),
}
# Documented defaults stand before any formula: Aurora User Guide, "Maximum connections to an
# Aurora PostgreSQL DB instance" and "… Aurora MySQL DB instance".
DOCUMENTED = {
    "aurora-postgresql": {
        "t4g.medium": 405,
        "t4g.large": 844,
        "r6g.large": 1722,
        "r6g.xlarge": 3479,
    },
    "aurora-mysql": {
        **{
            f"{family}.{size}": limit
            for family in ("t3", "t4g")
            for size, limit in (("medium", 90), ("large", 135))
        },
        "t3.small": 45,
        # The guide lists r5; the other families have the same memory, size by size.
        **{
            f"{family}.{size}": limit
            for family in ("r5", "r6g", "r6i", "r7g", "r7i")
            for size, limit in (
                ("large", 1000),
                ("xlarge", 2000),
                ("2xlarge", 3000),
                ("4xlarge", 4000),
                ("8xlarge", 5000),
                ("12xlarge", 6000),
                ("16xlarge", 6000),
                ("24xlarge", 7000),
            )
        },
    },
}


@dataclass(frozen=True)
class ConnectionLimit:
    """Most connections of a database, and where the number comes from."""

    connections: int
    source: str


def connection_limit(
    engine: str, instance_class: str, max_connections: int | None = None
) -> ConnectionLimit:
    """Most connections that a database takes.

    What the stage declares as maxConnections stands before what AWS documents, and that before
    the engine's formula over the usable memory of the class.

    Raises:
        LookupError: engine and class have no known default and none is declared.
    """
    if max_connections is not None:
        return ConnectionLimit(max_connections, "database.maxConnections of the stage")
    name = instance_class.removeprefix("db.")
    if limit := DOCUMENTED.get(engine, {}).get(name):
        return ConnectionLimit(limit, "Aurora User Guide, table of max_connections by class")
    if engine not in FORMULAS:
        raise LookupError(f"no known connection limit for {engine} on {instance_class}")
    memory = _memory_gib(name)
    share = next(share for gib, share in USABLE if memory <= gib)
    divisor, ceiling, formula = FORMULAS[engine]
    limit = min(int(memory * GIB * share / divisor), ceiling)
    return ConnectionLimit(limit, f"{formula}, {share:.0%} of {memory:g} GiB usable")


def _memory_gib(name: str) -> float:
    family, _, size = name.partition(".")
    fits = (size in SMALL_SIZES) <= family.startswith("t")
    if family not in LARGE_GIB or size not in SIZES or not fits:
        raise LookupError(f"no known memory for db.{name}")
    return LARGE_GIB[family] * SIZES[size]
