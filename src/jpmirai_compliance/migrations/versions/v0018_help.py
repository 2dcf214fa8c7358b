"""The neutral help as the secretariat sets it."""

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Add the table; without a row the help that comes with the software is in force."""
    op.create_table(
        "help_edition",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_help_edition")),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("help_edition")
