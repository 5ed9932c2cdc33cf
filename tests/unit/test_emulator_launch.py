"""The emulator's start: what it refuses before it listens."""

import socket
from pathlib import Path

import pytest

from sandbox.emulator import launch
from sandbox.emulator.__main__ import main


def arguments(tmp_path: Path, **changed: str) -> list[str]:
    """A good command line, with changes."""
    (tmp_path / "images.yaml").write_text("")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    given = {
        "port": port,
        "state": str(tmp_path / "state"),
        "speed": "1",
        "images": str(tmp_path / "images.yaml"),
    }
    return [word for name, value in (given | changed).items() for word in (f"--{name}", value)]


def refusal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> str:
    """What a refused start says."""
    monkeypatch.setattr("sys.argv", ["emulator", *words])
    assert main() == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


def test_other_ministack_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The additions reach into ministack, so another version does not start."""
    monkeypatch.setattr(launch, "version", lambda _: "1.6.0")
    said = refusal(monkeypatch, capsys, arguments(tmp_path))
    assert "ministack is 1.6.0" in said
    assert f"install ministack=={launch.MINISTACK}" in said


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("port", "70000", "--port is 70000; give a port from 1 to 65535"),
        ("speed", "0", "--speed is 0.0; give a number above 0"),
        ("vcpu", "9", "--vcpu is 9.0; give a number from 0.01 to 4"),
        ("images", "nowhere.yaml", "--images is nowhere.yaml, which is not a file"),
    ],
)
def test_bad_option_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    name: str,
    value: str,
    wanted: str,
) -> None:
    """A wrong option is named with its value and what is allowed."""
    assert wanted in refusal(monkeypatch, capsys, arguments(tmp_path, **{name: value}))


def test_taken_port_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A port that somebody listens on is refused by its number."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        said = refusal(monkeypatch, capsys, arguments(tmp_path, port=port))
    assert f"port {port} on 127.0.0.1 is taken" in said
