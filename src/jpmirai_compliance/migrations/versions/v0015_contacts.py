"""Several own contacts of a workplace."""

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Add the list; a workplace without one has the contact it had."""
    op.add_column(
        "workplace", sa.Column("contacts", sa.String(), nullable=False, server_default="")
    )


def downgrade() -> None:
    """Take the list away; the first contact stays where it was."""
    op.drop_column("workplace", "contacts")
