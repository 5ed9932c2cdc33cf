"""What each image does when a task starts it: the images file.

A YAML list, read again at every task start; the first entry whose `match` is found in the image
decides, and an image without one cannot be pulled.

With a `folder` (relative to the file) tasks of the image are processes of this machine:

- `folder: path`: where the process starts, in place of the image's file system.
- `run: [word, …]`: the image's own command, when neither task definition nor override has one.
- `environment: {NAME: value}`: the image's own variables; the container's come over them.

Without it they are simulated. Times are seconds on the sandbox clock.

- `pullError: text`: the image cannot be pulled.
- `neverStarts: true`: the task stays PENDING.
- `noCapacity: true`: there is no capacity for the task.
- `exit: N` with `after: seconds` and `log: [line, …]`: the process ends by itself.
- `exit: null`: the task stops without an exit code.
- otherwise it runs until it is stopped, and answers health checks after `warmUpSeconds`.

`command: {regex: {…the same keys…}}` is what either does under a command whose words, joined by
blanks, the regex is found in; there a `run` stands in for that command.
"""

import re
from pathlib import Path
from typing import Any

import yaml

_SIMULATED = {"pullError", "neverStarts", "noCapacity", "exit", "after", "log", "warmUpSeconds"}
_LOCAL = {"folder", "run", "environment"}


class ImagesError(ValueError):
    """The images file is not what it must be; the message says where."""


class Images:
    """The images file at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def behaviour(self, image: str, command: list[str]) -> dict[str, Any]:
        """The keys of the entry that decides for `image` under `command`; empty: it just runs.

        A `folder` is absolute, and its `run` is the command to run. Raises ImagesError.
        """
        for entry in self._read():
            if re.search(entry["match"], image):
                return self._resolved(entry, command)
        missing = f"failed to resolve ref {image}: {image}: not found"
        return {"pullError": f"pull image manifest has been retried 1 time(s): {missing}"}

    def knows(self, image: str) -> bool:
        """Whether an entry decides for `image`. Raises ImagesError."""
        return any(re.search(entry["match"], image) for entry in self._read())

    def _resolved(self, entry: dict[str, Any], command: list[str]) -> dict[str, Any]:
        for pattern, nested in entry.get("command", {}).items():
            if re.search(pattern, " ".join(command)):
                found = {**nested, "run": nested.get("run", command)}
                break
        else:
            found = {key: value for key, value in entry.items() if key not in ("match", "command")}
            found["run"] = command or entry.get("run", [])
        if "folder" not in found:
            del found["run"]
            return found
        return {**found, "folder": str(self._folder(found["folder"]))}

    def _folder(self, given: str) -> Path:
        return (self._path.parent / given).resolve()

    def _read(self) -> list[dict[str, Any]]:
        try:
            entries = yaml.safe_load(self._path.read_text()) or []
        except OSError as error:
            raise ImagesError(
                f"{self._path} cannot be read ({error.strerror}); "
                "it must be a YAML file that says what images do"
            ) from error
        except yaml.YAMLError as error:
            raise ImagesError(f"{self._path}: {error}") from error
        if not isinstance(entries, list):
            raise ImagesError(f"{self._path}: the file must be a list of entries")
        for number, entry in enumerate(entries, 1):
            where = f"{self._path}: entry {number}"
            self._check(entry, {"match", "command"}, where)
            if "match" not in entry:
                raise ImagesError(f"{where} has no `match`")
            _check_pattern(entry["match"], where)
            if "folder" in entry and not entry.get("run"):
                raise ImagesError(f"{where} has a `folder` and no `run`: the image's own command")
            for pattern, nested in entry.get("command", {}).items():
                inside = f"{where}, command {pattern!r}"
                self._check(nested, set(), inside)
                _check_pattern(pattern, inside)
        return entries

    def _check(self, entry: Any, more: set[str], where: str) -> None:
        """Raises ImagesError unless the keys exist, go together and have values that fit."""
        if not isinstance(entry, dict):
            raise ImagesError(f"{where} must be a mapping")
        local = "folder" in entry
        unknown = sorted(set(entry) - _SIMULATED - _LOCAL - more)
        if unknown:
            allowed = ", ".join(sorted(_SIMULATED | _LOCAL | more))
            raise ImagesError(f"{where}: unknown key {unknown[0]!r}; allowed: {allowed}")
        wrong = sorted(set(entry) & (_SIMULATED if local else _LOCAL))
        if wrong:
            how = "cannot stand beside `folder`" if local else "needs a `folder`"
            raise ImagesError(f"{where}: {wrong[0]!r} {how}")
        if local:
            _check_values(entry, where)
            if not self._folder(entry["folder"]).is_dir():
                raise ImagesError(f"{where}: {self._folder(entry['folder'])} is not a folder")


def _check_values(entry: dict[str, Any], where: str) -> None:
    folder, words = entry["folder"], entry.get("run", [])
    variables = entry.get("environment", {})
    if not isinstance(folder, str):
        raise ImagesError(f"{where}: folder is {folder!r}; it must be a text")
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ImagesError(f"{where}: run is {words!r}; it must be a list of words")
    if not isinstance(variables, dict) or not all(isinstance(v, str) for v in variables.values()):
        raise ImagesError(f"{where}: environment is {variables!r}; every value must be a text")


def _check_pattern(pattern: str, where: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ImagesError(f"{where}: {pattern!r} is not a regular expression: {error}") from error
