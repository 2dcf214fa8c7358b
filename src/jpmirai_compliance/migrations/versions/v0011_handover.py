"""Hand-over of the administrator's rights, and members that get a new administrator."""

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("from_user", sa.Uuid(), nullable=False),
        sa.Column("from_roles", sa.String(length=100), nullable=False),
        sa.Column("leaves", sa.Boolean(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("to_user", sa.Uuid(), nullable=True),
        sa.Column("to_roles", sa.String(length=100), nullable=False),
        sa.Column("undo_hash", sa.String(length=64), nullable=True),
        sa.Column("undo_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "done_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_handover_one_end")
        ),
        sa.CheckConstraint(
            "(done_at IS NULL) = (to_user IS NULL)", name=op.f("ck_handover_done_by_somebody")
        ),
        sa.CheckConstraint(
            "undone_at IS NULL OR done_at IS NOT NULL", name=op.f("ck_handover_undone_is_done")
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_handover_org_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["from_user"], ["user_account.id"], name=op.f("fk_handover_from_user_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["to_user"], ["user_account.id"], name=op.f("fk_handover_to_user_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["user_account.id"], name=op.f("fk_handover_undone_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_handover_token_hash")),
        sa.UniqueConstraint("undo_hash", name=op.f("uq_handover_undo_hash")),
    )
    op.create_index(op.f("ix_handover_org_id"), "handover", ["org_id"])
    op.create_index(op.f("ix_handover_from_user"), "handover", ["from_user"])
    op.create_table(
        "reopening",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("evidence", sa.String(length=1000), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("consented", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by", name=op.f("ck_reopening_two_people")
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)"
            " AND (decided_at IS NULL) = (consented IS NULL)",
            name=op.f("ck_reopening_decided_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_reopening_org_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["user_account.id"], name=op.f("fk_reopening_proposed_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_reopening_decided_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reopening")),
    )
    op.create_index(op.f("ix_reopening_org_id"), "reopening", ["org_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("reopening")
    op.drop_table("handover")
