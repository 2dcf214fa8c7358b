"""Reviewers' queue with kept counts, log of verdicts, presence, own ready-made reasons, offers."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from jpmirai_compliance.principles import load_edition

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: None = None
depends_on: None = None

OWNED = ("review_item", "review_presence", "verdict_log")
_MOMENT = sa.DateTime(timezone=True)
_GAP = "kind IN ('gap', 'declaration_gap') OR level IS NULL"
_GAP_BEFORE = "(kind = 'gap') OR level IS NULL"
_DECIDED = (
    "(offer_taken IS NULL) = (offer_at IS NULL) AND (offer_at IS NULL) = (offer_by IS NULL)"
    " AND (offer_taken IS NULL OR kind = 'declaration_gap')"
)


def upgrade() -> None:
    """Add the tables, fill them from what there is, and raise the walls around them."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute("SELECT set_config('jpmirai.org', '*', true)")
    _offers()
    _log()
    _items()
    _people()
    _fill()
    if not postgresql:
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER verdict_log_no_{action.lower()} BEFORE {action} ON verdict_log "
                "BEGIN SELECT RAISE(ABORT, 'verdict_log is append-only'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER verdict_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON verdict_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
    )
    for table in OWNED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_rows ON {table} USING "
            "(current_setting('jpmirai.org', true) = '*' "
            "OR org_id::text = current_setting('jpmirai.org', true))"
        )


