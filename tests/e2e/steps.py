"""Steps of the year that take more than a press or two."""

import re
from urllib.parse import urlsplit

import pypdfium2
import zxingcpp

from tests.e2e.story import AOBA, CORE, YEAR, neighbour
from tests.evidence.files import PDF, picture

NOT_OURS, UNPROVEN, WEAK, ASKED = "P1-12", "P3-06", "P4-08", "P5-06"
SITE = "https://aoba.example.com/report"
PAPER = {"name": "契約書の見本.pdf", "mimeType": "application/pdf", "buffer": PDF}
PICTURE = {"name": "掲示.png", "mimeType": "image/png", "buffer": picture("PNG")}


def answer(aoki, indicator_id):
    said = {"text": f"{indicator_id}の取組を続けています。", "note": "社内だけの覚え書き"}
    if indicator_id == NOT_OURS:
        aoki.fill(level="na", na_reason="夜勤はありません。")
    elif indicator_id == UNPROVEN:
        aoki.fill(level=4, **said)
    elif indicator_id == CORE[0].id:
        aoki.fill(level=3, **said, reach="group", visibility="public", files=[PAPER, PICTURE])
        aoki.press("Save and add the evidence")
        aoki.shows("契約書の見本.pdf", "掲示.png")
        aoki.fill(level=4)
    else:
        visibility = "public" if indicator_id == CORE[1].id else "reviewers"
        aoki.fill(level=4, **said, url=SITE, title="取組の報告", visibility=visibility)


def overall(person):
    """Return the claimed and the evidenced percentage that the page's table gives."""
    row = person.page.locator("tr", has_text=person.word("Overall")).first
    return [int(n) for n in re.findall(r"\d+", row.inner_text())[:2]]


def rule(reviewer, **ruling):
    reviewer.press("Save and go back", fields=ruling)


def addresses(person):
    """Read from the page for sharing where everything is."""
    links = [a.get_attribute("href") for a in person.page.locator("main a[href]").all()]
    page = next(h for h in links if re.search(rf"/ja/orgs/[^/]+/{YEAR}$", h))
    return {
        "page": page,
        "verify": next(h for h in links if "/verify/" in h),
        "badge": page.replace("/ja/orgs/", "/badges/") + ".svg",
        "data": page.replace("/ja/orgs/", "/data/") + ".json",
    }


def posters(story, aoki, worker):
    aoki.follow("Workplaces")
    aoki.follow("Add a workplace")
    aoki.press(
        "Save the workplace",
        fields={
            "name": "本社工場",
            "prefecture": "23",
            "languages": ["ja", "vi", "my"],
            "contacts-0-phone": "052-000-0000",
        },
    )
    aoki.follow("Posters")
    document = pypdfium2.PdfDocument(aoki.download("Download the posters"))
    assert len(document) == 3
    codes = set()
    for page in document:
        [code] = zxingcpp.read_barcodes(page.render(scale=2).to_pil())
        codes.add(code.text)
    [address] = codes
    assert address.lower().startswith(story.site.url.lower())
    path = address[len(story.site.url) :]
    worker.go(path)
    worker.shows("本社工場", "052-000-0000")
    for language in ("vi", "my"):
        worker.go(re.sub(r"^/\w+/", f"/{language}/", urlsplit(worker.page.url).path))
        assert worker.page.locator("html").get_attribute("lang") == language
    assert worker.context.cookies() == []


def midori_takes_part(story):
    midori = story.person("midori")
    midori.join(story.site.link("midori@midori.example.com"), "緑川 葉子")
    midori.follow("Organisation")
    midori.press(
        "Save the profile",
        fields={
            "size": "1-29",
            "prefecture": "13",
            "sector": "R",
            "no_corporate_number": True,
            "contact_name": "緑川 葉子",
            "contact_email": "midori@midori.example.com",
        },
    )
    neighbour(story.site, "midori@midori.example.com", "mori@office.example.com")


def invite_staff(story):
    """A second person of the secretariat, and two judges: one has the member's mail domain."""
    mori = story.person("mori")
    for name, email, roles in (
        ("okamoto", "okamoto@office.example.com", ["secretariat"]),
        ("harada", "harada@jury.example.com", ["judge"]),
        ("shinseki", "shinseki@aoba.example.com", ["judge"]),
    ):
        mori.follow("Members")
        mori.follow("Secretariat and judges")
        mori.follow("Invite a person")
        mori.press(
            "Send the invitation",
            fields={"email": email, "name": name, "locale": story.locale, "roles": roles},
        )
        story.person(name).join(story.site.link(email), name, second_factor=True)


def enter(person, title, button):
    said = "窓口を開き、聞いた声から寮の規則を作り直しました。"
    person.press(button, fields={"title": title, "statement": said, "consent": True})
    person.says("Entered")


def reviewers_score(story):
    """Everybody scores what lies on their desk, without seeing what the others gave."""
    scores = {"mori": 4, "harada": 5, "shinseki": 4}
    desks = {}
    for name in scores:
        person = story.person(name)
        person.go("/j")
        desks[name] = person.text
    assert story.named(AOBA) not in desks["shinseki"]
    links = [
        link
        for name in scores
        for link in story.person(name).page.locator("main table a[href]").all()
        if story.named(AOBA) in link.inner_text()
    ]
    entries = {link.get_attribute("href") for link in links}
    assert len(entries) == 2
    shinseki = story.person("shinseki")
    assert [shinseki.context.request.get(href).status for href in entries] == [404, 404]
    for name, score in scores.items():
        person = story.person(name)
        while True:
            person.go("/j")
            if not person.offers("Go to the next entry"):
                break
            person.follow("Go to the next entry")
            person.press("I have no conflict of interest: open the entry")
            codes = {
                e.get_attribute("name") for e in person.page.locator("main [name^=score_]").all()
            }
            person.shows_not("まだ見せない所見")
            person.fill(**dict.fromkeys(sorted(codes), str(score)), comment="まだ見せない所見")
            person.press("Submit the scores")


def decide(story):
    mori = story.person("mori")
    for category in story.kept["categories"]:
        mori.follow("Awards")
        mori.open(str(YEAR))
        mori.open(category)
        mori.follow("Make the shortlist")
        mori.press("Fix the shortlist", fields={"reason": "基準点を満たしています。"})
        mori.says("Worked out again: the same result")
        mori.follow("Decide the winners")
        winner = mori.page.locator("main [name=named]").first.get_attribute("value")
        mori.press(
            "Record the decision", fields={"named": [winner], "reason": "働く人の声が根拠です。"}
        )
