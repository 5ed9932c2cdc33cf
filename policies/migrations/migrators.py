"""Commands that migrate a database, told by their words; standard library only."""

import re
from collections.abc import Sequence

# What ends one command of a shell and begins another, and what leads its output elsewhere (2>&1).
BETWEEN = re.compile(r"(?:\s\d(?=[<>]))?[;&|()<>`\n]+")
# What starts a shell's own text, and is no part of the command in it.
LAUNCHERS = frozenset({"sh", "bash", "ash", "dash", "zsh", "exec"})
# A word of a command is a path, and a name of several parts: bin/rake db:migrate, manage.py.
PARTS = re.compile(r"[:._-]")
# Words that come in this order, others between them or none; from each tool's own manual.
MIGRATORS = (
    # Django, Flyway, Laravel, Phinx, Doctrine, Prisma, Knex, Sequelize, Ecto, sqlx, Atlas,
    # dbmate, golang-migrate, node-pg-migrate, and Rails (db:migrate).
    ("migrate",),
    ("migration", "run"),  # TypeORM, Diesel
    ("migrations", "run"),  # Nest, and as a name of scripts
    ("run", "migrations"),  # run-migrations.sh, npm run migrations
    ("migration", "up"),  # MikroORM
    ("db", "prepare"),  # Rails: makes the database or migrates it
    ("alembic", "upgrade"),  # Alembic
    ("flask", "upgrade"),  # Flask-Migrate: flask db upgrade
    ("aerich", "upgrade"),  # Aerich
    ("liquibase", "update"),  # Liquibase
    ("prisma", "push"),  # Prisma: prisma db push
    ("drizzle", "push"),  # Drizzle: drizzle-kit push
    ("dbmate", "up"),  # dbmate
    ("goose", "up"),  # goose
    ("ef", "update"),  # Entity Framework: dotnet ef database update
    ("sqitch", "deploy"),  # Sqitch
    ("yoyo", "apply"),  # yoyo
)

Words = tuple[str, ...]


def commands(line: Sequence[str]) -> list[Words]:
    """The single commands of *line*, with those in a shell's text taken apart and out of it."""
    texts = BETWEEN.split(" ".join(line))
    split = (tuple(re.sub(r"""["']""", " ", text).split()) for text in texts)
    return [words for command in split if (words := _itself(command))]


def migrates(command: Words) -> bool:
    """Whether *command* is one of a tool that migrates databases."""
    said = [
        part.lower()
        for word in command
        if not word.startswith("-")
        for part in PARTS.split(word.rpartition("/")[2])
    ]
    return any(_in_order(words, said) for words in MIGRATORS)


def runs(line: Sequence[str], found: Sequence[Words]) -> bool:
    """Whether *found* holds every command of *line*, behind whatever starts it there."""
    wanted = commands(line)
    return bool(wanted) and all(
        any(command[-len(words) :] == words for command in found) for words in wanted
    )


def _in_order(words: Words, said: list[str]) -> bool:
    rest = iter(said)
    return all(word in rest for word in words)


def _itself(command: Words) -> Words:
    """*command* without the shell before it and that shell's options."""
    for index, word in enumerate(command):
        if word.rpartition("/")[2] not in LAUNCHERS and not (index and word.startswith("-")):
            return command[index:]
    return ()
