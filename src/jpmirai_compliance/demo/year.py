"""What happens in a round: answers, evidence, approval, submission, check, publication."""

import datetime as dt
import uuid
from functools import partial

from sqlmodel import Session

from jpmirai_compliance.assessments.models import FormLength
from jpmirai_compliance.assessments.queries import member as reading
from jpmirai_compliance.assessments.queries import member_answers
from jpmirai_compliance.assessments.service import answers, approval, rounds, submission
from jpmirai_compliance.demo import checking
from jpmirai_compliance.demo.cast import DRAFTS, MEMBERS, TEXTS, Member
from jpmirai_compliance.demo.shelf import stock
from jpmirai_compliance.demo.stage import Stage
from jpmirai_compliance.disclosure import queries as disclosed
from jpmirai_compliance.disclosure import service as disclosure
from jpmirai_compliance.disclosure.bundle import Press, reconcile, renderer
from jpmirai_compliance.disclosure.rules import Choices
from jpmirai_compliance.evidence import service as evidence
from jpmirai_compliance.evidence.models import Visibility
from jpmirai_compliance.foundation.db import EVERYTHING, UnitOfWork
from jpmirai_compliance.foundation.policy import Actor
from jpmirai_compliance.foundation.storage import Store
from jpmirai_compliance.principles import MAX_LEVEL, Gate, Indicator, editions, load_edition
from jpmirai_compliance.typesetting.document import Document

#: How far a member gets; each stage includes the ones before it.
STAGES = (
    "invited",
    "started",
    "submitted",
    "returned",
    "submitted again",
    "accepted",
    "published",
)
HALF, THIRD = 2, 3
SHORT, LONG = dt.timedelta(days=150), dt.timedelta(days=900)  # how long evidence is valid


def run(stage: Stage, year: int, opens: dt.datetime, closes: dt.datetime, *, whole: bool) -> None:
    """Play a round; ``whole`` takes every member that starts to the end of it."""
    mori = stage.actor("jimukyoku")
    plan = rounds.Plan(year, editions()[-1], opens, closes, FormLength.FULL)
    stage.act(
        mori,
        lambda uow: rounds.open_round(
            uow, actor=mori, plan=plan, org_ids=list(stage.orgs.values()), now=opens
        ),
    )
    for number, member in enumerate(MEMBERS):
        reached = STAGES.index(member.stage)
        if whole and reached >= STAGES.index("started"):
            reached = STAGES.index("published")
        play(stage, member, year, reached, opens + dt.timedelta(days=3 + number, hours=1))


#: Whose evidence library holds more than what answers use.
SHELVES = frozenset({"aoba", "minato"})


def play(stage: Stage, member: Member, year: int, reached: int, now: dt.datetime) -> None:
    """Take one member as far as ``reached`` (an index of STAGES), starting at ``now``."""
    if reached < STAGES.index("started"):
        return
    editor, approver = stage.of(member.key, "editor"), stage.of(member.key, "approver")
    taken = stage.act(editor, lambda uow: answers.start(uow, actor=editor, year=year, now=now))
    _answer(stage, member, editor, taken, year, now, half=reached < STAGES.index("submitted"))
    if year == stage.today.year and member.key in SHELVES:
        stock(stage, editor, member.website, now)
    if reached < STAGES.index("submitted"):
        return
    _submit(stage, editor, approver, year, now + dt.timedelta(hours=2))
    if reached in {STAGES.index("returned"), STAGES.index("submitted again")}:
        checking.send_back(stage, taken, now + dt.timedelta(days=2))
    if reached == STAGES.index("submitted again"):
        checking.submit_again(stage, member.key, taken, year, now + dt.timedelta(days=4))
    if reached >= STAGES.index("accepted"):
        checking.accept(stage, taken, now + dt.timedelta(days=2))
    if reached >= STAGES.index("published"):
        _publish(stage, member, approver, year, now + dt.timedelta(days=3))


