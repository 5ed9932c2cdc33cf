"""The drill's load where something is in its way: it ends in time, and says what has ended it."""

import time
from collections.abc import Iterator

import pytest

from ops.drill_connections import Connections
from ops.drill_load import LEAVE, Load
from ops.errors import OpsError
from tests.support.emulator import free_port, until


@pytest.fixture
def load() -> Iterator[Load]:
    """One request a minute, as where the firewall takes ten in five, and nobody answers it."""
    load = Load(f"http://127.0.0.1:{free_port()}", pace=1 / 60)
    yield load
    load.stop()


def test_a_slow_pace_holds_up_no_end(load: Load) -> None:
    """Between two requests the load can be ended at once, however far apart they are."""
    until(lambda: load.failed or None, "the first request")
    begun = time.monotonic()
    load.hush()
    assert time.monotonic() - begun < 2 * LEAVE
    load.check()


def test_what_ends_a_part_of_the_load_is_said(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of a client's is one message with the next step, exit status 3."""

    async def broken(_: object) -> None:
        raise ValueError("no such path")

    monkeypatch.setattr("ops.drill_rooms.Guest.stay", broken)
    load.invite(1, "/socket.io")

    def ended() -> OpsError | None:
        try:
            load.check()
        except OpsError as error:
            return error
        return None

    told = until(ended, "the client's end")
    assert "ValueError: no such path\nNext: look at the sandbox" in str(told)
    assert told.status == 3


def test_a_database_that_does_not_answer_is_said() -> None:
    """The message has the driver's words and the next step, exit status 3."""
    with pytest.raises(OpsError, match=r"Connection refused(?s:.*)Next: look at it") as refused:
        Connections(f"postgresql://postgres@127.0.0.1:{free_port()}/postgres")
    assert refused.value.status == 3
