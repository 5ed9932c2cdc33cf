"""The emulator's memory on disk: what a call has acknowledged survives a kill -9.

ministack keeps every service's records in dicts that are apart by account and writes them only at
a clean end. Here each service's records of one account are one pickled row in SQLite, written
before the answer goes out if the call changed them. The write is in the operating system's hands
when the answer leaves (`synchronous = OFF`): a killed process loses nothing, a power cut may.
"""

import hashlib
import importlib
import pickle
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict, get_account_id

Store: TypeAlias = AccountScopedDict | AccountRegionScopedDict

# Records of what passes, not of what was declared; they are written with the next declaration.
_PASSING = {("cloudwatch", "_metrics")}


class Journal:
    """Rows of (service, account) in one SQLite file under the state folder.

    `services` maps the name of a ministack module to the modules whose records its calls change
    too. `native` holds the stores of our own services, by the name they are written under.
    """

    def __init__(
        self,
        file: Path,
        services: Mapping[str, Iterable[str]],
        native: Mapping[str, Mapping[str, Store]],
    ) -> None:
        self._touched = {name: (name, *others) for name, others in services.items()}
        self._native = native
        self._known: dict[str, Mapping[str, Store]] = {}
        self._written: dict[tuple[str, str], bytes] = {}
        self._rows = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._rows.execute("PRAGMA journal_mode = WAL")
        self._rows.execute("PRAGMA synchronous = OFF")
        self._rows.execute(
            "CREATE TABLE IF NOT EXISTS records"
            " (service TEXT, account TEXT, stores BLOB, PRIMARY KEY (service, account))"
        )

    def restore(self) -> int:
        """Put every written row back into its service; the number of rows."""
        rows = self._rows.execute("SELECT service, account, stores FROM records").fetchall()
        for service, account, blob in rows:
            stores = self._stores(service)
            for name, entries in pickle.loads(blob).items():
                stores[name]._data.update(entries)
            self._written[service, account] = _digest(blob)
        return len(rows)

    def commit(self, service: str, account: str | None = None) -> set[str]:
        """Write what a call to `service` changed in `account` (the caller's by default).

        Returns the services whose records changed.
        """
        account = account or get_account_id()
        touched = self._touched.get(service, (service,))
        return {name for name in touched if self._write(name, account)}

    def clear(self) -> None:
        """Forget everything, as a reset does."""
        self._rows.execute("DELETE FROM records")
        self._written.clear()

    def close(self) -> None:
        """Fold the write-ahead log into the file."""
        self._rows.close()

    def _write(self, service: str, account: str) -> bool:
        entries = {
            name: {key: value for key, value in list(store._data.items()) if key[0] == account}
            for name, store in self._stores(service).items()
            if (service, name) not in _PASSING
        }
        blob = pickle.dumps({name: found for name, found in entries.items() if found})
        digest = _digest(blob)
        if self._written.get((service, account)) == digest:
            return False
        self._rows.execute("REPLACE INTO records VALUES (?, ?, ?)", (service, account, blob))
        self._written[service, account] = digest
        return True

    def _stores(self, service: str) -> Mapping[str, Store]:
        if service not in self._known:
            self._known[service] = (
                self._native[service] if service in self._native else _of_module(service)
            )
        return self._known[service]


def _of_module(service: str) -> dict[str, Store]:
    """Every store that a ministack service keeps."""
    module = importlib.import_module(f"ministack.services.{service}")
    return {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, AccountScopedDict | AccountRegionScopedDict)
    }


def _digest(blob: bytes) -> bytes:
    return hashlib.blake2b(blob, digest_size=16).digest()
