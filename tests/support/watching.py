"""Looking again and again while something happens."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tests.support.emulator import until

_T = TypeVar("_T")
PATIENCE = 60.0  # seconds for the first look


@contextlib.contextmanager
def watching(look: Callable[[], _T], pause: float = 0.05) -> Iterator[list[_T]]:
    """What `look` finds, again and again until the end of the block; there is one at least."""
    found: list[_T] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(pause if found else 0):
            found.append(look())

    with ThreadPoolExecutor(1) as watcher:
        watched = watcher.submit(watch)
        try:
            until(lambda: found or watched.done() or None, "something is seen", seconds=PATIENCE)
            yield found
        finally:
            over.set()
        watched.result()
