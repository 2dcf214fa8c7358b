"""Mail that is held, came back or was cancelled; addresses that bounced; every extension given."""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: None = None
depends_on: None = None

MOMENTS = ("held_at", "bounced_at", "cancelled_at")


def upgrade() -> None:
    """Add columns, two tables and the wall of the one that organisations own."""
    for name in MOMENTS:
        op.add_column("outbox_mail", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "bounced_address",
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("said", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_bounced_address")),
    )
    op.create_table(
        "extension",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("participation_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"], ["user_account.id"], name=op.f("fk_extension_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_extension_org_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["participation_id"],
            ["participation.id"],
            name=op.f("fk_extension_participation_id_participation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    op.create_index(op.f("ix_extension_org_id"), "extension", ["org_id"])
    op.create_index(op.f("ix_extension_participation_id"), "extension", ["participation_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE extension ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE extension FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY own_rows ON extension USING "
            "(current_setting('jpmirai.org', true) = '*' "
            "OR org_id::text = current_setting('jpmirai.org', true))"
        )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("extension")
    op.drop_table("bounced_address")
    for name in MOMENTS:
        op.drop_column("outbox_mail", name)
