"""SANDBOX_SPEED: how fast a sandbox's clock runs."""

from sandbox import variable

DEFAULT = 20.0  # sandbox seconds in a second of wall time
SPEEDS = (1.0, 600.0)


def asked() -> float:
    """Sandbox seconds in a second of wall time. Raises WrongUseError."""
    allowed = f"a number from {SPEEDS[0]:g} (real time) to {SPEEDS[1]:g}"
    return variable.number("SANDBOX_SPEED", DEFAULT, SPEEDS, allowed)
