"""Expand: items may have a note. Code that knows of none goes on as before."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = ("expand",)


def upgrade() -> None:
    """A new column without a value for old rows: no rewrite, and no long lock."""
    op.execute("ALTER TABLE items ADD COLUMN note text")
