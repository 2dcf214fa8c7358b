"""Posters that were put up: where, when, in which languages, with which wording."""

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Make the table, walled by organisation on PostgreSQL."""
    op.create_table(
        "posting",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workplace_id", sa.Uuid(), nullable=False),
        sa.Column("site", sa.String(length=100), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("wordings", sa.String(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_posting_ended_by_somebody")
        ),
        _to("org_id", "organisation"),
        _to("workplace_id", "workplace"),
        _to("evidence_id", "evidence"),
        _to("created_by", "user_account"),
        _to("ended_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    op.create_index(op.f("ix_posting_org_id"), "posting", ["org_id"])
    op.create_index(op.f("ix_posting_workplace_id"), "posting", ["workplace_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE posting ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE posting FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY own_rows ON posting USING "
            "(current_setting('jpmirai.org', true) = '*' "
            "OR org_id::text = current_setting('jpmirai.org', true))"
        )


def downgrade() -> None:
    """Remove it, with its policy."""
    op.drop_table("posting")


def _to(column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_posting_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)
