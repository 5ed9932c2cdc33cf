"""Reads the firewall's decision log in parts, each of which is read again until it is taken."""

import json
import os
from pathlib import Path
from typing import Any

from sandbox.dataplane.snapshot import Record

_PART = 256 * 1024  # bytes of the file at a time


class DecisionLog:
    """`file` from where the last reader got to, which `place` remembers across a restart.

    A file that has another in its place is read to its end first, one that has shrunk from its
    beginning. One that was there before there was a `place` is read from its end.
    """

    def __init__(self, file: Path, place: Path) -> None:
        self._file = file
        self._place = place
        self._source: int | None = None  # a file descriptor, of the old file for a while
        inode, self._at = self._remembered()
        if inode is not None and self._inode() == inode:
            self._open()
        else:
            self._at = 0
        self._next = self._told = self._at

    def lines(self) -> list[Record] | None:
        """The next whole lines, the same ones until `take`; None when there are none.

        A line that is no JSON object is an empty record.
        """
        replaced = self._inode() not in (None, self._opened())  # before the look at the old one
        found = self._part()
        if not found and replaced:
            self._open()
            self._at = 0
            found = self._part()
        self._next = self._at + len(found)
        return [_parsed(text) for text in found.splitlines() if text] if found else None

    def take(self) -> None:
        """What `lines` has given is not given again by this reader."""
        self._at = self._next

    def remember(self) -> None:
        """What was taken is not given to the next reader either."""
        if self._at != self._told:
            part = self._place.with_suffix(".part")
            part.write_text(json.dumps({"inode": self._opened(), "at": self._at}))
            part.replace(self._place)  # a kill in between leaves the last one whole
            self._told = self._at

    def lost(self) -> bool:
        """Whether somebody has moved or deleted the file, and left none; there is one now."""
        gone = self._source is not None and self._inode() is None
        if gone:
            self._file.touch()
        return gone

    def _part(self) -> bytes:
        """The next bytes up to the end of a line."""
        if self._source is None:
            return b""
        if os.fstat(self._source).st_size < self._at:
            self._at = 0
        found = os.pread(self._source, _PART, self._at)
        # A line that is longer than a part, which no request makes, is skipped in parts.
        return found if len(found) == _PART and b"\n" not in found else found[: _end(found)]

    def _open(self) -> None:
        if self._source is not None:
            os.close(self._source)
        self._source = os.open(self._file, os.O_RDONLY)

    def _opened(self) -> int | None:
        return None if self._source is None else os.fstat(self._source).st_ino

    def _inode(self) -> int | None:
        try:
            return self._file.stat().st_ino
        except FileNotFoundError:
            return None

    def _remembered(self) -> tuple[int | None, int]:
        try:
            found = json.loads(self._place.read_text())
            return int(found["inode"]), int(found["at"])
        except (OSError, ValueError, LookupError, TypeError):
            return self._inode(), self._file.stat().st_size if self._file.exists() else 0


def _end(text: bytes) -> int:
    """Where the last whole line ends."""
    return text.rfind(b"\n") + 1


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
