"""The feedback report of one organisation: all of it from its frozen result and stored scores."""

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from jpmirai_compliance.accounts.rules.places import KINDS, SIZES
from jpmirai_compliance.assessments.models import AcceptedScore, ScoreRange, SnapshotKind
from jpmirai_compliance.assessments.queries.member import AssessmentView
from jpmirai_compliance.assessments.queries.snapshots import SnapshotView, snapshot
from jpmirai_compliance.assessments.rules import VerdictKind
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.text import Localized, Text
from jpmirai_compliance.principles import (
    GROUP_MIN,
    MAX_LEVEL,
    Answer,
    Edition,
    GateResult,
    Indicator,
    MemberKind,
    PrincipleScore,
    Remedy,
    Scores,
    ScoreState,
    Shortfall,
    Spread,
    answers_from_dict,
    award_gates,
    badge_gates,
    costliest,
    headline,
    load_edition,
    rescore,
    state_text,
)

OVERALL, SUPPLY_CHAIN = "overall", "supply_chain"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the chart; without a score ``claimed`` is None and ``why`` says so."""

    part: str
    label: Localized | Text
    claimed: int | None
    evidenced: int | None
    before: int | None
    spread: Spread | None
    why: Text


@dataclass(frozen=True, slots=True)
class Costly:
    """One of the gaps that cost most, and in words what would close it."""

    gap: Shortfall
    indicator: Indicator
    closing: Text


@dataclass(frozen=True, slots=True)
class Remark:
    """What the secretariat wrote for one answer; ``level`` is what it found in a gap."""

    indicator: Indicator
    kind: VerdictKind
    level: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """One answer in words, for members who get no number; ``next`` is the next level's sentence."""

    indicator: Indicator
    said: Localized | Text
    next: Localized | None


@dataclass(frozen=True, slots=True)
class Feedback:
    """The whole report. ``before_year`` and ``before_edition`` are those of ``Row.before``."""

    org_id: uuid.UUID
    assessment_id: uuid.UUID
    name: Localized
    year: int
    number: str
    sha256: str
    at: dt.datetime
    edition: Edition
    narrative: bool
    sentences: tuple[Text, ...]
    rows: tuple[Row, ...]
    before_year: int | None
    before_edition: str
    group: Text
    costly: tuple[Costly, ...]
    badge: tuple[GateResult, ...]
    award: tuple[GateResult, ...]
    remarks: tuple[Remark, ...]
    told: tuple[tuple[int, tuple[Told, ...]], ...]


def feedback(uow: UnitOfWork, found: AssessmentView) -> Feedback | None:
    """Return the report, None before the check is finished.

    Whoever asks has shown that they may read the assessment. Four reads, however many members
    there are: others are known by the stored range of their group only.
    """
    frozen = snapshot(uow, found.id, SnapshotKind.ACCEPTED)
    if frozen is None:
        return None
    scores = rescore(frozen.body["assessment"])
    edition = load_edition(scores.edition)
    answers = answers_from_dict(frozen.body["assessment"]["answers"])
    indicators = tuple(edition.indicator(i) for i in frozen.body["assessment"]["indicators"])
    narrative = scores.overall.state is ScoreState.NARRATIVE
    before = {} if narrative else _before(uow, found)
    ranges = {} if narrative else _ranges(uow, frozen)
    last = next(iter(before.values()), None)
    overall = before.get(OVERALL)
    gates = (edition, indicators, answers, scores)
    names = {"ja": frozen.body["organisation"]["name_ja"]}
    if frozen.body["organisation"]["name_en"]:
        names["en"] = frozen.body["organisation"]["name_en"]
    return Feedback(
        org_id=found.org_id,
        assessment_id=found.id,
        name=Localized(names),
        year=frozen.year,
        number=frozen.number,
        sha256=frozen.sha256,
        at=frozen.at,
        edition=edition,
        narrative=narrative,
        sentences=headline(edition, scores, overall.evidenced if overall else None),
        rows=() if narrative else tuple(_rows(edition, scores, before, ranges)),
        before_year=last.year if last else None,
        before_edition=last.edition if last else "",
        group=_group(frozen.body["organisation"], ranges),
        costly=tuple(_costly(edition, gap) for gap in costliest(scores)),
        badge=() if narrative else badge_gates(*gates),
        award=() if narrative else award_gates(*gates),
        remarks=tuple(_remarks(frozen, indicators)),
        told=_told(indicators, answers) if narrative else (),
    )


def _before(uow: UnitOfWork, found: AssessmentView) -> dict[str, AcceptedScore]:
    """Return part → the organisation's own stored score of its newest year before this one."""
    query = (
        select(AcceptedScore)
        .where(col(AcceptedScore.org_id) == found.org_id, col(AcceptedScore.year) < found.year)
        .order_by(col(AcceptedScore.year).desc())
        .limit(len(_PARTS))
    )
    rows = uow.session.exec(query).all()
    return {row.part: row for row in rows if row.year == rows[0].year}


