"""Numbers that a sandbox takes from its environment."""

import os

from sandbox.errors import WrongUseError


def number(name: str, default: float, bounds: tuple[float, float], allowed: str) -> float:
    """The number in the variable *name*, *default* where it is unset or empty.

    *allowed* says what is taken, for the message. Raises WrongUseError outside of *bounds*.
    """
    given = os.environ.get(name, "")
    try:
        found = float(given) if given else default
    except ValueError:
        found = float("nan")
    if not bounds[0] <= found <= bounds[1]:
        raise WrongUseError(
            f"{name} is {given!r}; allowed is {allowed}. Unset it for the default, {default:g}."
        )
    return found
