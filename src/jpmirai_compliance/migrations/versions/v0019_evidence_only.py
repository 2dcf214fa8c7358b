"""Answers that are asked for again with their evidence only."""

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: None = None
depends_on: None = None

_CHECK = "ck_verdict_evidence_only_of_return"


def upgrade() -> None:
    """Add the mark to verdicts and their log; whoever was asked before was asked for all of it."""
    with op.batch_alter_table("verdict") as batch:
        batch.add_column(_mark())
        batch.create_check_constraint(op.f(_CHECK), "to_return OR NOT evidence_only")
    op.add_column("verdict_log", _mark())


def downgrade() -> None:
    """Remove it."""
    op.drop_column("verdict_log", "evidence_only")
    with op.batch_alter_table("verdict") as batch:
        batch.drop_constraint(op.f(_CHECK), type_="check")
        batch.drop_column("evidence_only")


def _mark() -> sa.Column[bool]:
    return sa.Column("evidence_only", sa.Boolean(), nullable=False, server_default=sa.false())
