"""When the address of a load balancer on this machine counts as live."""

from pathlib import Path

import pytest

from sandbox import entrance, loopback
from sandbox.processes import Process
from sandbox.state import Part, State

HERE = "http://127.0.0.1:41233"
BALANCERS = [{"dnsName": "Staging-1.elb.amazonaws.com", "listeners": {"80": HERE}}]


def part(port: int) -> Part:
    """A part that is asked and never started."""
    return Part(process=Process(pid=1, started=1, boot=""), port=port, log=Path("log"))


RUNNING = State(speed=1, emulator=part(1), dataplane=part(2))


@pytest.mark.parametrize(
    ("served", "newest", "live"),
    [
        (None, 7, False),  # nothing yet
        (6, 7, False),  # not all that was built
        (7, 7, True),
        (8, 9, True),  # what came after is no matter of ours
        (900, 7, False),  # a number of the emulator before this one
    ],
)
def test_live_is_what_this_emulator_has_counted(
    monkeypatch: pytest.MonkeyPatch, served: int | None, newest: int, live: bool
) -> None:
    """Everything built (number 7) is served, by a number that the running emulator has given."""
    answers = {
        "http://127.0.0.1:2/configuration": {"number": served},
        "http://127.0.0.1:1/_evenkeel/changes": {"number": newest},
        "http://127.0.0.1:2/load-balancers": BALANCERS,
    }
    monkeypatch.setattr(loopback, "call", answers.__getitem__)
    found = entrance._live("http://staging-1.elb.amazonaws.com", RUNNING, 7)
    assert found == (HERE if live else None)
