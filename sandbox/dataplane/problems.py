"""What may go wrong for a while, and how often it is said."""

import logging
from http.client import HTTPException

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

# What an emulator that restarts, or changes while it is read, may answer with.
FLEETING = (
    BotoCoreError,
    ClientError,
    ResponseParserError,
    HTTPException,
    OSError,
    ValueError,
    LookupError,
)


class Problems:
    """The problems of one thread: each is a warning once, for as long as it lasts."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._said = ""

    def met(self, problem: str) -> None:
        """Logs a problem, unless its first line is the last one's."""
        first = problem.partition("\n")[0]
        if first != self._said:
            self._log.warning(problem)
        self._said = first

    def over(self) -> None:
        """All is well again: the next problem is a new one."""
        self._said = ""
