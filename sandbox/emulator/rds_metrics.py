"""DatabaseConnections of the databases that were planted (`seed.py`), a data point each minute.

Amazon RDS user guide, "Amazon CloudWatch instance-level metrics": the client network connections
to the instance, by DBInstanceIdentifier. A database that does not answer has no data.
"""

import logging
import math
import threading
import time
from collections.abc import Mapping

from ministack.core.responses import request_scope

from sandbox.emulator import cloudwatch_values, seed

_log = logging.getLogger(__name__)
MINUTE = 60  # sandbox seconds
SHORTEST = 1.0  # wall seconds between two looks, where a sandbox minute is shorter
TIMEOUT = 2  # wall seconds to connect
_COUNT = """SELECT count(*) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"""


class DatabaseMetrics:
    """The metrics of every planted database; a look never holds up a beat."""

    def __init__(self) -> None:
        self._minute = math.ceil(time.time() / MINUTE)  # the first that is seen whole
        self._counts: Mapping[str, int] = {}  # by identifier, at the last look
        self._looked = float("-inf")  # wall seconds, of time.monotonic()
        self._look: threading.Thread | None = None
        self._failures: Mapping[str, str] = {}  # by identifier, at the last look

    def beat(self) -> None:
        """Publish the minutes that have ended since the last beat that published."""
        now = int(time.time() // MINUTE)
        if now <= self._minute:
            return
        minutes, self._minute = range(self._minute, now), now
        databases, counts = seed.databases(), self._counts
        for identifier in databases.keys() & counts.keys():
            found = databases[identifier]
            with request_scope(found["account"], found["region"]):
                for minute in minutes:
                    _put(identifier, minute * MINUTE, counts[identifier])
        if databases:
            self._begin({name: found["url"] for name, found in databases.items()})

    def _begin(self, urls: Mapping[str, str]) -> None:
        """Start to count for the next minute, unless the last look is young or still under way."""
        under_way = self._look is not None and self._look.is_alive()
        if under_way or time.monotonic() < self._looked + SHORTEST:
            return
        self._looked = time.monotonic()
        self._look = threading.Thread(target=self._count, args=(urls,), daemon=True)
        self._look.start()

    def _count(self, urls: Mapping[str, str]) -> None:
        import psycopg  # only a sandbox with a database pays for it

        counts, failures = {}, {}
        for identifier, url in urls.items():
            try:
                with psycopg.connect(url, connect_timeout=TIMEOUT) as connection:
                    row = connection.execute(_COUNT).fetchone()
            except psycopg.Error as error:  # it is away, or starts
                failures[identifier] = f"{type(error).__name__}: {error}"
                continue
            assert row is not None, "count(*) gives a row"
            counts[identifier] = int(row[0])
        for identifier in failures.keys() - self._failures.keys():
            _log.warning("no connections of %s: %s", identifier, failures[identifier])
        self._counts, self._failures = counts, failures


def _put(identifier: str, at: float, count: int) -> None:
    instance = {"DBInstanceIdentifier": identifier}
    cloudwatch_values.put("AWS/RDS", "DatabaseConnections", instance, at, {count: 1}, "Count")
