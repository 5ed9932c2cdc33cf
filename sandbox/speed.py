"""SANDBOX_SPEED: how fast a sandbox's clock runs."""

import os

from sandbox.errors import WrongUseError

DEFAULT = 20.0  # sandbox seconds in a second of wall time
SPEEDS = (1.0, 600.0)


def asked() -> float:
    """Sandbox seconds in a second of wall time. Raises WrongUseError."""
    given = os.environ.get("SANDBOX_SPEED", "")
    try:
        speed = float(given) if given else DEFAULT
    except ValueError:
        speed = float("nan")
    if not SPEEDS[0] <= speed <= SPEEDS[1]:
        raise WrongUseError(
            f"SANDBOX_SPEED is {given!r}; allowed is a number from 1 (real time) to 600. "
            f"Unset it for the default, {DEFAULT:g}."
        )
    return speed
