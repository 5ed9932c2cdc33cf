"""The number that moves with every change of load balancers and web ACLs.

Whoever follows them (the data plane) waits for the next number instead of asking again and again.
"""

import asyncio
import contextlib
import secrets


class Changes:
    """A number that only grows; it starts at random, so that no two emulators agree on one."""

    def __init__(self) -> None:
        self.number = secrets.randbelow(2**52)  # exact in every JSON reader: below 2**53
        self._moved = asyncio.Event()

    def move(self) -> int:
        """Something has changed; the new number."""
        self.number += 1
        self._moved.set()
        self._moved = asyncio.Event()
        return self.number

    async def after(self, number: int, limit: float) -> None:
        """Returns once the number is not `number`, at the latest after `limit` wall seconds."""
        if self.number == number:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), limit)


changes = Changes()
