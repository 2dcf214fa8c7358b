"""The feedback report as PDF."""

from collections.abc import Iterable

from jpmirai_compliance.foundation.catalogue import moment, translate
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles import GateResult
from jpmirai_compliance.reports.queries.feedback import Feedback, Row
from jpmirai_compliance.reports.rules.feedback import FINDINGS
from jpmirai_compliance.typesetting.document import Bar, Document
from jpmirai_compliance.typesetting.languages import guess

AUTHOR = "JP-MIRAI"


def feedback(found: Feedback, *, locale: str) -> bytes:
    """Return the PDF in ``ja`` or ``en``; the same result always gives the same bytes."""
    title = translate(Text("Feedback report %(year)s", {"year": found.year}), locale)
    document = Document(locale, title, author=AUTHOR, created=found.at)
    document.footer(f"JP-MIRAI  {found.number}")
    document.running(f"{found.name.pick(locale)}  ·  {title}")
    document.heading(title, level=1)
    first, *further = (translate(text, locale) for text in found.sentences)
    document.paragraph(first, bold=True)
    for sentence in further:
        document.paragraph(sentence)
    document.facts(_facts(found, locale))
    if found.narrative:
        _in_words(document, found, locale)
    else:
        _in_numbers(document, found, locale)
    _remarks(document, found, locale)
    note = Text(
        "This is a self-assessment, within what the secretariat has checked. It is not a "
        "certification."
    )
    document.paragraph(translate(note, locale), small=True)
    return document.save()


def _facts(found: Feedback, locale: str) -> list[tuple[str, str]]:
    said: list[tuple[Text, object]] = [
        (Text("Name of the organisation"), found.name),
        (Text("Receipt number"), found.number),
        (Text("Checked on"), moment(found.at, locale)),
        (Text("Edition of the questions"), found.edition.id),
        (Text("Hash of the frozen answers (SHA-256)"), found.sha256),
    ]
    return [(translate(label, locale), translate(value, locale)) for label, value in said]


def _in_numbers(document: Document, found: Feedback, locale: str) -> None:
    document.heading(translate(Text("Scores"), locale), level=2)
    document.bars([bar for row in found.rows for bar in _bars(row, locale)])
    if found.before_year:
        text = Text("The stroke across a bar is %(year)s.", {"year": found.before_year})
        document.paragraph(translate(text, locale), small=True)
    if any(row.spread for row in found.rows):
        text = Text("The line with two ends below a bar is the range.")
        document.paragraph(translate(text, locale), small=True)
    document.paragraph(translate(found.group, locale), small=True)
    if found.before_year and found.before_edition != found.edition.id:
        note = Text(
            "The questions of %(year)s were those of edition %(edition)s; compare with care.",
            {"year": found.before_year, "edition": found.before_edition},
        )
        document.paragraph(translate(note, locale), small=True)
    _score_table(document, found, locale)
    if found.costly:
        document.heading(
            translate(Text("What costs most, and what would close it"), locale), level=2
        )
        for costly in found.costly:
            name = f"{costly.indicator.id} {costly.indicator.title.pick(locale)}"
            document.heading(name, level=3)
            document.paragraph(translate(costly.closing, locale))
    document.heading(translate(Text("What the badge needs"), locale), level=2)
    document.facts(_gates(found.badge, locale))
    document.heading(translate(Text("What the award shortlist needs"), locale), level=2)
    document.facts(_gates(found.award, locale))


def _score_table(document: Document, found: Feedback, locale: str) -> None:
    """Write the numbers; a column without a number in it is left out."""
    columns = [
        (Text("Principle"), 4.2, [translate(row.label, locale) for row in found.rows]),
        (Text("Claimed"), 1.2, [_number(row.claimed) for row in found.rows]),
        (Text("Evidenced"), 1.4, [_number(row.evidenced) for row in found.rows]),
    ]
    if found.before_year is not None:
        head = Text("Evidenced %(year)s", {"year": found.before_year})
        columns.append((head, 1.4, [_number(row.before) for row in found.rows]))
    if any(row.spread for row in found.rows):
        columns.append((Text("Range"), 1.6, [_spread(row) for row in found.rows]))
    heads, widths, cells = zip(*columns, strict=True)
    document.table(
        [translate(head, locale) for head in heads],
        list(zip(*cells, strict=True)),
        widths,
        align="l" + "r" * (len(columns) - 1),
    )


def _in_words(document: Document, found: Feedback, locale: str) -> None:
    labels = [translate(t, locale) for t in (Text("Your answer"), Text("A next step"))]
    for number, told in found.told:
        title = f"{number}. {found.edition.principle(number).title.pick(locale)}"
        document.heading(title, level=2)
        for one in told:
            document.heading(f"{one.indicator.id} {one.indicator.title.pick(locale)}", level=3)
            facts = [(labels[0], translate(one.said, locale))]
            if one.next:
                facts.append((labels[1], one.next.pick(locale)))
            document.facts(facts)


def _remarks(document: Document, found: Feedback, locale: str) -> None:
    if not found.remarks:
        return
    document.heading(translate(Text("What the secretariat wrote"), locale), level=2)
    for remark in found.remarks:
        name = f"{remark.indicator.id} {remark.indicator.title.pick(locale)}"
        document.heading(name, level=3)
        finding = translate(FINDINGS[remark.kind], locale)
        if remark.level is not None and not found.narrative:
            level = Text(
                "%(finding)s (level %(level)s)", {"finding": finding, "level": remark.level}
            )
            finding = translate(level, locale)
        document.paragraph(finding, bold=True)
        for line in remark.reason.splitlines():
            if line.strip():
                document.paragraph(line, language=guess(line, locale))


def _bars(row: Row, locale: str) -> list[Bar]:
    label = translate(row.label, locale)
    if row.claimed is None or row.evidenced is None:
        return [Bar(label, None, translate(row.why, locale))]
    claimed, evidenced = (translate(t, locale) for t in (Text("Claimed"), Text("Evidenced")))
    return [
        Bar(f"{label} – {claimed}", row.claimed, f"{row.claimed} %", hollow=True),
        Bar(
            f"{label} – {evidenced}",
            row.evidenced,
            f"{row.evidenced} %",
            mark=row.before,
            span=(row.spread.low, row.spread.high) if row.spread else None,
        ),
    ]


def _spread(row: Row) -> str:
    return f"{row.spread.low}–{row.spread.high} %" if row.spread else "–"


def _number(value: int | None) -> str:
    return "–" if value is None else f"{value} %"


def _gates(gates: Iterable[GateResult], locale: str) -> list[tuple[str, str]]:
    words = {True: Text("Met"), False: Text("Missing")}
    return [
        (translate(words[g.passed], locale), translate(g.rule, locale))
        for g in sorted(gates, key=lambda gate: gate.passed)
    ]
