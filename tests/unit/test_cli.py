"""The `evenkeel` command: its exit status, its words and its JSON."""

import json
import sys
from pathlib import Path

import pytest

from ops import cli


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Runs the command as the shell does; returns its exit status."""
    monkeypatch.setattr(sys, "argv", ["evenkeel", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code if isinstance(ended.value.code, int) else 0


@pytest.mark.parametrize("stage", ["staging", "production"])
def test_explain_is_data_for_machines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], stage: str
) -> None:
    """`explain STAGE --json` is one JSON document about that stage."""
    assert run(monkeypatch, "explain", stage, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["stage"] == stage


def test_explain_is_a_table_for_people(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`explain production` shows the connection sum: 16 tasks x 20 + 2 + 10 = 332 of 405."""
    assert run(monkeypatch, "explain", "production") == 0
    said = capsys.readouterr().out
    assert "332" in said
    assert "405" in said


def test_an_unknown_stage_is_wrong_use(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2, the known stages on stderr, no trace."""
    assert run(monkeypatch, "explain", "prod") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("STAGE is 'prod', but there is no Pulumi.prod.yaml; known: ")
    assert len(said.err.splitlines()) == 1


def test_a_bad_speed_is_wrong_use(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """SANDBOX_SPEED is checked before anything is started."""
    monkeypatch.setenv("SANDBOX_SPEED", "fast")
    assert run(monkeypatch, "sandbox", "up", "--root", str(tmp_path)) == 2
    assert "SANDBOX_SPEED is 'fast'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_nothing_running_is_a_finding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """`sandbox status` ends with 1 where nothing runs, in words and as data; `down` with 0."""
    assert run(monkeypatch, "sandbox", "status", "--root", str(tmp_path)) == 1
    assert capsys.readouterr().out == f"sandbox: nothing runs in {tmp_path}\n"
    assert run(monkeypatch, "sandbox", "status", "--root", str(tmp_path), "--json") == 1
    assert json.loads(capsys.readouterr().out) == {
        "up": False,
        "root": str(tmp_path),
        "processes": [],
    }
    assert run(monkeypatch, "sandbox", "down", "--root", str(tmp_path)) == 0
    assert capsys.readouterr().out == "sandbox: nothing runs\n"


def test_a_missing_argument_is_wrong_use(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`explain` without a stage ends with 2 and its usage."""
    assert run(monkeypatch, "explain") == 2
    assert "STAGE" in capsys.readouterr().err
