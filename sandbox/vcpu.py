"""SANDBOX_VCPU: how much of this machine's processor a task's CPU units are."""

import os

from sandbox.errors import WrongUseError

DEFAULT = 0.1  # of one core, for 1,024 CPU units
SHARES = (0.01, 4.0)


def asked() -> float:
    """The share of one core that 1,024 CPU units are. Raises WrongUseError."""
    given = os.environ.get("SANDBOX_VCPU", "")
    try:
        share = float(given) if given else DEFAULT
    except ValueError:
        share = float("nan")
    if not SHARES[0] <= share <= SHARES[1]:
        raise WrongUseError(
            f"SANDBOX_VCPU is {given!r}; allowed is a number from {SHARES[0]:g} to {SHARES[1]:g}:"
            " of one core of this machine, what 1,024 CPU units are."
            f" Unset it for the default, {DEFAULT:g}."
        )
    return share
