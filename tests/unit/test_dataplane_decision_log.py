"""The reader of the firewall's decision log: nothing twice, nothing lost."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.dataplane.decision_log import DecisionLog


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "firewall.log"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "place.json"


def write(file: Path, *numbers: int, end: str = "\n") -> None:
    """Append lines as Envoy does."""
    with file.open("a") as out:
        out.write("\n".join(json.dumps({"n": number}) for number in numbers) + end)


def taken(log: DecisionLog) -> list[Any]:
    """The numbers of the lines to come, all taken."""
    found = []
    while (lines := log.lines()) is not None:
        found += [line.get("n") for line in lines]
        log.take()
    log.remember()
    return found


def test_lines_come_once_and_whole(file: Path, place: Path) -> None:
    """A line that is not finished yet is given when it is."""
    log = DecisionLog(file, place)
    assert log.lines() is None
    write(file, 1, 2)
    write(file, 3, end="")
    assert taken(log) == [1, 2]
    write(file, 4, end="")  # now `{"n": 3}{"n": 4}`, which is no line of ours
    write(file, end="\n")
    write(file, 5)
    assert taken(log) == [None, 5]


def test_what_is_not_taken_comes_again(file: Path, place: Path) -> None:
    """A part that could not be delivered is read again, with what came after it."""
    log = DecisionLog(file, place)
    write(file, 1)
    assert log.lines() == [{"n": 1}]
    write(file, 2)
    assert taken(log) == [1, 2]


def test_the_next_reader_goes_on(file: Path, place: Path) -> None:
    """A data plane that starts again ships what was written after the last it had shipped."""
    write(file, 0)
    first = DecisionLog(file, place)  # 0 is older than any reader
    write(file, 1)
    assert taken(first) == [1]
    write(file, 2)
    assert taken(DecisionLog(file, place)) == [2]


def test_the_place_is_written_whole(
    file: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A data plane that is killed while it writes its place down keeps the one before."""
    log = DecisionLog(file, place)
    write(file, 1)
    assert taken(log) == [1]
    before = place.read_text()

    def half(path: Path, text: str) -> None:
        with path.open("w") as out:
            out.write(text[:5])
        raise KeyboardInterrupt

    write(file, 2)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", half)
        with pytest.raises(KeyboardInterrupt):
            taken(log)
    assert place.read_text() == before
    assert taken(DecisionLog(file, place)) == [2]


@pytest.mark.parametrize("text", ["nothing", "[1]", "7", "[" * 100_000, "\ufffd{"])
def test_a_line_that_is_no_object_is_empty(file: Path, place: Path, text: str) -> None:
    """Whoever reads it can count it; the lines around it come."""
    log = DecisionLog(file, place)
    write(file, 1)
    with file.open("a") as out:
        out.write(text + "\n")
    write(file, 2)
    assert log.lines() == [{"n": 1}, {}, {"n": 2}]


def test_a_file_that_is_replaced_is_read_to_its_end(file: Path, place: Path) -> None:
    """Rotation loses no line: the old file's last ones come first."""
    log = DecisionLog(file, place)
    write(file, 1)
    assert taken(log) == [1]
    write(file, 2)
    file.rename(file.with_suffix(".1"))
    write(file.with_suffix(".1"), 3)
    write(file, 4)
    assert taken(log) == [2, 3, 4]


def test_a_file_that_is_emptied_is_read_anew(file: Path, place: Path) -> None:
    """A file that was cut off starts from its beginning."""
    log = DecisionLog(file, place)
    write(file, 1, 2, 3)
    assert taken(log) == [1, 2, 3]
    file.write_text("")
    write(file, 4)
    assert taken(log) == [4]


def test_a_deleted_file_is_made_anew_once(file: Path, place: Path) -> None:
    """A deletion is told once, and there is a file again for Envoy to write to."""
    log = DecisionLog(file, place)
    assert not log.lost()
    write(file, 1)
    assert taken(log) == [1]
    file.unlink()
    assert (log.lost(), log.lost()) == (True, False)
    write(file, 2)
    assert taken(log) == [2]


def test_a_place_that_cannot_be_read_is_none(file: Path, place: Path) -> None:
    """A broken record of the place is like none: nothing old is told again."""
    write(file, 1)
    place.write_text("{")
    log = DecisionLog(file, place)
    write(file, 2)
    assert taken(log) == [2]
