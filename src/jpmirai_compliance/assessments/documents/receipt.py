"""The receipt of a submission as PDF: everything that is needed to prove what was handed in."""

import datetime as dt

from jpmirai_compliance.assessments.queries.snapshots import SnapshotView
from jpmirai_compliance.foundation.catalogue import moment, translate
from jpmirai_compliance.foundation.text import Localized, Text
from jpmirai_compliance.principles import Edition, Scores, load_edition, rescore, state_text
from jpmirai_compliance.typesetting.document import Document

AUTHOR = "JP-MIRAI"
HASH_SHOWN = 16  # hexadecimal digits of an evidence hash in the list; the whole is in the snapshot


def receipt(frozen: SnapshotView, *, seq: int | None, approver: str, locale: str) -> bytes:
    """Return the PDF in ``ja`` or ``en``; the same snapshot always gives the same bytes."""
    body = frozen.body
    title = translate(Text("Receipt of a self-assessment"), locale)
    document = Document(locale, f"{title} {frozen.number}", author=AUTHOR, created=frozen.at)
    document.heading(title, level=1)
    document.facts(_facts(frozen, seq, approver, locale))
    edition = load_edition(body["assessment"]["edition"])
    scores = rescore(body["assessment"])
    document.heading(translate(Text("Scores"), locale), level=2)
    document.bars(_bars(edition, scores, locale))
    document.paragraph(
        translate(
            Text(
                "Claimed is what the organisation says. Evidenced is what counts after the rules"
                " of evidence. Both are a self-assessment, not a certification."
            ),
            locale,
        ),
        small=True,
    )
    document.heading(translate(Text("Answers"), locale), level=2)
    heads = (Text("No."), Text("Question"), Text("Answer"), Text("Evidence (SHA-256)"))
    document.table(
        [translate(head, locale) for head in heads],
        _rows(frozen, edition, locale),
        widths=(1.2, 5, 1.6, 3.2),
        align="llll",
    )
    document.footer(f"JP-MIRAI  {frozen.number}")
    return document.save()


def _facts(
    frozen: SnapshotView, seq: int | None, approver: str, locale: str
) -> list[tuple[str, str]]:
    organisation = frozen.body["organisation"]
    names = {"ja": organisation["name_ja"], "en": organisation["name_en"]}
    said: list[tuple[Text, object]] = [
        (Text("Name of the organisation"), Localized({k: v for k, v in names.items() if v})),
        (Text("Year"), frozen.year),
        (Text("Receipt number"), frozen.number),
        (Text("Submitted on"), moment(frozen.at, locale)),
        (Text("Approved by"), _approved(frozen, approver)),
        (Text("Edition of the questions"), frozen.body["assessment"]["edition"]),
        (Text("Hash of the frozen answers (SHA-256)"), frozen.sha256),
        (Text("Hash of the record before"), frozen.body["previous"] or "-"),
        (Text("Number in the audit record"), seq if seq is not None else "-"),
    ]
    return [(translate(name, locale), translate(value, locale)) for name, value in said]


def _approved(frozen: SnapshotView, approver: str) -> object:
    approval = frozen.body["approval"]
    if approval["at"] is None:
        return "-"
    values = {"name": approver or "-", "at": dt.datetime.fromisoformat(approval["at"])}
    if approval["own_work"]:
        return Text("%(name)s, %(at)s (who also wrote answers)", values)
    return Text("%(name)s, %(at)s", values)


def _bars(edition: Edition, scores: Scores, locale: str) -> list[tuple[str, int | None, str]]:
    rows: list[tuple[str, int | None, str]] = []
    for part in scores.principles:
        name = f"{part.principle} {edition.principle(part.principle or 0).title.pick(locale)}"
        rows += _pair(name, part.claimed, part.evidenced, state_text(edition, part.state), locale)
    overall = scores.overall
    name = translate(Text("Overall"), locale)
    return rows + _pair(
        name, overall.claimed, overall.evidenced, state_text(edition, overall.state), locale
    )


def _pair(
    name: str, claimed: int | None, evidenced: int | None, why: Text, locale: str
) -> list[tuple[str, int | None, str]]:
    if claimed is None or evidenced is None:
        return [(name, None, translate(why, locale))]
    values = ((Text("Claimed"), claimed), (Text("Evidenced"), evidenced))
    return [(f"{name} – {translate(word, locale)}", value, f"{value} %") for word, value in values]


def _rows(frozen: SnapshotView, edition: Edition, locale: str) -> list[tuple[str, ...]]:
    answers = frozen.body["assessment"]["answers"]
    return [
        (
            id_,
            edition.indicator(id_).title.pick(locale),
            _answer(answers[id_], locale),
            _hashes(frozen.body["evidence"].get(id_, [])),
        )
        for id_ in frozen.body["assessment"]["indicators"]
    ]


def _answer(given: dict[str, object], locale: str) -> str:
    if given["not_applicable"]:
        return translate(Text("Not applicable"), locale)
    if given["level"] is None:
        return translate(Text("No answer"), locale)
    return translate(Text("Level %(level)s", {"level": given["level"]}), locale)


def _hashes(evidence: list[dict[str, str]]) -> str:
    return ", ".join(piece["sha256"][:HASH_SHOWN] or piece["url"] for piece in evidence) or "-"
