"""SANDBOX_VCPU: how much of this machine's processor a task's CPU units are."""

from sandbox import variable

DEFAULT = 0.1  # of one core, for 1,024 CPU units
SHARES = (0.01, 4.0)


def asked() -> float:
    """The share of one core that 1,024 CPU units are. Raises WrongUseError."""
    allowed = (
        f"a number from {SHARES[0]:g} to {SHARES[1]:g}: of one core of this machine, what 1,024 "
        "CPU units are"
    )
    return variable.number("SANDBOX_VCPU", DEFAULT, SHARES, allowed)
