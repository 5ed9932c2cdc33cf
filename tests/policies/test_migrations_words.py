"""Which commands migrate a database, told by their words alone."""

import pytest

from policies.migrations import migrators


@pytest.mark.parametrize(
    "command",
    [
        "alembic upgrade head",
        "/app/.venv/bin/alembic -c db/alembic.ini upgrade head",
        "python manage.py migrate --noinput",
        "flask db upgrade",
        "bin/rails db:migrate",
        "bundle exec rake db:prepare",
        "npm run migration:run",
        "npx typeorm migration:run -d dist/source.js",
        "npx prisma migrate deploy",
        "npx prisma db push",
        "npx knex migrate:latest",
        "npx sequelize-cli db:migrate",
        "npx drizzle-kit push",
        "npx node-pg-migrate up",
        "php artisan migrate --force",
        "bin/console doctrine:migrations:migrate",
        "mix ecto.migrate",
        "diesel migration run",
        "dotnet ef database update",
        "flyway -url=jdbc:postgresql://db/app migrate",
        "liquibase update",
        "migrate -path migrations up",
        "goose up",
        "dbmate --wait up",
        "sqitch deploy",
        "yoyo apply",
        "aerich upgrade",
        "npx mikro-orm migration:up",
        "yarn migrations:run",
        "npm run migrations",
        "./run-migrations.sh",
        "RUN_MIGRATIONS=1 ./scripts/migrate.sh",
    ],
)
def test_known_tools_are_told(command: str) -> None:
    """S0-02: the tools that migrate databases are known by their commands."""
    (found,) = migrators.commands(command.split())

    assert migrators.migrates(found)


@pytest.mark.parametrize(
    "command",
    [
        "gunicorn app:app",
        "alembic current",
        "flask run",
        "npm run start:prod",
        "bin/rails server",
        "php artisan serve",
        "node /srv/migrate/server.js",
        "serve --no-migrate",
        "node dist/migration-service.js",
        "upgrade alembic",
    ],
)
def test_servers_are_not(command: str) -> None:
    """S0-02: what serves is no migration, though a path, an option or a name may sound like it."""
    (found,) = migrators.commands(command.split())

    assert not migrators.migrates(found)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ([], []),
        (["alembic", "upgrade", "head"], [("alembic", "upgrade", "head")]),
        (["sh", "-c", "a b && exec c"], [("a", "b"), ("c",)]),
        (["/bin/bash", "-e", "-c", "a; b || (c & d)\ne"], [("a",), ("b",), ("c",), ("d",), ("e",)]),
        (["sh", "-c", 'a "b" > /tmp/log 2>&1; c'], [("a", "b"), ("/tmp/log",), ("1",), ("c",)]),
        (["sh", "-c"], []),
        (["serve", "-c", "sh"], [("serve", "-c", "sh")]),
    ],
)
def test_a_shells_text_is_taken_apart(line: list[str], found: list[tuple[str, ...]]) -> None:
    """Each command in the text stands alone, without the shell that starts it."""
    assert migrators.commands(line) == found


@pytest.mark.parametrize(
    ("migration", "service", "expected"),
    [
        (["bin/schema"], ["bin/schema"], True),
        (["bin/schema"], ["sh", "-c", "bin/schema && bin/serve"], True),
        (["bin/schema"], ["sh", "-c", "bin/schema 2>&1; bin/serve"], True),
        (["bin/schema"], ["entrypoint.sh", "bin/schema"], True),
        (["sh", "-c", "cd /app && bin/schema"], ["sh", "-c", "cd /app; bin/schema; serve"], True),
        (["sh", "-c", "cd /app && bin/schema"], ["sh", "-c", "cd /app && serve"], False),
        (["entrypoint.sh"], ["entrypoint.sh", "serve"], False),
        (["bin/schema"], [], False),
        (["sh", "-c"], ["bin/serve"], False),
    ],
)
def test_a_command_is_found_in_another(
    migration: list[str], service: list[str], expected: bool
) -> None:
    """S0-02: every command of the migration is there, whatever starts it; one alone is not it."""
    assert migrators.runs(migration, migrators.commands(service)) is expected
