"""`evenkeel status --watch`: looks again and again, and outlives a look that fails."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from ops import cli, status
from ops.errors import OpsError
from tests.support.fake_stage import stage_of
from tests.support.stages import shipped

GONE = OpsError("AWS does not answer.\nNext: look at the network.", 3)


def watch(monkeypatch: pytest.MonkeyPatch, looks: list[Callable[[], Any]]) -> None:
    """Watches staging; each of *looks* is one report, and Ctrl-C comes after the last."""
    left = list(looks)

    def sleep(seconds: float) -> None:
        assert seconds == cli.REDRAWN_EVERY
        if not left:
            raise KeyboardInterrupt

    monkeypatch.setattr(cli, "reach", lambda *_, **__: None)
    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(status, "report", lambda _: left.pop(0)())
    cli.status("staging", sandbox=False, watch=True, as_json=False)


def failing() -> Any:
    """A look that finds no network."""
    raise GONE


def test_a_look_that_fails_is_said_and_the_next_one_is_taken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C ends it without an exception, which is exit status 0."""
    well = stage_of(shipped("staging")).report()
    watch(monkeypatch, [lambda: well, failing, lambda: well])
    said = capsys.readouterr().out
    assert said.count("No findings.") == 2
    assert said.count("AWS does not answer.") == 1
    assert "Trying again; Ctrl-C ends this." in said


def test_a_first_look_that_fails_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing to watch: no credentials, no service."""
    with pytest.raises(OpsError) as raised:
        watch(monkeypatch, [failing])
    assert raised.value is GONE
