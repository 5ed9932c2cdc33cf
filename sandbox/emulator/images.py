"""What each image does when a task starts it: the images file.

A YAML list, read again at every task start; the first entry whose `match` is found in the image
decides. Times are seconds on the sandbox clock.

- `pullError: text`: the image cannot be pulled.
- `neverStarts: true`: the task stays PENDING.
- `noCapacity: true`: there is no capacity for the task.
- `exit: N` with `after: seconds` and `log: [line, …]`: the process ends by itself.
- `exit: null`: the task stops without an exit code.
- otherwise it runs until it is stopped, and answers health checks after `warmUpSeconds`.
- `command: {regex: {…the same keys…}}`: what the image does under a command whose words, joined
  by blanks, the regex is found in.
"""

import re
from pathlib import Path
from typing import Any

import yaml

_KEYS = {"pullError", "neverStarts", "noCapacity", "exit", "after", "log", "warmUpSeconds"}


class ImagesError(ValueError):
    """The images file is not what it must be; the message says where."""


class Images:
    """The images file at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def behaviour(self, image: str, command: list[str]) -> dict[str, Any]:
        """The keys of the entry that decides for `image` under `command`; empty: it just runs."""
        for entry in self._read():
            if re.search(entry["match"], image):
                return _under_command(entry, " ".join(command))
        return {}

    def knows(self, image: str) -> bool:
        """Whether an entry decides for `image`."""
        return any(re.search(entry["match"], image) for entry in self._read())

    def _read(self) -> list[dict[str, Any]]:
        try:
            entries = yaml.safe_load(self._path.read_text()) or []
        except (OSError, yaml.YAMLError) as error:
            raise ImagesError(f"{self._path}: {error}") from error
        if not isinstance(entries, list):
            raise ImagesError(f"{self._path}: the file must be a list of entries")
        for number, entry in enumerate(entries, 1):
            _check(entry, {"match", "command"}, f"{self._path}: entry {number}")
            if "match" not in entry:
                raise ImagesError(f"{self._path}: entry {number} has no `match`")
            _check_pattern(entry["match"], f"{self._path}: entry {number}")
            for pattern, nested in entry.get("command", {}).items():
                where = f"{self._path}: entry {number}, command {pattern!r}"
                _check(nested, set(), where)
                _check_pattern(pattern, where)
        return entries


def _under_command(entry: dict[str, Any], command: str) -> dict[str, Any]:
    own = {key: value for key, value in entry.items() if key in _KEYS}
    for pattern, nested in entry.get("command", {}).items():
        if re.search(pattern, command):
            return dict(nested)
    return own


def _check(entry: Any, more: set[str], where: str) -> None:
    if not isinstance(entry, dict):
        raise ImagesError(f"{where} must be a mapping")
    unknown = sorted(set(entry) - _KEYS - more)
    if unknown:
        allowed = ", ".join(sorted(_KEYS | more))
        raise ImagesError(f"{where}: unknown key {unknown[0]!r}; allowed: {allowed}")


def _check_pattern(pattern: str, where: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ImagesError(f"{where}: {pattern!r} is not a regular expression: {error}") from error
