"""How many connections the application holds in the stage's database, and the most it ever held."""

import threading
from types import TracebackType
from typing import Self

import psycopg

from ops.errors import CANNOT_TELL, OpsError

PAUSE = 0.2  # seconds of wall time between two counts
ROLE = "app"  # the application's
_COUNT = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s"


class Connections:
    """Counts until the end of the block; `peak` is the most so far.

    `url` is a superuser's, which takes none of the application's slots. `lost` says why counting
    ended before. Raises OpsError where the database does not answer.
    """

    def __init__(self, url: str) -> None:
        self.peak = 0
        self.lost: str | None = None
        try:
            self._connection = psycopg.connect(url, autocommit=True)
        except psycopg.OperationalError as error:
            raise OpsError(
                f"The stage's database does not answer: {str(error).strip()}\n"
                "Next: look at it (evenkeel sandbox status), then drill again.",
                CANNOT_TELL,
            ) from None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._count, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        self._connection.close()

    def _count(self) -> None:
        try:
            while not self._over.wait(PAUSE):
                row = self._connection.execute(_COUNT, (ROLE,)).fetchone()
                assert row is not None, "count(*) gives a row"
                self.peak = max(self.peak, int(row[0]))
        except psycopg.OperationalError as error:
            self.lost = str(error).strip()
