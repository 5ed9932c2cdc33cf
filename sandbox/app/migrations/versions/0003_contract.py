"""Contract: every item has a note. Only once no code runs that writes none."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = ("contract",)


def upgrade() -> None:
    """Fills what the old code left empty, then forbids it."""
    op.execute("UPDATE items SET note = '' WHERE note IS NULL")
    op.execute("ALTER TABLE items ALTER COLUMN note SET NOT NULL")
