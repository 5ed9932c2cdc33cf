"""The beat: again and again, what moves by itself on the sandbox clock."""

import asyncio
import logging
from collections.abc import Callable

_log = logging.getLogger(__name__)
MOST_FAILURES = 50  # in a row; one alone may be a journal that is locked for a moment


async def go_on(beat: Callable[[], None], pause: Callable[[], float]) -> None:
    """Beats with a pause of so many wall seconds between two, for ever.

    A beat that fails is logged with its traceback; raises the last one's error when
    MOST_FAILURES have failed in a row.
    """
    failures = 0
    while True:
        try:
            beat()
            failures = 0
        except Exception:
            failures += 1
            _log.exception("a beat of the emulator failed (%d in a row)", failures)
            if failures >= MOST_FAILURES:
                raise
        await asyncio.sleep(pause())
