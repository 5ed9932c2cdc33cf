"""The images file: what a container's image and command come to."""

from pathlib import Path

import pytest

from sandbox.emulator.images import Images, ImagesError

FILE = """
- match: "@sha256:bad"
  pullError: not found
- match: ^web
  warmUpSeconds: 20
  command:
    "^alembic upgrade": {exit: 0, after: 5, log: [migrated]}
    "vanish": {exit: null}
- match: web
  neverStarts: true
"""


@pytest.fixture
def images(tmp_path: Path) -> Images:
    (tmp_path / "images.yaml").write_text(FILE)
    return Images(tmp_path / "images.yaml")


@pytest.mark.parametrize(
    ("image", "command", "expected"),
    [
        ("web@sha256:bad", [], {"pullError": "not found"}),
        ("web:1", [], {"warmUpSeconds": 20}),
        ("web:1", ["alembic", "upgrade", "head"], {"exit": 0, "after": 5, "log": ["migrated"]}),
        ("web:1", ["please", "vanish"], {"exit": None}),
        ("registry/web:1", [], {"neverStarts": True}),
        (
            "other",
            [],
            {
                "pullError": "pull image manifest has been retried 1 time(s): failed to resolve"
                " ref other: other: not found"
            },
        ),
    ],
)
def test_first_match_decides(
    images: Images, image: str, command: list[str], expected: dict[str, object]
) -> None:
    """The first entry that matches decides; a matching command replaces its keys."""
    assert images.behaviour(image, command) == expected


def test_file_is_read_at_every_start(images: Images, tmp_path: Path) -> None:
    """A changed file counts from the next task on."""
    (tmp_path / "images.yaml").write_text("- {match: web, exit: 1}")
    assert images.behaviour("web:1", []) == {"exit": 1}


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Its path, why it cannot be read, and what it has to be."""
    missing = tmp_path / "none.yaml"
    said = r"none\.yaml cannot be read \(No such file or directory\); it must be a YAML file"
    with pytest.raises(ImagesError, match=said):
        Images(missing).knows("web")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("match: web", "the file must be a list of entries"),
        ("- {image: web}", "entry 1: unknown key 'image'; allowed: after, command, environment"),
        ("- {exit: 1}", "entry 1 has no `match`"),
        ("- {match: web, command: {x: {match: y}}}", "entry 1, command 'x': unknown key 'match'"),
        ("- {match: '('}", "entry 1: '(' is not a regular expression"),
        ("- {match: web", "expected"),
        ("- {match: web, folder: .}", "entry 1 has a `folder` and no `run`"),
        ("- {match: web, folder: no, run: [x]}", "entry 1: folder is False; it must be a text"),
        ("- {match: web, folder: away, run: [x]}", "away is not a folder"),
        ("- {match: web, folder: ., run: x y}", "run is 'x y'; it must be a list of words"),
        ("- {match: web, folder: ., run: [x], environment: {A: 1}}", "every value must be a text"),
        ("- {match: web, folder: ., run: [x], exit: 1}", "'exit' cannot stand beside `folder`"),
        ("- {match: web, command: {x: {run: [y]}}}", "'run' needs a `folder`"),
    ],
)
def test_bad_file_says_where(tmp_path: Path, text: str, said: str) -> None:
    """A wrong file is one message with the file, the entry and the key."""
    (tmp_path / "images.yaml").write_text(text)
    with pytest.raises(ImagesError) as error:
        Images(tmp_path / "images.yaml").behaviour("web", [])
    assert said in str(error.value)
    assert "images.yaml" in str(error.value)


LOCAL = """
- match: ^web
  folder: app
  run: [python, serve.py]
  environment: {UNBUFFERED: "1"}
  command:
    "^simulated": {exit: 0}
    "^other": {folder: other, run: [sh, -c, "true"]}
    "^same": {folder: other}
"""


@pytest.mark.parametrize(
    ("command", "folder", "run"),
    [
        ([], "app", ["python", "serve.py"]),
        (["alembic", "upgrade"], "app", ["alembic", "upgrade"]),
        (["other", "one"], "other", ["sh", "-c", "true"]),
        (["same", "words"], "other", ["same", "words"]),
    ],
)
def test_a_folder_runs_the_command(
    tmp_path: Path, command: list[str], folder: str, run: list[str]
) -> None:
    """A given command runs in the image's folder; without one, the image's own does."""
    for name in ("app", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "images.yaml").write_text(LOCAL)
    images = Images(tmp_path / "images.yaml")
    found = images.behaviour("web:1", command)
    assert (found["folder"], found["run"]) == (str(tmp_path / folder), run)
    assert found.get("environment", {}) == ({"UNBUFFERED": "1"} if folder == "app" else {})
    assert images.behaviour("web:1", ["simulated"]) == {"exit": 0}
