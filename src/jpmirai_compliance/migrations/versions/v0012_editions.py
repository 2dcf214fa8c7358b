"""Editions of the bank made by the secretariat; published ones never change."""

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Add the table with its wall, and whether members may choose their form."""
    op.create_table(
        "bank_edition",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("based_on", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by IS NULL)",
            name=op.f("ck_bank_edition_published_by_somebody"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["user_account.id"], name=op.f(f"fk_bank_edition_{column}_user_account")
            )
            for column in ("created_by", "changed_by", "published_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_edition")),
    )
    op.add_column(
        "assessment_round",
        sa.Column("members_choose", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER bank_edition_no_{action.lower()} BEFORE {action} ON bank_edition "
                "WHEN OLD.published_at IS NOT NULL "
                "BEGIN SELECT RAISE(ABORT, 'a published edition never changes'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION published_edition() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a published edition never changes'; END $$"
    )
    op.execute(
        "CREATE TRIGGER bank_edition_fixed BEFORE UPDATE OR DELETE ON bank_edition "
        "FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION published_edition()"
    )


def downgrade() -> None:
    """Remove both."""
    op.drop_column("assessment_round", "members_choose")
    op.drop_table("bank_edition")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION published_edition()")