def _offers() -> None:
    with op.batch_alter_table("verdict") as batch:
        batch.add_column(sa.Column("offer_taken", sa.Boolean(), nullable=True))
        batch.add_column(sa.Column("offer_at", _MOMENT, nullable=True))
        batch.add_column(sa.Column("offer_by", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_verdict_offer_by_user_account"), "user_account", ["offer_by"], ["id"]
        )
        batch.drop_constraint(op.f("ck_verdict_level_of_gap"), type_="check")
        batch.create_check_constraint(op.f("ck_verdict_level_of_gap"), _GAP)
        batch.create_check_constraint(op.f("ck_verdict_offer_decided_by_somebody"), _DECIDED)


def _owned(table: str) -> tuple[Any, ...]:
    return (
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f(f"fk_{table}_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f(f"fk_{table}_org_id_organisation")
        ),
    )


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_user_account")
    return sa.ForeignKeyConstraint([column], ["user_account.id"], name=name)


def _log() -> None:
    op.create_table(
        "verdict_log",
        *_owned("verdict_log"),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("to_return", sa.Boolean(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        _person("verdict_log", "by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict_log")),
        sa.UniqueConstraint(
            "assessment_id",
            "indicator_id",
            "version",
            name=op.f("uq_verdict_log_assessment_id_indicator_id_version"),
        ),
    )
    op.create_index(op.f("ix_verdict_log_assessment_id"), "verdict_log", ["assessment_id"])
    op.create_index(op.f("ix_verdict_log_org_id"), "verdict_log", ["org_id"])


def _items() -> None:
    counts = ("unchecked", "changed", "high", "gates", "supply_chain", "close_looks", "turn")
    op.create_table(
        "review_item",
        *_owned("review_item"),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("submitted_at", _MOMENT, nullable=False),
        sa.Column("submissions", sa.Integer(), nullable=False),
        sa.Column("first_time", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.Column("assigned_to", sa.Uuid(), nullable=True),
        sa.Column("assigned_at", _MOMENT, nullable=True),
        sa.CheckConstraint(
            "(assigned_to IS NULL) = (assigned_at IS NULL)",
            name=op.f("ck_review_item_assigned_at_some_time"),
        ),
        _person("review_item", "assigned_to"),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_review_item")),
    )
    op.create_index(op.f("ix_review_item_org_id"), "review_item", ["org_id"])
    op.create_index(op.f("ix_review_item_assigned_to"), "review_item", ["assigned_to"])
    after = ["submitted_at", "assessment_id"]
    op.create_index("ix_review_item_order", "review_item", ["status", "turn", *after])
    op.create_index("ix_review_item_waiting", "review_item", ["status", *after])


def _people() -> None:
    op.create_table(
        "review_presence",
        *_owned("review_presence"),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.String(length=16), nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        _person("review_presence", "user_id"),
        sa.PrimaryKeyConstraint("assessment_id", "user_id", name=op.f("pk_review_presence")),
    )
    op.create_index(op.f("ix_review_presence_org_id"), "review_presence", ["org_id"])
    op.create_table(
        "review_reason",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("label_ja", sa.String(length=60), nullable=False),
        sa.Column("label_en", sa.String(length=60), nullable=False),
        sa.Column("body_ja", sa.String(length=600), nullable=False),
        sa.Column("body_en", sa.String(length=600), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=False),
        _person("review_reason", "updated_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_reason")),
    )


def _fill() -> None:
    """Write the last verdicts into the log, and a line of the queue for each submission."""
    connection = op.get_bind()
    known = sa.MetaData()
    tables = {
        name: sa.Table(name, known, autoload_with=connection)
        for name in ("assessment", "assessment_round", "snapshot", "verdict", "review_item")
    }
    columns = "id, org_id, assessment_id, indicator_id, version, kind, level, reason, to_return, at"
    op.execute(
        f'INSERT INTO verdict_log ({columns}, "by") SELECT {columns}, "by" FROM verdict'  # noqa: S608 -- our own names
    )
    row, round_ = tables["assessment"].c, tables["assessment_round"].c
    submitted = (
        sa.select(row.id, row.org_id, row.status, row.submitted_at, round_.year, round_.edition)
        .join_from(tables["assessment"], tables["assessment_round"], round_.id == row.round_id)
        .where(row.submitted_at.is_not(None))
    )
    for found in connection.execute(submitted).mappings().all():
        line = _line(connection, tables, found)
        if line is not None:
            connection.execute(tables["review_item"].insert().values(**line))


def _line(connection: Any, tables: Any, found: Any) -> dict[str, object] | None:  # noqa: ANN401 -- rows
    snapshot, verdict = tables["snapshot"].c, tables["verdict"].c
    bodies = connection.scalars(
        sa.select(snapshot.body)
        .where(snapshot.assessment_id == found["id"], snapshot.kind == "submitted")
        .order_by(snapshot.ordinal.desc())
    ).all()
    if not bodies:
        return None
    past = connection.scalar(
        sa.select(snapshot.body)
        .where(snapshot.org_id == found["org_id"], snapshot.year < found["year"])
        .order_by(snapshot.year.desc(), snapshot.ordinal.desc())
        .limit(1)
    )
    judged = set(
        connection.scalars(
            sa.select(verdict.indicator_id).where(
                verdict.assessment_id == found["id"], verdict.to_return.is_(False)
            )
        )
    )
    counts = _counts(json.loads(bodies[0]), json.loads(past) if past else {}, judged, found)
    group = 0 if len(bodies) > 1 else 1 if past is None else 2
    return {
        "assessment_id": found["id"],
        "org_id": found["org_id"],
        "year": found["year"],
        "status": found["status"],
        "submitted_at": found["submitted_at"],
        "submissions": len(bodies),
        "first_time": past is None,
        "turn": group * 1000 + 999 - min(counts["close_looks"], 999),
        **counts,
    }


def _counts(body: Any, past: Any, judged: set[str], found: Any) -> dict[str, int]:  # noqa: ANN401 -- JSON
    """Count as ``rules.queueing`` did when this was written."""
    names = ("unchecked", "changed", "high", "gates", "supply_chain", "close_looks")
    counts = dict.fromkeys(names, 0)
    edition = load_edition(found["edition"])
    earlier = past.get("assessment", {}).get("answers", {})
    for id_, given in body["assessment"]["answers"].items():
        if given["level"] is None or not body["evidence"].get(id_) or id_ in judged:
            continue
        indicator, before = edition.indicator(id_), earlier.get(id_)
        marks = {
            "changed": before is not None
            and (before["level"], _said(past, id_)) != (given["level"], _said(body, id_)),
            "high": given["level"] >= 3,  # noqa: PLR2004 -- as it was
            "gates": indicator.gate.value != "none",
            "supply_chain": indicator.supply_chain,
        }
        for name, holds in {**marks, "unchecked": True, "close_looks": any(marks.values())}.items():
            counts[name] += holds
    return counts


def _said(body: Any, indicator_id: str) -> str:  # noqa: ANN401 -- JSON
    return str(body["texts"].get(indicator_id, {}).get("text", ""))


def downgrade() -> None:
    """Remove them; an offer becomes an acceptance."""
    for table in ("review_reason", "review_presence", "review_item", "verdict_log"):
        op.drop_table(table)
    op.execute("UPDATE verdict SET kind = 'accepted', level = NULL WHERE kind = 'declaration_gap'")
    with op.batch_alter_table("verdict") as batch:
        batch.drop_constraint(op.f("ck_verdict_offer_decided_by_somebody"), type_="check")
        batch.drop_constraint(op.f("ck_verdict_level_of_gap"), type_="check")
        batch.create_check_constraint(op.f("ck_verdict_level_of_gap"), _GAP_BEFORE)
        batch.drop_constraint(op.f("fk_verdict_offer_by_user_account"), type_="foreignkey")
        for column in ("offer_by", "offer_at", "offer_taken"):
            batch.drop_column(column)
