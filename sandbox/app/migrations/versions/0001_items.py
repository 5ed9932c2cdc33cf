"""The table of items."""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """The first schema."""
    op.execute(
        "CREATE TABLE items ("
        " id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
        " name text NOT NULL,"
        " made_at timestamptz NOT NULL DEFAULT now())"
    )
