"""Flags, tasks and comments: how colleagues share the work of one assessment."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: None = None
depends_on: None = None

TABLES = ("question_flag", "question_task", "question_comment")


def upgrade() -> None:
    """Make the tables, each walled by organisation on PostgreSQL."""
    for table, columns in _COLUMNS.items():
        op.create_table(
            table,
            sa.Column("org_id", sa.Uuid(), nullable=False),
            sa.Column("id", sa.Uuid(), nullable=False),
            sa.Column("assessment_id", sa.Uuid(), nullable=False),
            *(column() for column in columns),
            sa.Column("at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("by", sa.Uuid(), nullable=False),
            sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
            _to(table, "org_id", "organisation"),
            _to(table, "assessment_id", "assessment"),
            _to(table, "by", "user_account"),
            *_more(table),
        )
        for name in ("org_id", "assessment_id"):
            op.create_index(f"ix_{table}_{name}", table, [name])
    op.create_index("ix_question_task_user_id", "question_task", ["user_id"])
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(
                f"CREATE POLICY own_rows ON {table} USING "
                "(current_setting('jpmirai.org', true) = '*' "
                "OR org_id::text = current_setting('jpmirai.org', true))"
            )


def downgrade() -> None:
    """Remove them, with their policies."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _moment(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


_COLUMNS: dict[str, list[Callable[[], "sa.Column[Any]"]]] = {
    "question_flag": [lambda: sa.Column("indicator_id", sa.String(16), nullable=False)],
    "question_task": [
        lambda: sa.Column("place", sa.String(16), nullable=False),
        lambda: sa.Column("user_id", sa.Uuid(), nullable=False),
        lambda: _moment("told_at"),
    ],
    "question_comment": [
        lambda: sa.Column("indicator_id", sa.String(16), nullable=False),
        lambda: sa.Column("text", sa.String(2000), nullable=False),
        lambda: _moment("edited_at"),
        lambda: _moment("resolved_at"),
        lambda: sa.Column("resolved_by", sa.Uuid(), nullable=True),
        lambda: _moment("told_at"),
        lambda: sa.Column("version", sa.Integer(), nullable=False),
    ],
}


def _more(table: str) -> list[sa.Constraint]:
    if table == "question_comment":
        return [
            _to(table, "resolved_by", "user_account"),
            sa.CheckConstraint(
                "(resolved_at IS NULL) = (resolved_by IS NULL)",
                name=op.f("ck_question_comment_resolved_by_somebody"),
            ),
        ]
    if table == "question_task":
        unique = sa.UniqueConstraint(
            "assessment_id", "place", name="uq_question_task_assessment_id_place"
        )
        return [_to(table, "user_id", "user_account"), unique]
    return [
        sa.UniqueConstraint(
            "assessment_id", "indicator_id", name="uq_question_flag_assessment_id_indicator_id"
        )
    ]


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}_{target}")