def _ranges(uow: UnitOfWork, frozen: SnapshotView) -> dict[str, Spread]:
    organisation = frozen.body["organisation"]
    query = select(ScoreRange).where(
        col(ScoreRange.year) == frozen.year,
        col(ScoreRange.kind) == organisation["kind"],
        col(ScoreRange.size) == (organisation["size"] or ""),
    )
    return {row.part: Spread(row.low, row.high, row.members) for row in uow.session.exec(query)}


def _group(organisation: Mapping[str, Any], ranges: Mapping[str, Spread]) -> Text:
    """Say whose range it is, or why there is none."""
    kind, size = KINDS[MemberKind(organisation["kind"])], SIZES.get(organisation["size"] or "")
    if not ranges:
        return Text(
            "No range is shown: fewer than %(minimum)s members of the same kind and size have "
            "finished their check this year.",
            {"minimum": GROUP_MIN},
        )
    return Text(
        "Range: where the middle 80 %% of %(count)s members of the same kind and size stand "
        "(%(kind)s; %(size)s), evidenced score, in steps of 5.",
        {"count": max(r.members for r in ranges.values()), "kind": kind, "size": size or ""},
    )


_PARTS = ("1", "2", "3", "4", "5", OVERALL, SUPPLY_CHAIN)


def _rows(
    edition: Edition,
    scores: Scores,
    before: Mapping[str, AcceptedScore],
    ranges: Mapping[str, Spread],
) -> Iterator[Row]:
    parts: list[tuple[str, Localized | Text, int | None, int | None, ScoreState]] = [
        (str(p.principle), _titled(edition, p), p.claimed, p.evidenced, p.state)
        for p in scores.principles
    ]
    whole, chain = scores.overall, scores.supply_chain
    parts += [
        (OVERALL, Text("Overall"), whole.claimed, whole.evidenced, whole.state),
        (SUPPLY_CHAIN, Text("Supply chain"), chain.claimed, chain.evidenced, chain.state),
    ]
    for part, label, claimed, evidenced, state in parts:
        last = before.get(part)
        yield Row(
            part,
            label,
            claimed,
            evidenced,
            last.evidenced if last else None,
            ranges.get(part) if evidenced is not None else None,
            state_text(edition, state),
        )


def _titled(edition: Edition, part: PrincipleScore) -> Localized:
    number = part.principle or 0
    texts = edition.principle(number).title.texts
    return Localized({tag: f"{number} {text}" for tag, text in texts.items()})


def _costly(edition: Edition, gap: Shortfall) -> Costly:
    indicator = edition.indicator(gap.indicator_id)
    values = {"level": gap.level, "target": gap.target, "gain": gap.gain}
    if gap.remedy is Remedy.EVIDENCE:
        text = Text(
            "You claim level %(target)s and it counts as level %(level)s. Evidence that is "
            "accepted would lift it to level %(target)s: %(gain)s points more for the principle.",
            values,
        )
    else:
        text = Text(
            "The next level (%(target)s) would be: %(sentence)s That is %(gain)s points more for "
            "the principle.",
            values | {"sentence": _sentence(indicator.levels[gap.target])},
        )
    return Costly(gap, indicator, text)


def _sentence(text: Localized) -> Localized:
    """Close a level's sentence, that it can stand before another one."""
    ends = {"ja": "。"}
    return Localized(
        {
            tag: said if said.endswith((".", "。")) else said + ends.get(tag, ".")
            for tag, said in text.texts.items()
        }
    )


def _remarks(frozen: SnapshotView, indicators: tuple[Indicator, ...]) -> Iterator[Remark]:
    verdicts = frozen.body["verdicts"]
    for indicator in indicators:
        found = verdicts.get(indicator.id)
        if found and found["reason"]:
            yield Remark(indicator, VerdictKind(found["kind"]), found["level"], found["reason"])


def _told(
    indicators: tuple[Indicator, ...], answers: Mapping[str, Answer]
) -> tuple[tuple[int, tuple[Told, ...]], ...]:
    numbers = dict.fromkeys(indicator.principle for indicator in indicators)
    return tuple(
        (n, tuple(_tell(i, answers.get(i.id, Answer())) for i in indicators if i.principle == n))
        for n in numbers
    )


def _tell(indicator: Indicator, answer: Answer) -> Told:
    if answer.not_applicable and not answer.na_rejected:
        return Told(indicator, Text("Not applicable"), None)
    level = answer.claimed
    following = indicator.levels[level + 1] if level < MAX_LEVEL else None
    if answer.blank:
        return Told(indicator, Text("No answer"), following)
    return Told(indicator, indicator.levels[level], following)
