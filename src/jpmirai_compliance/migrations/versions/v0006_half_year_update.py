"""Half-year updates: when they are asked for, what is said, what was submitted."""

import sqlalchemy as sa
from alembic import op

from jpmirai_compliance.foundation.tables import UtcDateTime

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: None = None
depends_on: None = None

OWNED = ("update_report", "update_text")
FIELDS = ("done", "changed", "unsolved", "following")


def upgrade() -> None:
    """Add the tables, row security, and the triggers of what is never changed."""
    op.create_table(
        "update_period",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _round(unique=True),
        sa.Column("opens_at", UtcDateTime(), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        _person("created_by"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("opens_at < closes_at", name="opens_before_it_closes"),
    )
    op.create_table(
        "update_text",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _owner(),
        _round(index=True),
        sa.Column("principle", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(2000), nullable=False) for name in FIELDS),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        _person("updated_by"),
        sa.UniqueConstraint("round_id", "org_id", "principle"),
        sa.CheckConstraint("principle BETWEEN 1 AND 5", name="principle_1_to_5"),
    )
    op.create_table(
        "update_report",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _owner(),
        _round(index=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _person("by"),
        sa.UniqueConstraint("round_id", "org_id", "ordinal"),
    )
    _walls()


def downgrade() -> None:
    """Remove them."""
    for table in (*OWNED, "update_period"):
        op.drop_table(table)


def _round(*, unique: bool = False, index: bool = False) -> sa.Column[object]:
    return sa.Column(
        "round_id",
        sa.Uuid(),
        sa.ForeignKey("assessment_round.id"),
        nullable=False,
        unique=unique or None,
        index=index or None,
    )


def _owner() -> sa.Column[object]:
    return sa.Column(
        "org_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False, index=True
    )


def _person(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey("user_account.id"), nullable=False)


def _walls() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER update_report_no_{action.lower()} BEFORE {action} ON update_report"
                " BEGIN SELECT RAISE(ABORT, 'update_report is append-only'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER update_report_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON"
        " update_report FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
    )
    for table in OWNED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_rows ON {table} USING "
            "(current_setting('jpmirai.org', true) = '*' "
            "OR org_id::text = current_setting('jpmirai.org', true))"
        )