def _answer(  # noqa: PLR0913, PLR0917 -- one place
    stage: Stage,
    member: Member,
    editor: Actor,
    taken: uuid.UUID,
    year: int,
    now: dt.datetime,
    *,
    half: bool,
) -> None:
    store: Store = stage.app.extensions["store"]
    indicators = load_edition(editions()[-1]).applicable(member.kind)
    if half:
        indicators = indicators[: len(indicators) // HALF]
    for number, indicator in enumerate(indicators):
        level = _level(member, year, stage.today.year, number)
        content = answers.Content(level=level, text=_text(member, indicator, level))
        moment = now + dt.timedelta(minutes=number)
        deed = partial(_save, actor=editor, taken=taken, indicator_id=indicator.id, now=moment)
        stage.act(editor, partial(deed, content=content))
        if level >= HALF and (number % 9 or indicator.gate is not Gate.NONE):
            _attach(stage, store, editor, taken, indicator, moment, public=not number % THIRD)


def _save(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    taken: uuid.UUID,
    indicator_id: str,
    content: answers.Content,
    now: dt.datetime,
) -> None:
    """Answer, over what was copied from last year if anything was."""
    known = member_answers.answers(uow, taken).get(indicator_id)
    answers.save(
        uow,
        actor=actor,
        assessment_id=taken,
        indicator_id=indicator_id,
        content=content,
        version=known.version if known else 0,
        now=now,
    )


def _level(member: Member, year: int, this_year: int, number: int) -> int:
    """Return a level that varies by question and was a little lower last year."""
    level = member.level + (number % 2 == 1) - (number % 7 == THIRD)
    if year < this_year and number % 5 == 0:
        level -= 1
    return max(member.level - 1, min(MAX_LEVEL, level))


def _text(member: Member, indicator: Indicator, level: int) -> str:
    if member.key == "aoba" and indicator.id in TEXTS:
        return TEXTS[indicator.id]
    if member.key == "minato" and indicator.id in DRAFTS:
        return DRAFTS[indicator.id]
    return indicator.levels[level].pick("ja") + "。"


def _attach(  # noqa: PLR0913, PLR0917 -- one place
    stage: Stage,
    store: Store,
    editor: Actor,
    taken: uuid.UUID,
    indicator: Indicator,
    now: dt.datetime,
    *,
    public: bool,
) -> None:
    title = f"{indicator.evidence[0].pick('ja')}（見本）"
    paper = Document("ja", title, author="見本", created=now)
    paper.heading(title, level=1)
    paper.paragraph("これは試用のために作った見本です。実在の組織や人とは関係がありません。")
    upload = evidence.Upload(f"{indicator.id}.pdf", paper.save())
    org_id = editor.org_id or uuid.UUID(int=0)

    def keep(uow: UnitOfWork) -> None:
        evidence.attach_file(
            uow,
            store,
            actor=editor,
            assessment_id=taken,
            org_id=org_id,
            indicator_id=indicator.id,
            upload=upload,
            title=title,
            visibility=Visibility.PUBLIC if public else Visibility.REVIEWERS,
            issued_on=now.date(),
            valid_until=now.date() + (SHORT if public else LONG),
            now=now,
        )

    stage.act(editor, keep)


def _submit(stage: Stage, editor: Actor, approver: Actor, year: int, now: dt.datetime) -> None:
    base = stage.settings.public_base_url

    def ask(uow: UnitOfWork) -> None:
        version = reading.assessment(uow, editor, year).version
        approval.ask(uow, actor=editor, year=year, version=version, base_url=base, now=now)

    def approve(uow: UnitOfWork) -> None:
        version = reading.assessment(uow, approver, year).version
        approval.approve(uow, actor=approver, year=year, version=version, now=now)

    def submit(uow: UnitOfWork) -> None:
        version = reading.assessment(uow, approver, year).version
        submission.submit(uow, actor=approver, year=year, version=version, base_url=base, now=now)

    for person, deed in ((editor, ask), (approver, approve), (approver, submit)):
        stage.act(person, deed)


def _publish(stage: Stage, member: Member, approver: Actor, year: int, now: dt.datetime) -> None:
    press = Press(stage.settings.published, renderer(stage.app), stage.settings.public_base_url)

    def prepare(uow: UnitOfWork) -> int:
        found = disclosed.accepted(uow, reading.assessment(uow, approver, year).id)
        everything = disclosed.offer(uow, found).everything()
        choices = Choices(
            headline_ja="ともに働き、ともに暮らす職場へ",
            headline_en="A workplace to work and live in together",
            statement_ja=f"{member.name_ja}は、行動原則への取組みを年1回公開しています。"
            "できていないことも、期限を決めて改めていきます。",
            statement_en=f"{member.name_en} publishes its observance of the code once a year. "
            "What is not done yet has a date by which it will be.",
            numbers=member.key == "aoba",
            indicators=everything.indicators,
            evidence=everything.evidence,
        )
        return disclosure.save_draft(
            uow, actor=approver, year=year, choices=choices, version=0, now=now
        )

    def publish(uow: UnitOfWork) -> None:
        disclosure.publish(
            uow,
            actor=approver,
            year=year,
            version=version,
            key=uuid.uuid4(),
            write=press.write,
            settle=lambda _org: None,  # all at once, at the end
            now=now,
        )

    version = stage.act(approver, prepare)
    stage.act(approver, publish)


def settle(stage: Stage) -> None:
    """Make the addresses of everything that was published."""
    with Session(stage.engine) as session:
        reconcile(UnitOfWork(session, EVERYTHING), stage.settings.published)
