import io

import pytest
from pypdf import PdfReader

from jpmirai_compliance.assessments import documents
from jpmirai_compliance.assessments.models import Reach, Status
from jpmirai_compliance.assessments.queries.printed import printed
from jpmirai_compliance.evidence import service as evidence
from jpmirai_compliance.evidence.models import Visibility
from jpmirai_compliance.foundation.errors import NotFound
from tests.assessments.member.acts import submit
from tests.factories import NOW, make_member
from tests.typesetting.pages import squeezed

NOTE, INNER = "社内の覚え書き", "社内だけの資料"


def link(who, indicator_id, title, **fields):
    with who.uow.transaction():
        evidence.attach_link(
            who.uow,
            actor=who.actor,
            assessment_id=who.assessment.id,
            org_id=who.org.id,
            indicator_id=indicator_id,
            url=f"https://example.org/{title}",
            title=title,
            now=NOW,
            **fields,
        )


@pytest.fixture
def who(make):
    found = make(level=2)
    version = 1
    found.save(version=version, level=3, text="一行目\n二行目", note=NOTE, reach=Reach.GROUP)
    found.save("P1-02", version=version, not_applicable=True, na_reason="業務がありません。")
    link(found, "P1-01", "公開の方針")
    link(found, "P1-01", INNER, visibility=Visibility.INTERNAL)
    return found


def answer_of(found, indicator_id="P1-01"):
    return next(a for _p, given in found.sections for a in given if a.indicator.id == indicator_id)


def test_internal_notes_and_evidence_come_only_when_asked_for(who):
    plain = answer_of(printed(who.uow, who.actor, 2026, notes=False))
    assert (plain.level, plain.text, plain.reach) == (3, "一行目\n二行目", Reach.GROUP)
    assert (plain.note, [e.title for e in plain.evidence]) == ("", ["公開の方針"])
    inner = answer_of(printed(who.uow, who.actor, 2026, notes=True))
    assert inner.note == NOTE
    assert [(e.title, e.internal) for e in inner.evidence] == [("公開の方針", False), (INNER, True)]


def test_after_submitting_it_is_what_was_frozen(uow, who):
    before = printed(who.uow, who.actor, 2026, notes=True)
    assert (before.number, before.sha256, before.at) == ("", "", None)
    with uow.transaction():
        row = uow.session.get_one(type(who.assessment), who.assessment.id)
        row.status, row.approved_at, row.approved_by = Status.APPROVED, NOW, who.user.id
    frozen = submit(who)
    found = printed(who.uow, who.actor, 2026, notes=True)
    assert (found.number, found.sha256, found.at) == (frozen.number, frozen.sha256, NOW)
    assert found.sections == before.sections
    assert answer_of(found, "P1-02").na_reason == "業務がありません。"


def test_az_3_nobody_prints_another_organisations_answers(uow, make_uow, who):
    _org, _user, stranger = make_member(uow, "第三の会社")
    with pytest.raises(NotFound):
        printed(make_uow(), stranger, 2026, notes=False)


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("ja", ["2026年度自己評価全回答", "成熟度3", "「該当なし」の理由"]),
        ("en", ["Self-assessment2026:allanswers", "Level3", "Whyitdoesnotapply"]),
    ],
)
def test_the_document_holds_everything_and_is_tagged(who, locale, said):
    found = printed(who.uow, who.actor, 2026, notes=False)
    data = documents.answers(found, locale=locale, now=NOW)
    reader = PdfReader(io.BytesIO(data))
    pages = ["".join(page.extract_text().split()) for page in reader.pages]
    whole = "".join(pages)
    for part in (
        *said,
        "一行目",
        "二行目",
        "業務がありません。",
        "公開の方針",
        "https://example.org/",
    ):
        assert part in whole, part
    for _principle, given in found.sections:
        for answer in given:
            assert answer.indicator.id in whole
    for hidden in (NOTE, INNER):
        assert hidden not in whole
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == locale
    for number, page in enumerate(pages, start=1):
        assert f"{number}/{len(pages)}" in page
        # the running head: whose answers these are, on every page; on the first in the table
        assert found.name.pick(locale).replace(" ", "") in page


def test_texts_in_other_scripts_are_set_in_their_own_fonts(who):
    who.save("P1-03", version=1, level=2, text="Phỏng vấn bằng tiếng mẹ đẻ.\nမြန်မာဘာသာဖြင့် ရှင်းပြသည်")
    found = printed(who.uow, who.actor, 2026, notes=False)
    reader = PdfReader(io.BytesIO(documents.answers(found, locale="ja", now=NOW)))
    fonts = {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert {"NotoSansMyanmar-Regular", "NotoSans-Regular", "BIZUDPGothic-Regular"} <= fonts
    whole = squeezed("".join(page.extract_text() for page in reader.pages))
    assert squeezed("Phỏng vấn bằng tiếng mẹ đẻ.") in whole
