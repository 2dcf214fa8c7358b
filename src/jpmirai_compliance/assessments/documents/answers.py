"""All answers as PDF: what was answered, in whole, with the evidence behind it."""

import datetime as dt

from jpmirai_compliance.assessments.models import Reach, Status
from jpmirai_compliance.assessments.queries.printed import Printed, PrintedAnswer, PrintedPiece
from jpmirai_compliance.foundation.catalogue import moment, translate
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.typesetting.document import Document
from jpmirai_compliance.typesetting.languages import guess

AUTHOR = "JP-MIRAI"
REACHES = {
    Reach.OWN: Text("Our own organisation"),
    Reach.GROUP: Text("Our group of companies"),
    Reach.SUPPLY_CHAIN: Text("Our supply chain, too"),
}
STATES = {
    Status.DRAFT: Text("In progress"),
    Status.AWAITING_APPROVAL: Text("Awaiting approval"),
    Status.APPROVED: Text("Approved"),
    Status.SUBMITTED: Text("Submitted"),
    Status.RETURNED: Text("Changes requested"),
    Status.ACCEPTED: Text("Checked"),
}


def answers(found: Printed, *, locale: str, now: dt.datetime) -> bytes:
    """Return the PDF in ``ja`` or ``en``; of a frozen state always the same bytes."""
    title = translate(Text("Self-assessment %(year)s: all answers", {"year": found.year}), locale)
    document = Document(locale, title, author=AUTHOR, created=found.at or now)
    name = found.name.pick(locale)
    document.footer(f"JP-MIRAI  {found.number or title}")
    document.running(name)
    document.heading(title, level=1)
    document.facts(_facts(found, locale, now))
    for principle, given in found.sections:
        heading = f"{principle.number}. {principle.title.pick(locale)}"
        document.running(f"{name}  ·  {heading}")
        document.heading(heading, level=2)
        for answer in given:
            indicator = answer.indicator
            head = f"{indicator.id} {indicator.title.pick(locale)}"
            document.running(f"{name}  ·  {head}")
            document.heading(head, level=3)
            _question(document, answer, locale)
    return document.save()


def _facts(found: Printed, locale: str, now: dt.datetime) -> list[tuple[str, str]]:
    said: list[tuple[Text, object]] = [
        (Text("Name of the organisation"), found.name),
        (Text("Year"), found.year),
        (Text("State"), STATES[found.status]),
        (Text("Edition of the questions"), found.edition),
    ]
    if found.at:
        said += [
            (Text("Receipt number"), found.number),
            (Text("Frozen on"), moment(found.at, locale)),
            (Text("Hash of the frozen answers (SHA-256)"), found.sha256),
        ]
    else:
        said.append((Text("As of"), moment(now, locale)))
    notes = Text("Included: for your organisation only") if found.notes else Text("Not included")
    said.append((Text("Internal notes"), notes))
    return [(translate(label, locale), translate(value, locale)) for label, value in said]


def _question(document: Document, answer: PrintedAnswer, locale: str) -> None:
    document.paragraph(answer.indicator.question.pick(locale), small=True)
    facts = [(Text("Answer"), _answer(answer, locale))]
    if answer.level is not None:
        facts.append((Text("It speaks for"), translate(REACHES[answer.reach], locale)))
    for number, piece in enumerate(answer.evidence, start=1):
        facts.append((Text("Evidence %(number)s", {"number": number}), _piece(piece, locale)))
    document.facts([(translate(label, locale), value) for label, value in facts])
    _written(document, Text("Why it does not apply"), answer.na_reason, locale)
    _written(document, Text("What we do"), answer.text, locale)
    _written(document, Text("Internal note"), answer.note, locale)


def _written(document: Document, label: Text, text: str, locale: str) -> None:
    """Set a text that somebody typed, each line as a paragraph in the language it seems to be."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return
    document.paragraph(translate(label, locale), bold=True)
    for line in lines:
        document.paragraph(line, language=guess(line, locale))


def _answer(answer: PrintedAnswer, locale: str) -> str:
    if answer.not_applicable:
        return translate(Text("Not applicable"), locale)
    if answer.level is None:
        return translate(Text("No answer"), locale)
    level = translate(Text("Level %(level)s", {"level": answer.level}), locale)
    return f"{level}: {answer.indicator.levels[answer.level].pick(locale)}"


def _piece(piece: PrintedPiece, locale: str) -> str:
    mark = f"SHA-256 {piece.sha256}" if piece.sha256 else piece.url
    inner = f" [{translate(Text('Internal'), locale)}]" if piece.internal else ""
    return f"{piece.title}{inner} – {mark}"
