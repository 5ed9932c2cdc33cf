"""How alembic connects: DATABASE_URL, one connection, one run at a time, in one transaction."""

import logging
import os
import sys

import sqlalchemy
from alembic import context

from sandbox.app import configuration
from sandbox.app.configuration import ConfigurationError


def migrate() -> None:
    """Runs what the command asks for; exits 2 when DATABASE_URL is wrong."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)-5.5s [%(name)s] %(message)s")
    try:
        given = configuration.database_url(os.environ)
    except ConfigurationError as error:
        print(f"migrations: {error}", file=sys.stderr)
        sys.exit(2)
    url = sqlalchemy.make_url(given).set(drivername="postgresql+psycopg")
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            # A second run waits here, and then finds the work done.
            lock = sqlalchemy.func.pg_advisory_xact_lock(configuration.MIGRATION_LOCK)
            connection.execute(sqlalchemy.select(lock))
            context.run_migrations()


migrate()
