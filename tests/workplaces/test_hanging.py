"""«We put it up»: the record, the photo as evidence, and what is out of date."""

import datetime as dt

import pytest
from sqlmodel import select

from jpmirai_compliance.assessments.models import Status
from jpmirai_compliance.disclosure import rules
from jpmirai_compliance.disclosure.models import Posting
from jpmirai_compliance.disclosure.queries import postings as reading
from jpmirai_compliance.disclosure.service import postings as writing
from jpmirai_compliance.disclosure.service import texts
from jpmirai_compliance.evidence import queries as evidence
from jpmirai_compliance.evidence import service as keeping
from jpmirai_compliance.evidence.models import Category, EvidenceUse, Visibility
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.db import Scope
from jpmirai_compliance.foundation.errors import DomainError, Incomplete, NotFound, NotPermitted
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.principles import dump_wordings, reference_wording
from jpmirai_compliance.workplaces import service
from jpmirai_compliance.workplaces.service import Details, Photo
from tests import factories
from tests.evidence import files
from tests.factories import NOW
from tests.statements import counting

TODAY = NOW.date()
HUNG = writing.Hung(TODAY, ("ja", "vi"))


@pytest.fixture
def member(uow):
    _other, _user, other = factories.make_member(uow, "隣の会社")
    put_up(uow, other, site(uow, other))
    return factories.make_member(uow)


def site(uow, actor, name="浜松工場"):
    with uow.transaction():
        return service.add(uow, actor=actor, org_id=actor.org_id, details=Details(name), now=NOW)


def put_up(uow, actor, place, hung=HUNG, photo=None, now=NOW):
    with uow.transaction():
        return service.put_up(
            uow, actor=actor, workplace_id=place.id, hung=hung, photo=photo, now=now
        )


def photo_of(uow, store, actor):
    received = keeping.receive(
        uow,
        store,
        actor=actor,
        org_id=actor.org_id,
        upload=keeping.Upload("wall.png", files.picture()),
        quota_mb=10,
    )
    return Photo(received, "掲示の写真", 10)


def change_wording(uow, tag, **fields):
    _user, staff = factories.make_staff(uow)
    text = dump_wordings((reference_wording(tag),))
    for old, new in fields.items():
        text = text.replace(old, new)
    with uow.transaction():
        texts.import_wordings(uow, actor=staff, text=text, filename="w.yaml", now=NOW)


def test_a_record_says_where_when_and_which_wording(uow, member):
    org, _user, actor = member
    place = site(uow, actor)
    made = put_up(uow, actor, place)
    [view] = reading.postings(uow, org.id)
    assert (view.id, view.workplace_id, view.site, view.named) == (
        made.id,
        place.id,
        "浜松工場",
        True,
    )
    now_in_force = reading.in_force(uow)
    assert view.wordings == {tag: now_in_force[tag] for tag in ("ja", "vi")}
    assert (view.posted_on, view.evidence_id, made.year) == (TODAY, None, None)
    [event] = uow.session.exec(
        select(AuditEvent).where(AuditEvent.org_id == org.id, AuditEvent.event == Event.POSTER_HUNG)
    ).all()
    assert event.subject == f"posting:{made.id}"


@pytest.mark.parametrize(
    ("status", "reopened", "attached"),
    [
        (Status.DRAFT, False, True),
        (Status.AWAITING_APPROVAL, False, True),
        (Status.APPROVED, False, False),
        (Status.SUBMITTED, False, False),
        (Status.RETURNED, False, False),
        (Status.RETURNED, True, True),
    ],
)
def test_the_photo_is_evidence_only_while_the_answer_can_change(
    uow, store, member, status, reopened, attached
):
    org, user, actor = member
    round_ = factories.make_round(uow, orgs=[org])
    answers = {service.POSTING_INDICATOR: {"level": 2, "reopened": reopened}}
    dates = {}
    if status is Status.APPROVED:
        dates = {"approved_at": NOW, "approved_by": user.id}
    elif status in {Status.SUBMITTED, Status.RETURNED}:
        dates = {"submitted_at": NOW}
    if status is Status.RETURNED:
        dates["return_due_at"] = NOW + dt.timedelta(days=14)
    given = factories.make_assessment(uow, org, round_, answers, by=user, status=status, **dates)
    made = put_up(uow, actor, site(uow, actor), photo=photo_of(uow, store, actor))
    [view] = reading.postings(uow, org.id)
    [piece] = evidence.piece(uow, actor, view.evidence_id)
    assert (piece.category, piece.visibility, piece.issued_on, piece.title) == (
        Category.PHOTO,
        Visibility.REVIEWERS,
        TODAY,
        "掲示の写真",
    )
    uses = [
        (use.assessment_id, use.indicator_id)
        for use in uow.session.exec(select(EvidenceUse).where(EvidenceUse.org_id == org.id))
    ]
    assert uses == ([(given.id, "P5-02")] if attached else [])
    assert made.year == (round_.year if attached else None)
    uow.session.expire_all()
    assert uow.session.get(type(given), given.id).status is status


def test_the_photo_waits_in_the_library_after_the_round(uow, store, member):
    org, user, actor = member
    round_ = factories.make_round(uow, orgs=[org])
    factories.make_assessment(uow, org, round_, {}, by=user)
    later = round_.closes_at
    hung = writing.Hung(later.date(), ("ja",))
    made = put_up(uow, actor, site(uow, actor), hung, photo_of(uow, store, actor), later)
    assert made.year is None
    assert uow.session.exec(select(EvidenceUse).where(EvidenceUse.org_id == org.id)).all() == []


