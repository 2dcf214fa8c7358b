"""Answers that were copied from last year and wait to be confirmed."""

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Add the mark; what is there was answered by somebody."""
    op.add_column(
        "answer", sa.Column("prefilled", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    """Remove it."""
    with op.batch_alter_table("answer") as batch:
        batch.drop_column("prefilled")
