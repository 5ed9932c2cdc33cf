"""The file of a task's process as lines: in order, whole, and bounded."""

from pathlib import Path

import pytest

from sandbox.emulator import ecs_task_logs


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "task.log"


def test_a_line_is_read_once_it_is_whole(file: Path) -> None:
    """What stands after the last line end waits for the rest of its line, or for the end."""
    file.write_text("one\n\ntw")
    assert ecs_task_logs.read(file, 0, ended=False) == (["one"], 5)
    assert ecs_task_logs.read(file, 5, ended=False) == ([], 5)
    file.write_text("one\n\ntwo\nthree")
    assert ecs_task_logs.read(file, 5, ended=True) == (["two", "three"], 14)
    assert ecs_task_logs.read(file, 14, ended=True) == ([], 14)


def test_a_long_file_is_read_in_parts(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part ends at a line end; a line that is longer than a part is cut."""
    monkeypatch.setattr(ecs_task_logs, "_READ", 8)
    file.write_text("abc\ndef\nghi\n0123456789\n")
    assert ecs_task_logs.read(file, 0, ended=False) == (["abc", "def"], 8)
    assert ecs_task_logs.read(file, 8, ended=False) == (["ghi"], 12)
    assert ecs_task_logs.read(file, 12, ended=False) == (["01234567"], 20)
    assert ecs_task_logs.read(file, 20, ended=False) == (["89"], 23)


def test_of_a_flood_only_the_end_is_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has ended leaves its last part; what came before stays in the file."""
    monkeypatch.setattr(ecs_task_logs, "_READ", 8)
    file.write_text("abc\ndef\nghi\njkl\n")
    assert ecs_task_logs.read(file, 0, ended=True) == (["ghi", "jkl"], 16)


def test_a_full_file_starts_anew(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At its limit the file is emptied; the writer, which appends, goes on at its start."""
    monkeypatch.setattr(ecs_task_logs, "_FULL", 12)
    with file.open("a") as writer:
        print("abc\ndef\nghi", file=writer, flush=True)
        assert ecs_task_logs.read(file, 4, ended=False) == (["def", "ghi"], 0)
        assert file.read_text() == ""
        print("jkl", file=writer, flush=True)
    assert ecs_task_logs.read(file, 0, ended=False) == (["jkl"], 4)
