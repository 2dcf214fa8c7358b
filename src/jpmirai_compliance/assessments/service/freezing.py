"""From live rows to one canonical JSON text with its hash."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Sequence

import rfc8785
from sqlalchemy import update
from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Organisation
from jpmirai_compliance.assessments import rules
from jpmirai_compliance.assessments.models import (
    Assessment,
    FormLength,
    Round,
    Snapshot,
    SnapshotKind,
)
from jpmirai_compliance.assessments.queries import member_answers, snapshots
from jpmirai_compliance.assessments.queries.member import AssessmentView
from jpmirai_compliance.assessments.queries.snapshots import SnapshotView
from jpmirai_compliance.assessments.service.approval import writers_of
from jpmirai_compliance.assessments.service.score_keeping import keep_scores
from jpmirai_compliance.evidence import queries as evidence
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.policy import Actor
from jpmirai_compliance.principles import MemberKind, load_edition, take_snapshot

SCHEMA = 1


def freeze(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    row: Assessment,
    *,
    kind: SnapshotKind,
    actor: Actor,
    event: Event,
    now: dt.datetime,
) -> SnapshotView:
    """Write the next snapshot of a locked assessment, its audit event, and its stored scores.

    The caller has authorised, moved the status, and holds the row's lock.
    """
    uow.session.flush()
    before = snapshots.snapshot(uow, row.id)
    round_ = uow.session.exec(select(Round).where(col(Round.id) == row.round_id)).one()
    ordinal = before.ordinal + 1 if before else 1
    serial = rules.serial_of(before.number) if before else _next_serial(uow, round_.id)
    body: dict[str, object] = {
        "schema": SCHEMA,
        "kind": kind.value,
        "number": rules.receipt_number(round_.year, serial, ordinal),
        "year": round_.year,
        "previous": before.sha256 if before else None,
        "at": now.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "approval": _approval(uow, row),
        **_content(uow, row, round_, before if kind is SnapshotKind.ACCEPTED else None),
    }
    text = rfc8785.dumps(body)  # type: ignore[arg-type]  # -- JSON values only
    stored = Snapshot(
        org_id=row.org_id,
        assessment_id=row.id,
        kind=kind,
        ordinal=ordinal,
        number=str(body["number"]),
        year=round_.year,
        body=text.decode(),
        sha256=hashlib.sha256(text).hexdigest(),
        at=now,
        by=actor.user_id,
    )
    uow.session.add(stored)
    overall = body["assessment"]["scores"]["overall"]  # type: ignore[index]  # -- JSON
    row.claimed, row.evidenced = overall["claimed"], overall["evidenced"]
    uow.session.flush()
    subject, data = f"assessment:{row.id}", {"number": stored.number, "sha256": stored.sha256}
    audit.record(uow, event, actor=actor, now=now, subject=subject, org_id=row.org_id, data=data)
    frozen = snapshots.view_of(stored)
    if kind is SnapshotKind.ACCEPTED:
        keep_scores(uow, row, frozen)
    return frozen


def provisional(uow: UnitOfWork, view: AssessmentView, *, now: dt.datetime) -> dict[str, object]:
    """Return the body that freezing now would give, with neither number nor approval.

    Reads only; whoever asks has shown that they may read the assessment.
    """
    row = uow.session.exec(select(Assessment).where(col(Assessment.id) == view.id)).one()
    round_ = uow.session.exec(select(Round).where(col(Round.id) == row.round_id)).one()
    return {
        "schema": SCHEMA,
        "number": "",
        "year": round_.year,
        "at": now.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        **_content(uow, row, round_, None),
    }


def _next_serial(uow: UnitOfWork, round_id: uuid.UUID) -> int:
    statement = (
        update(Round)
        .where(col(Round.id) == round_id)
        .values(submissions=Round.submissions + 1)
        .returning(col(Round.submissions))
        .execution_options(synchronize_session=False)
    )
    return int(uow.session.execute(statement).scalar_one())


def _approval(uow: UnitOfWork, row: Assessment) -> dict[str, object]:
    return {
        "by": str(row.approved_by) if row.approved_by else None,
        "at": row.approved_at.isoformat(timespec="microseconds") if row.approved_at else None,
        "own_work": row.approved_by in writers_of(uow, row.id),
    }


def _content(
    uow: UnitOfWork, row: Assessment, round_: Round, submitted: SnapshotView | None
) -> dict[str, object]:
    """Return organisation, answers with scores, texts, evidence and verdicts of what is asked.

    A check ends with the organisation as it was ``submitted``, whatever its profile says by now.
    """
    organisation = submitted.body["organisation"] if submitted else _organisation(uow, row)
    member_kind = MemberKind(str(organisation["kind"]))
    edition = load_edition(round_.edition)
    indicators = edition.applicable(member_kind, core_only=row.form is FormLength.CORE)
    asked = [indicator.id for indicator in indicators]
    states = member_answers.evidence_states(uow, row.id)
    given = member_answers.answers(uow, row.id)
    attached = evidence.of_assessment(uow, row.id)
    verdicts = member_answers.verdicts(uow, row.id)
    return {
        "organisation": organisation,
        "assessment": take_snapshot(edition, indicators, states, kind=member_kind),
        "texts": {
            id_: {
                "text": given[id_].text,
                "na_reason": given[id_].na_reason,
                "reach": given[id_].reach.value,
            }
            for id_ in asked
            if id_ in given
        },
        "evidence": {
            id_: _pieces(id_, attached[id_], submitted) for id_ in asked if id_ in attached
        },
        "verdicts": {
            id_: {
                "kind": verdicts[id_].kind.value,
                "level": verdicts[id_].level,
                "reason": verdicts[id_].reason,
            }
            for id_ in asked
            if id_ in verdicts and rules.verdict_counts(to_return=verdicts[id_].to_return)
        },
    }


def _organisation(uow: UnitOfWork, owned: Assessment) -> dict[str, object]:
    row = uow.session.exec(select(Organisation).where(col(Organisation.id) == owned.org_id)).one()
    return {
        "id": str(row.id),
        "name_ja": row.name_ja,
        "name_en": row.name_en,
        "kind": row.kind.value,
        "size": row.size.value if row.size else None,
        "prefecture": row.prefecture,
        "sector": row.sector,
        "corporate_number": row.corporate_number,
        "website": row.website,
    }


def _pieces(
    indicator_id: str, attached: Sequence[evidence.EvidenceView], submitted: SnapshotView | None
) -> list[object]:
    """Return the pieces of one answer; a check ends with the versions that were ``submitted``.

    What was added to a piece since then, nobody has checked.
    """
    if submitted is None:
        return [_evidence(view) for view in attached]
    ids = {str(view.id) for view in attached}
    frozen = submitted.body["evidence"]
    return [e for e in frozen.get(indicator_id, ()) if e["id"] in ids]


def _evidence(view: evidence.EvidenceView) -> dict[str, object]:
    return {
        "id": str(view.id),
        "title": view.title,
        "kind": view.kind.value,
        "url": view.url,
        "visibility": view.visibility.value,
        "sha256": view.sha256,
        "filename": view.filename,
        "media_type": view.media_type,
        "size": view.size,
        "ordinal": view.ordinal,
        "category": view.category.value,
        "pages": view.pages,
        "issued_on": view.issued_on.isoformat() if view.issued_on else None,
        "valid_until": view.valid_until.isoformat() if view.valid_until else None,
    }
