"""Where on this machine the load balancers of AWS stand: their addresses, from the data plane."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from sandbox import loopback
from sandbox.errors import SandboxError
from sandbox.servers import tail
from sandbox.state import Part, State

LIVE_WITHIN = 60.0  # seconds
PORTS = {"http": "80", "https": "443"}  # a listener's port on AWS


def load_balancers(dataplane: Part) -> list[dict[str, Any]]:
    """Each load balancer that is live: `dnsName`, `listeners` by port on AWS, and whose it is.

    None is while the data plane does not answer.
    """
    try:
        found: list[dict[str, Any]] = loopback.call(f"{dataplane.url}/load-balancers")
    except OSError:
        return []
    return found


def local(url: str, running: State, say: Callable[[str], None]) -> str:
    """The address on this machine of `url`, once all that is built is live.

    Raises SandboxError where that is not so within LIVE_WITHIN seconds.
    """
    assert running.dataplane is not None
    built = loopback.call(f"{running.url}/_evenkeel/changes")["number"]
    deadline, told = time.monotonic() + LIVE_WITHIN, False
    while (found := _live(url, running, built)) is None:
        if time.monotonic() > deadline:
            log = running.dataplane.log
            raise SandboxError(
                f"sandbox: {url} is not live within {LIVE_WITHIN:g} s. "
                f"The end of the data plane's log, {log}:\n{tail(log)}"
            )
        if not told:
            say(f"sandbox: waiting until {url} is live on this machine")
            told = True
        time.sleep(0.1)
    return found


def _live(url: str, running: State, built: int) -> str | None:
    """The local address of `url`, or None while not everything up to `built` is live."""
    assert running.dataplane is not None
    wanted = urlsplit(url)
    try:
        number = loopback.call(f"{running.dataplane.url}/configuration")["number"]
        newest = loopback.call(f"{running.url}/_evenkeel/changes")["number"]
    except OSError:  # one of them is starting again, say
        return None
    # A number beyond the newest is of an emulator before this one, which counted from elsewhere.
    if number is None or not built <= number <= newest:
        return None
    found = load_balancers(running.dataplane)
    # Names of hosts are not case-sensitive, and urlsplit lowers them.
    named = {balancer["dnsName"].lower(): balancer["listeners"] for balancer in found}
    address: str | None = named.get(wanted.hostname, {}).get(PORTS[wanted.scheme])
    return address
