"""The `evenkeel` command: its exit status, its words and its JSON."""

import copy
import json
import sys
from pathlib import Path

import pytest

from ops import cli
from tests.support.fake_scaled import FakeScaled


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


def test_help_lists_each_command_on_a_line_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of 80 columns, so that nobody has to look twice."""
    monkeypatch.setenv("COLUMNS", "80")
    assert run(monkeypatch, "--help") == 0
    said = capsys.readouterr().out
    commands = said[said.index("Commands") :].splitlines()[1:-1]
    words = [line.strip("│ ").split()[0] for line in commands if line.strip("│╰─╯ ")]
    assert words == ["explain", "status", "panic", "resume", "drill", "sandbox"]


@pytest.mark.parametrize("command", [["status"], ["panic", "--count", "2"], ["resume"], ["drill"]])
def test_an_unknown_stage_is_wrong_use_for_every_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """Before anything is asked of AWS or of the sandbox."""
    assert run(monkeypatch, *command, "prod") == 2
    said = capsys.readouterr()
    assert said.err == (
        "STAGE is 'prod', but there is no Pulumi.prod.yaml; known: production, staging\n"
    )


@pytest.mark.parametrize("command", [["status"], ["panic", "--count", "2"], ["resume"]])
def test_a_sandbox_that_is_not_up_is_said(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    command: list[str],
) -> None:
    """Status 1, with the command that starts it."""
    monkeypatch.setenv("EVENKEEL_SANDBOX", str(tmp_path))
    assert run(monkeypatch, *command, "staging", "--sandbox") == 1
    assert capsys.readouterr().err == (
        f"the sandbox in {tmp_path} is not up; start it: make up STAGE=staging\n"
    )


@pytest.mark.parametrize("option", [[], ["--sandbox"]])
def test_the_drill_is_always_the_sandbox_s(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    option: list[str],
) -> None:
    """S0-20: it loads a stage until it is full; --sandbox, as for the others, changes nothing."""
    monkeypatch.setenv("EVENKEEL_SANDBOX", str(tmp_path))
    assert run(monkeypatch, "drill", "staging", *option) == 1
    assert f"the sandbox in {tmp_path} is not up" in capsys.readouterr().err


def test_watching_is_not_for_machines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`status --watch --json` is wrong use."""
    assert run(monkeypatch, "status", "staging", "--watch", "--json") == 2
    assert capsys.readouterr().err == (
        "--watch is for people; for machines run --json again and again\n"
    )


@pytest.mark.parametrize(
    ("count", "said"),
    [
        ("-1", "--count is -1; allowed are 0 to "),
        ("5001", "--count is 5001; allowed are 0 to "),
        ("two", "--count"),
    ],
)
def test_a_count_that_is_no_number_of_tasks_is_wrong_use(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], count: str, said: str
) -> None:
    """S0-22: the setting, its value, what is allowed; nothing is changed."""
    aws = FakeScaled()
    before = copy.deepcopy(aws.state())
    monkeypatch.setattr(cli, "reach", lambda *_, **__: aws.reached())
    assert run(monkeypatch, "panic", "staging", "--count", count) == 2
    assert said in capsys.readouterr().err
    assert aws.state() == before
