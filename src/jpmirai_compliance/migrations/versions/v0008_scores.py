"""Scores of finished checks in rows of their own, and the ranges of groups of ten and more."""

import json
import statistics
import uuid
from collections import defaultdict

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: None = None
depends_on: None = None

GROUP_MIN, STEP, FULL = 10, 5, 100  # as they were when this was written


def upgrade() -> None:
    """Make both tables and fill them from the accepted snapshots."""
    scores = op.create_table(
        "accepted_score",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("size", sa.String(length=16), nullable=False),
        sa.Column("part", sa.String(length=16), nullable=False),
        sa.Column("claimed", sa.Integer(), nullable=False),
        sa.Column("evidenced", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_accepted_score_assessment_id_assessment"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_accepted_score_org_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accepted_score")),
        sa.UniqueConstraint(
            "assessment_id", "part", name=op.f("uq_accepted_score_assessment_id_part")
        ),
    )
    op.create_index(op.f("ix_accepted_score_org_id"), "accepted_score", ["org_id"])
    group = ["year", "kind", "size"]
    op.create_index(op.f("ix_accepted_score_year_kind_size"), "accepted_score", group)
    ranges = op.create_table(
        "score_range",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("size", sa.String(length=16), nullable=False),
        sa.Column("part", sa.String(length=16), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("high", sa.Integer(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.CheckConstraint("members >= 10", name=op.f("ck_score_range_ten_and_more")),
        sa.CheckConstraint("low <= high", name=op.f("ck_score_range_low_to_high")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_range")),
        sa.UniqueConstraint(
            "year", "kind", "size", "part", name=op.f("uq_score_range_year_kind_size_part")
        ),
    )
    _fill(scores, ranges)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE accepted_score ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE accepted_score FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY own_rows ON accepted_score USING "
            "(current_setting('jpmirai.org', true) = '*' "
            "OR org_id::text = current_setting('jpmirai.org', true))"
        )


def downgrade() -> None:
    """Remove both; snapshots hold the same numbers."""
    op.drop_table("score_range")
    op.drop_table("accepted_score")


def _fill(scores: sa.Table, ranges: sa.Table) -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":  # the walls hold for whoever migrates, too
        connection.execute(sa.text("SELECT set_config('jpmirai.org', '*', true)"))
    snapshot = sa.table(
        "snapshot",
        *(sa.column(n, sa.Uuid()) for n in ("org_id", "assessment_id")),
        *(sa.column(n) for n in ("kind", "ordinal", "year", "body")),
    )
    query = sa.select(snapshot).where(snapshot.c.kind == "accepted").order_by(snapshot.c.ordinal)
    newest = {row.assessment_id: row for row in connection.execute(query)}
    kept = [values for row in newest.values() for values in _rows(row)]
    if kept:
        connection.execute(scores.insert(), kept)
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for values in kept:
        if values["size"]:
            key = tuple(values[n] for n in ("year", "kind", "size", "part"))
            groups[key].append(int(str(values["evidenced"])))
    told = [_range(key, numbers) for key, numbers in groups.items() if len(numbers) >= GROUP_MIN]
    if told:
        connection.execute(ranges.insert(), told)


def _rows(row: sa.Row[tuple[object, ...]]) -> list[dict[str, object]]:
    body = json.loads(row.body)
    found = body["assessment"]["scores"]
    parts = [(str(part["principle"]), part) for part in found["principles"]]
    parts += [("overall", found["overall"]), ("supply_chain", found["supply_chain"])]
    return [
        {
            "id": uuid.uuid4(),
            "org_id": row.org_id,
            "assessment_id": row.assessment_id,
            "year": row.year,
            "edition": body["assessment"]["edition"],
            "kind": body["organisation"]["kind"],
            "size": body["organisation"]["size"] or "",
            "part": name,
            "claimed": part["claimed"],
            "evidenced": part["evidenced"],
        }
        for name, part in parts
        if part["claimed"] is not None and part["evidenced"] is not None
    ]


def _range(key: tuple[object, ...], numbers: list[int]) -> dict[str, object]:
    tenths = statistics.quantiles(numbers, n=10, method="inclusive")
    low, high = int(tenths[0] // STEP) * STEP, -int(-tenths[-1] // STEP) * STEP
    named = dict(zip(("year", "kind", "size", "part"), key, strict=True))
    ends = {"low": max(low, 0), "high": min(high, FULL), "members": len(numbers)}
    return {"id": uuid.uuid4(), **named, **ends}
