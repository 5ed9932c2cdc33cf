"""Stage files as people write them: YAML's traps, each with a readable message."""

from pathlib import Path

import pytest

from infra.settings import Settings, SettingsError, parse, read
from tests.support.stages import ROOT, config_of, shipped

PRODUCTION = (ROOT / "Pulumi.production.yaml").read_text(encoding="utf-8")


def written(folder: Path, *edits: tuple[str, str], name: str = "Pulumi.production.yaml") -> Path:
    """The production stage with edits of its text, each of which must apply."""
    text = PRODUCTION
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def message(path: Path) -> str:
    with pytest.raises(SettingsError) as refused:
        read(path)
    return str(refused.value)


@pytest.mark.parametrize(
    ("unquoted", "fixed"),
    [
        ("2026-12-01T23:00:00Z", "2026-12-01T23:00:00Z"),
        ("2026-12-01 23:00:00 +0000 UTC", "2026-12-01T23:00:00Z"),
        ("2026-12-01 23:00:00 +0200 +0200", "2026-12-01T23:00:00+02:00"),
        ("2026-12-01 23:00:00", "2026-12-01T23:00:00Z"),
        ("2026-12-01", "2026-12-01"),
    ],
)
def test_an_unquoted_date_says_what_to_write(tmp_path: Path, unquoted: str, fixed: str) -> None:
    """As YAML reads it and as the Pulumi CLI rewrites it: one message with the quoted text."""
    text = message(written(tmp_path, ('"2026-12-01T23:00:00Z"', unquoted)))
    assert "has 1 problem;" in text
    assert "evenkeel:capacity.scaledUp.until" in text
    assert f'put it in quotes: "{fixed}"' in text


def test_an_unquoted_day_of_a_suppression_stays_a_day(tmp_path: Path) -> None:
    """The Pulumi CLI makes midnight of a day; the message asks for the day."""
    entry = "{policy: a-b, resource: r, reason: r, owner: o, until: 2026-12-01 00:00:00 +0000 UTC}"
    end = "  evenkeel:observability:"
    text = message(written(tmp_path, (end, f"  evenkeel:suppressions: [{entry}]\n{end}")))
    assert "evenkeel:suppressions[0].until" in text
    assert 'put it in quotes: "2026-12-01"' in text


@pytest.mark.parametrize("word", ["n", "no", "off", "on", "yes", "Y"])
def test_words_are_texts_as_for_the_pulumi_cli(tmp_path: Path, word: str) -> None:
    """Where Pulumi reads a text, so does Evenkeel: LOG_LEVEL: no is the text "no"."""
    path = written(tmp_path, ("LOG_LEVEL: info", f"LOG_LEVEL: {word}"))
    assert read(path).service.environment["LOG_LEVEL"] == word


@pytest.mark.parametrize("word", ["n", "no", "off", "on", "yes", "Y"])
def test_words_are_no_booleans(tmp_path: Path, word: str) -> None:
    """isScaledUp: yes is refused, with true and false offered."""
    text = message(written(tmp_path, ("isScaledUp: false", f"isScaledUp: {word}")))
    assert f'evenkeel:capacity.isScaledUp is "{word}"' in text
    assert "write true or false" in text


def test_a_boolean_where_a_text_belongs_asks_for_quotes(tmp_path: Path) -> None:
    """LOG_LEVEL: true is a boolean to every YAML reader."""
    text = message(written(tmp_path, ("LOG_LEVEL: info", "LOG_LEVEL: true")))
    assert "evenkeel:service.environment.LOG_LEVEL is true" in text
    assert "put it in quotes" in text


@pytest.mark.parametrize(
    ("new", "lines_below", "column", "says"),
    [
        ("    min: [2\n", 1, 8, "expected"),
        ("\tmin: 2\n", 0, 1, "cannot start any token"),
        ("    min: 2\n    min: 3\n", 1, 5, "the key min is here twice"),
        ("    min: 2: 3\n", 0, 11, "mapping values are not allowed here"),
    ],
)
def test_a_mistake_in_yaml_has_line_and_column(
    tmp_path: Path, new: str, lines_below: int, column: int, says: str
) -> None:
    """A syntax error is one problem, with its place."""
    old = "    min: 2\n"
    line = PRODUCTION[: PRODUCTION.index(old)].count("\n") + 1 + lines_below
    text = message(written(tmp_path, (old, new)))
    assert "has 1 problem;" in text
    assert f"line {line}, column {column} is not usable" in text
    assert says in text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "config is not usable"),
        ("config: 3", "write config:"),
        ("config:\n  a: 2026-99-99", "a date is not usable"),
        ("config: \x00", "the file is not usable"),
        ("- a", "write config:"),
    ],
)
def test_a_file_that_is_no_stage_says_so(tmp_path: Path, content: str, says: str) -> None:
    """Whatever the file holds, the message is readable."""
    path = tmp_path / "Pulumi.blue.yaml"
    path.write_text(content, encoding="utf-8")
    assert says in message(path)


def test_a_missing_or_misnamed_file_says_so(tmp_path: Path) -> None:
    """The path is part of the input."""
    assert "No such file" in message(tmp_path / "Pulumi.blue.yaml")
    assert "rename it" in message(written(tmp_path, name="production.yaml"))


def test_what_the_pulumi_cli_rewrites_stays_the_same_stage(tmp_path: Path) -> None:
    """Numbers without a fraction, an added salt, and a null at the top level change nothing."""
    path = written(
        tmp_path,
        ("evenkeel:deployment: {", "evenkeel:suppressions: []\n  evenkeel:deployment: {"),
        ("\nconfig:", "\nencryptionsalt: v1:abc\nconfig:"),
        ("target: 60,", "target: 60.0,"),
    )
    assert read(path) == shipped("production")
    without = {**config_of(shipped("production")), "evenkeel:migrations": ""}
    assert parse("production", without).migrations is None
    assert isinstance(read(path), Settings)
