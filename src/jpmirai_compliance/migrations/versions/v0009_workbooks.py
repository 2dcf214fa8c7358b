"""Filled-in workbooks that members uploaded."""

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Add the table, with row security on PostgreSQL."""
    op.create_table(
        "answer_file",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("filename", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("rows", sa.String(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("imported_by", sa.Uuid(), nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(imported_at IS NULL) = (imported_by IS NULL)",
            name=op.f("ck_answer_file_imported_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_answer_file_org_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_answer_file_assessment_id_assessment"),
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"],
            ["user_account.id"],
            name=op.f("fk_answer_file_uploaded_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["imported_by"],
            ["user_account.id"],
            name=op.f("fk_answer_file_imported_by_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_file")),
    )
    op.create_index(op.f("ix_answer_file_org_id"), "answer_file", ["org_id"])
    op.create_index(op.f("ix_answer_file_assessment_id"), "answer_file", ["assessment_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE answer_file ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE answer_file FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY own_rows ON answer_file USING "
            "(current_setting('jpmirai.org', true) = '*' "
            "OR org_id::text = current_setting('jpmirai.org', true))"
        )


def downgrade() -> None:
    """Remove it."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP POLICY own_rows ON answer_file")
    op.drop_index(op.f("ix_answer_file_assessment_id"), table_name="answer_file")
    op.drop_index(op.f("ix_answer_file_org_id"), table_name="answer_file")
    op.drop_table("answer_file")