def test_a_changed_wording_makes_its_posters_out_of_date_and_no_others(uow, member):
    org, _user, actor = member
    place = site(uow, actor)
    put_up(uow, actor, place)
    [before] = reading.sites(uow, org.id)
    assert before.outdated == ()
    plain = reference_wording("vi").plain[0]
    change_wording(uow, "vi", **{plain: plain + " Xin chào."})
    [after] = reading.sites(uow, org.id)
    assert after.outdated == ("vi",)
    put_up(uow, actor, place, writing.Hung(TODAY, ("vi",)))
    [anew] = reading.sites(uow, org.id)
    assert (anew.outdated, [p.language for p in anew.posters]) == ((), ["ja", "vi"])


def test_another_source_of_the_same_words_makes_nothing_out_of_date(uow, member):
    org, _user, actor = member
    put_up(uow, actor, site(uow, actor))
    source = reference_wording("vi").source
    change_wording(uow, "vi", **{source: "Bản dịch khác"})
    [found] = reading.sites(uow, org.id)
    assert found.outdated == ()


@pytest.mark.parametrize(
    ("hung", "target"),
    [
        (writing.Hung(TODAY, ()), "languages"),
        (writing.Hung(TODAY, ("xx",)), "languages"),
        (writing.Hung(TODAY + dt.timedelta(days=2), ("ja",)), "posted_on"),
        (writing.Hung(dt.date(2020, 10, 31), ("ja",)), "posted_on"),
    ],
)
def test_what_cannot_be_is_refused(uow, member, hung, target):
    org, _user, actor = member
    place = site(uow, actor)
    with pytest.raises(Incomplete) as refused:
        put_up(uow, actor, place, hung)
    assert [gap.target for gap in refused.value.gaps] == [target]
    assert reading.postings(uow, org.id) == ()


def test_taken_down_and_closed_count_as_nothing(uow, member):
    org, _user, actor = member
    first, second = site(uow, actor), site(uow, actor, "豊橋工場")
    made = put_up(uow, actor, first)
    put_up(uow, actor, second)
    with uow.transaction():
        writing.take_down(uow, actor=actor, posting_id=made.id, now=NOW)
        writing.take_down(uow, actor=actor, posting_id=made.id, now=NOW)
    assert [s.name for s in reading.sites(uow, org.id)] == ["豊橋工場"]
    with uow.transaction():
        service.close(uow, actor=actor, workplace_id=second.id, now=NOW)
    assert reading.sites(uow, org.id) == ()
    ended = select(AuditEvent).where(AuditEvent.event == Event.POSTER_TAKEN_DOWN)
    assert len(uow.session.exec(ended).all()) == 2
    with pytest.raises(DomainError, match="closed"):
        put_up(uow, actor, second)


def test_az_3_who_may_not_record(uow, make_uow, member):
    org, user, actor = member
    place = site(uow, actor)
    made = put_up(uow, actor, place)
    approver = factories.actor_of(user, org, (Role.APPROVER,))
    _user, staff = factories.make_staff(uow)
    _org, _user, stranger = factories.make_member(uow, "よその会社")
    for who, error in ((approver, NotPermitted), (staff, NotPermitted), (stranger, NotFound)):
        with pytest.raises(error):
            put_up(uow, who, place)
        with pytest.raises(error), uow.transaction():
            writing.take_down(uow, actor=who, posting_id=made.id, now=NOW)
    own = make_uow(Scope(org.id))
    assert [row.id for row in own.session.exec(select(Posting))] == [made.id]
    assert len(uow.session.exec(select(Posting)).all()) == 2


def test_what_hangs_costs_the_same_with_one_and_three_sites(uow, engine, member):
    org, _user, actor = member
    costs = []
    for name in ("一", "二", "三"):
        put_up(uow, actor, site(uow, actor, name))
        uow.session.expire_all()
        with counting(engine) as seen:
            reading.sites(uow, org.id)
        costs.append(len(seen))
    assert costs[0] == costs[2] == 3


def posted(uow, org, **named):
    return rules.with_postings({"year": 2026}, reading.sites(uow, org.id))


def test_the_public_page_says_a_name_only_where_the_member_said_so(uow, member):
    org, _user, actor = member
    first, second = site(uow, actor), site(uow, actor, "秘密の工場")
    put_up(uow, actor, first)
    put_up(uow, actor, second, writing.Hung(TODAY, ("my",)))
    later = NOW + dt.timedelta(minutes=1)
    put_up(uow, actor, second, writing.Hung(TODAY, ("ja",), named=False), now=later)
    day = TODAY.isoformat()
    assert posted(uow, org) == {
        "year": 2026,
        "postings": [
            {
                "site": "浜松工場",
                "languages": [
                    {"language": "ja", "posted_on": day},
                    {"language": "vi", "posted_on": day},
                ],
            },
            {
                "site": "",
                "languages": [
                    {"language": "ja", "posted_on": day},
                    {"language": "my", "posted_on": day},
                ],
            },
        ],
    }


def test_a_page_without_posters_stays_as_it_was(uow, member):
    org, _user, _actor = member
    assert posted(uow, org) == {"year": 2026}
