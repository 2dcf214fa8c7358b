"""What stands beside a question: why, example, terms, law with how sure it is."""

from jpmirai_compliance.principles import load_edition
from tests.assessments.member.acts import words
from tests.factories import make_assessment

SAID = {
    "en": [
        "Why it matters",
        "A good example, and what shows it",
        "Terms",
        "Laws and standards behind this question",
    ],
    "ja": ["なぜ大切か", "よい例と証跡の例", "用語", "関係する法令・基準"],
}


def beside(page):
    return {words(d.summary): d for d in page.select("details") if d.select_one("div")}


def test_guidance_is_offered_in_the_readers_language(login, uow, member):
    org, user, round_ = member
    make_assessment(uow, org, round_)
    guide = load_edition(round_.edition).guides["P1-02"]
    for language, titles in SAID.items():
        found = beside(login(user, org, language=language).get("/m/2026/P1-02"))
        assert [title for title in found if title in titles] == titles
        why, example, terms, laws = (found[title] for title in titles)
        assert words(why.div) == guide.why.pick(language)
        assert words(example.p) == guide.example.pick(language)
        assert [words(dt) for dt in terms.select("dt")] == [
            term.name.pick(language) for term in guide.terms
        ]
        assert len(laws.select("li")) == 5


def test_a_law_says_how_sure_it_is_and_links_to_its_text(login, uow, member):
    org, user, round_ = member
    make_assessment(uow, org, round_)
    found = beside(login(user, org, language="en").get("/m/2026/P2-03"))
    rows = {words(li): li.a["href"] for li in found[SAID["en"][3]].select("li")}
    assert all(address.startswith("http") for address in rows.values())
    cap = [row for row in rows if row.startswith("Employment for Skill Development Act")]
    assert len(cap) == 1
    assert "Still to be checked in the text" in cap[0]
    [tested] = [row for row in rows if row.startswith("IOM IRIS Standard")]
    assert "Read in the text or in a clear summary of it" in tested


def test_a_question_without_terms_offers_no_empty_list(login, uow, member):
    org, user, round_ = member
    make_assessment(uow, org, round_)
    found = beside(login(user, org, language="en").get("/m/2026/P1-07"))
    assert "Terms" not in found
    assert "Why it matters" in found
