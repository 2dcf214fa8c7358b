"""A poster is scanned, its page read in another language, a number called, the page left."""

import io

import pypdfium2
import pytest
import zxingcpp

from jpmirai_compliance.principles import EASY, LANGUAGES, endonym, without_ruby
from jpmirai_compliance.workplaces import rules, service
from jpmirai_compliance.workplaces.rules import Contact
from jpmirai_compliance.workplaces.service import Details
from tests import factories
from tests.e2e.site import Site
from tests.factories import NOW

MOST_BYTES = 60_000
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
SPOKEN = [tag for tag in LANGUAGES if tag != EASY]  # easy Japanese is no telephone's
#: Each page, scanned by a telephone that speaks another language.
STORIES = [(tag, SPOKEN[(number + 1) % len(SPOKEN)]) for number, tag in enumerate(LANGUAGES)]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    found = Site(tmp_path_factory.mktemp("scan")).start()
    yield found
    found.stop()


@pytest.fixture(scope="module")
def code(site):
    """Return the code of a workplace that has a contact of its own."""
    with site.look() as uow:
        _org, _user, actor = factories.make_member(uow, "株式会社みらい製作所", name_en="Mirai")
    place = Details("浜松工場", contacts=(Contact("人事部", phone="053-000-0000"),))
    with site.work() as uow:
        return service.add(uow, actor=actor, org_id=actor.org_id, details=place, now=NOW).code


class Phone:
    """A telephone with its camera: what it asked for, and what each answer weighed."""

    def __init__(self, browser, language, *, js):
        self.context = browser.new_context(locale=language, java_script_enabled=js, **PHONE)
        self.context.route(rules.EXIT, lambda route: route.fulfill(body="<h1>weather</h1>"))
        self.page = self.context.new_page()
        self.asked, self.answers = [], []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("response", lambda answer: self.answers.insert(0, answer))

    def scan(self, pdf):
        """Open what the code on the first page of a PDF says."""
        with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
            [found] = zxingcpp.read_barcodes(document[0].render(scale=110 / 72).to_pil())
        self.page.goto(found.text)

    def choose(self, language):
        """Open the list of languages and press one by its own name; measure what arrives."""
        self.page.locator("summary").click()
        self.answers.clear()
        with self.page.expect_navigation():
            self.page.locator(".languages li a", has_text=endonym(language)).first.click()
        self.page.evaluate("document.fonts.ready")
        # a file that is used twice is announced twice, and fetched once
        return sum({answer.url: len(answer.body()) for answer in self.answers}.values())


@pytest.fixture
def phone(chromium):
    opened = []

    def open_(language, *, js=True):
        opened.append(Phone(chromium, language, js=js))
        return opened[-1]

    yield open_
    for one in opened:
        one.context.close()


@pytest.mark.parametrize(("language", "telephone"), STORIES)
def test_scan_open_change_language_call_and_leave(site, code, phone, language, telephone):
    taken = _tell(site, code, phone(telephone), language, telephone)
    with taken.page.expect_navigation(url=rules.EXIT):
        taken.page.locator(".leave a").click()
    taken.page.go_back()
    assert taken.page.url == "about:blank"
    assert [url for url in taken.asked if not url.startswith(site.url)] == [rules.EXIT]


@pytest.mark.parametrize(("language", "telephone"), [("my", "ja"), ("ur", "ta"), ("ja", "vi")])
def test_the_same_without_script(site, code, phone, language, telephone):
    taken = _tell(site, code, phone(telephone, js=False), language, telephone)
    with taken.page.expect_navigation(url=rules.EXIT):
        taken.page.locator(".leave a").click()
    taken.page.goto(f"{site.url}/{language}/workers/safety")
    assert not taken.page.locator("[data-keys]").is_visible()


def test_three_times_shift_leaves_and_the_page_says_so(site, phone):
    taken = phone("en")
    taken.page.goto(f"{site.url}/en/workers/safety")
    assert taken.page.locator("[data-keys]").inner_text() == rules.texts("en").exit_keys
    keys = taken.page.keyboard
    for key in ("Shift", "Shift", "a", "Shift", "Shift"):
        keys.press(key)
    assert taken.page.url == f"{site.url}/en/workers/safety"
    with taken.page.expect_navigation(url=rules.EXIT):
        keys.press("Shift")


def _tell(site, code, phone, language, telephone):
    """Scan the poster of a language, read its page in it, and look at the numbers to call."""
    poster = phone.context.request.get(f"{site.url}/{language}/w/{code}/poster.pdf")
    phone.scan(poster.body())
    assert phone.page.url == f"{site.url}/{telephone}/w/{code}"
    assert phone.choose(language) <= MOST_BYTES
    assert phone.page.url == f"{site.url}/{language}/w/{code}"
    texts = rules.texts(language)
    heading = phone.page.evaluate(
        "() => { const h = document.querySelector('h1').cloneNode(true);"
        " h.querySelectorAll('rt, rp').forEach(e => e.remove()); return h.textContent }"
    )
    assert heading == without_ruby(texts.title)
    phone.page.locator(".actions a[href='#help']").click()
    calls = phone.page.locator("main a[href^='tel:']")
    assert calls.count() == 5
    assert calls.first.is_visible()
    assert calls.evaluate_all("all => all.map(a => a.getAttribute('href'))")[2:] == [
        "tel:110",
        "tel:119",
        "tel:0530000000",
    ]
    assert phone.context.cookies() == []
    assert [url for url in phone.asked if not url.startswith(site.url)] == []
    return phone
