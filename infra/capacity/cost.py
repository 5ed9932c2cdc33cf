"""What tasks cost. Prices of Fargate on Linux, x86, us-east-1, in USD."""

# vantage.sh and cloudburn.io, read 2026-04-01; other regions cost up to about a third more.
PRICE_REGION = "us-east-1"
PRICES_AS_OF = "2026-04-01"
VCPU_HOUR = 0.04048
GB_HOUR = 0.004445
# Spot is "up to 70 %" cheaper; what it costs on a day is not known beforehand.
LOWEST_SPOT_SHARE = 0.30
HOURS_A_MONTH = 730


def monthly_cost(tasks: int, cpu: int, memory_mib: int) -> float:
    """USD for *tasks* on demand through a month; *cpu* in units (1024 = 1 vCPU)."""
    hourly = cpu / 1024 * VCPU_HOUR + memory_mib / 1024 * GB_HOUR
    return tasks * hourly * HOURS_A_MONTH
