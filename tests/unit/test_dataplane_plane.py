"""Following an emulator: what is asked again, and when."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.dataplane.configuration import Configuration
from sandbox.dataplane.envoy import Envoy, EnvoyError
from sandbox.dataplane.plane import Plane
from sandbox.dataplane.snapshot import Snapshot


class Followed(Plane):
    """A plane that is told numbers, one an answer, and then that Envoy has ended."""

    def __init__(self, folder: Path, numbers: list[int]) -> None:
        super().__init__("http://127.0.0.1:9", Configuration(folder, 1.0), Ended(len(numbers)))
        self.numbers = numbers
        self.asked: list[str] = []

    def _ask(self, path: str) -> dict[str, Any]:
        self.asked.append(path.partition("?")[2])
        return {"number": self.numbers.pop(0), "scopes": []}


class Ended(Envoy):
    """An Envoy that runs for so many looks."""

    def __init__(self, looks: int) -> None:
        self._looks = looks

    def check(self) -> None:
        self._looks -= 1
        if self._looks < 0:
            raise EnvoyError("ended")


def follow(plane: Plane) -> None:
    """Follow until Envoy has ended."""
    with pytest.raises(EnvoyError, match="ended"):
        plane.follow()


def test_each_number_is_applied_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that ran out without a change applies nothing; the last applied number is live."""
    plane = Followed(tmp_path, [5, 5, 8])
    applied: list[Snapshot] = []
    monkeypatch.setattr(plane.configuration, "apply", lambda found, _: applied.append(found))
    follow(plane)
    assert plane.asked == ["", "since=5", "since=5"]
    assert (len(applied), plane.live.number) == (2, 8)


def test_refused_configuration_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What Envoy refuses is not live; it waits for the next answer, and says what happened."""
    plane = Followed(tmp_path, [5, 5, 5])
    outcomes = [EnvoyError("bad regex"), EnvoyError("bad regex"), None]

    def apply(*_: Any) -> None:
        outcome = outcomes.pop(0)
        if outcome is not None:
            assert plane.live.number is None
            raise outcome

    monkeypatch.setattr(plane.configuration, "apply", apply)
    follow(plane)
    assert plane.asked == ["", "since=5", "since=5"]
    assert (outcomes, plane.live.number) == ([], 5)
    assert caplog.text.count("what was served before is served on. bad regex") == 2
