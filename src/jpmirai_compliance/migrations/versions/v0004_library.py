"""Evidence library: what sort of thing it is, a version token, and what the scanner said."""

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Add columns and table; existing links are web pages, existing pictures photos."""
    op.add_column(
        "evidence",
        sa.Column("category", sa.String(32), nullable=False, server_default="other"),
    )
    op.add_column(
        "evidence", sa.Column("version", sa.Integer(), nullable=False, server_default="1")
    )
    op.execute("UPDATE evidence SET category = 'web_page' WHERE kind = 'link'")
    op.execute(
        "UPDATE evidence SET category = 'photo' WHERE id IN (SELECT evidence_id "
        "FROM evidence_version WHERE media_type LIKE 'image/%')"
    )
    op.create_table(
        "evidence_scan",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("found", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_evidence_scan_org_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["evidence_version.id"],
            name=op.f("fk_evidence_scan_version_id_evidence_version"),
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_evidence_scan")),
    )
    op.create_index(op.f("ix_evidence_scan_org_id"), "evidence_scan", ["org_id"])
    op.create_index(op.f("ix_evidence_scan_state"), "evidence_scan", ["state"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE evidence_scan ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE evidence_scan FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY own_rows ON evidence_scan USING "
            "(current_setting('jpmirai.org', true) = '*' "
            "OR org_id::text = current_setting('jpmirai.org', true))"
        )


def downgrade() -> None:
    """Remove them."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP POLICY own_rows ON evidence_scan")
    op.drop_index(op.f("ix_evidence_scan_state"), table_name="evidence_scan")
    op.drop_index(op.f("ix_evidence_scan_org_id"), table_name="evidence_scan")
    op.drop_table("evidence_scan")
    op.drop_column("evidence", "version")
    op.drop_column("evidence", "category")
