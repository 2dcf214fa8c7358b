"""One of everything: a member in the middle of a year, one that published, entries, judges."""

import uuid
from dataclasses import dataclass

from sqlmodel import select

from jpmirai_compliance.assessments.models import Participation, Status
from jpmirai_compliance.awards.models import Category
from jpmirai_compliance.evidence import service as evidence
from jpmirai_compliance.foundation.guard import Audience
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.workplaces import service as workplaces
from tests import factories
from tests.awards.scene import make_scene
from tests.disclosure import cases
from tests.evidence.files import PDF

NOW = factories.NOW


@dataclass
class World:
    """Who may knock where, and what each variable of an address is called here."""

    people: dict  # audience → (user, organisation or None)
    ids: dict  # variable → value that exists


def make_world(app, settings, store, uow):
    scene = make_scene(uow)
    [round_id] = uow.session.exec(select(factories.Round.id))
    round_ = uow.session.get(factories.Round, round_id)
    uow.session.expunge(round_)
    org, user, actor = factories.make_member(uow, "青葉 <b>&amp;</b> 工業")
    colleague = factories.make_user(uow, org, (Role.EDITOR,))
    with uow.transaction():
        uow.session.add(
            Participation(round_id=round_.id, org_id=org.id, form=round_.default_form, added_at=NOW)
        )
    draft = factories.make_assessment(
        uow, org, round_, {"P1-01": {"level": 2, "text": "五つの原則"}}, by=user
    )
    with uow.transaction():
        piece = evidence.attach_file(
            uow,
            store,
            actor=actor,
            assessment_id=draft.id,
            org_id=org.id,
            indicator_id="P1-01",
            upload=evidence.Upload("証憑.pdf", PDF),
            now=NOW,
        )
    with uow.transaction():
        site = workplaces.add(
            uow,
            actor=actor,
            org_id=org.id,
            details=workplaces.Details(name="本社工場", prefecture="23", languages=("ja", "vi")),
            now=NOW,
        )
    other, other_user, other_actor = factories.make_member(uow, "公開した会社")
    cases.accept(uow, other, other_user, round_)
    found = cases.publish(app, settings, uow, other_actor)
    _o, _u, _a, entry_id = scene.entered("応募した会社")[0]
    scene.assign(entry_id, scene.judges[0])
    waiting, waiting_user, _ = factories.make_member(uow, "提出した会社")
    review = factories.make_assessment(
        uow,
        waiting,
        round_,
        factories.all_answers(waiting),
        by=waiting_user,
        status=Status.SUBMITTED,
        submitted_at=NOW,
    )
    staff, _ = factories.make_staff(uow)
    [category_id, *_] = uow.session.exec(select(Category.id).where(Category.code == "a2"))
    uow.session.rollback()
    return World(
        people={
            Audience.MEMBER: (user, org),
            Audience.SIGNED_IN: (user, org),
            Audience.SECRETARIAT: (staff, None),
            Audience.JUDGE: (scene.judge_users[0], None),
        },
        ids={
            "org_id": org.id,
            "user_id": colleague.id,
            "assessment_id": review.id,
            "evidence_id": piece,
            "workplace_id": site.id,
            "category_id": category_id,
            "entry_id": entry_id,
            "conflict_id": uuid.uuid4(),
            "invitation_id": uuid.uuid4(),
            "year": 2026,
            "indicator_id": "P1-01",
            "number": 1,
            "ordinal": 1,
            "lang": "ja",
            "language": "ja",
            "kind": "yaml",
            "place": "isa",
            "slug": found.slug,
            "code": site.code,
            "token": "t" * 43,
            "filename": "dist/none.css",
            "suffix": "csv",
            "key": "2026.1",
            "page": 1,
            "principle": 1,
            "reason": "P1-01",
            **{
                name: uuid.uuid4()
                for name in (
                    *("comment_id", "handover_id", "mail_id", "posting_id", "reopening_id"),
                    *("session_id", "upload_id"),
                )
            },
        },
    )
