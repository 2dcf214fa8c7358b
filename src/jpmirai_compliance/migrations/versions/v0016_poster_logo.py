"""The logo that an organisation puts on its posters."""

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "poster_logo",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_poster_logo_has_a_size")),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_poster_logo_org_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["user_account.id"], name=op.f("fk_poster_logo_changed_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poster_logo")),
        sa.UniqueConstraint("org_id", name=op.f("uq_poster_logo_org_id")),
    )
    op.create_index(op.f("ix_poster_logo_org_id"), "poster_logo", ["org_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE poster_logo ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE poster_logo FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY own_rows ON poster_logo USING "
            "(current_setting('jpmirai.org', true) = '*' "
            "OR org_id::text = current_setting('jpmirai.org', true))"
        )


def downgrade() -> None:
    """Take it away."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP POLICY own_rows ON poster_logo")
    op.drop_index(op.f("ix_poster_logo_org_id"), table_name="poster_logo")
    op.drop_table("poster_logo")
