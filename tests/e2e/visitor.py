"""Somebody at a browser: presses what is on the page; a fault of any page is a failed test."""

import re
from urllib.parse import urlsplit

import pyotp

from jpmirai_compliance.foundation.catalogue import translations

PASSWORD = "ume-no-hana-to-uguisu"
PATIENCE = 8_000  # milliseconds until something is said to be missing
ABORTED = "net::ERR_ABORTED"  # a page that was left, or a download


class Visitor:
    """One browser context: its own cookies, language and size."""

    def __init__(self, browser, url, *, locale="ja", js=True, width=1280, height=900, **options):
        self.url, self.locale, self.js = url, locale, js
        self.context = browser.new_context(
            locale={"ja": "ja-JP", "en": "en-GB"}[locale],
            java_script_enabled=js,
            viewport={"width": width, "height": height},
            timezone_id="Asia/Tokyo",
            base_url=url,
            accept_downloads=True,
            **options,
        )
        self.context.set_default_timeout(PATIENCE)
        self.faults = []
        self.elsewhere = []
        self.secret = ""
        self.page = self.context.new_page()
        self._listen(self.page)

    def _listen(self, page):
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)
        page.on("request", self._asked)

    def _console(self, message):
        # what the server answered is judged by _answered
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _failed(self, request):
        if request.failure != ABORTED:
            self.faults.append(f"failed: {request.url} {request.failure}")

    def _answered(self, response):
        document = response.request.resource_type == "document"
        if response.status >= (500 if document else 400):
            self.faults.append(f"{response.status}: {response.url}")

    def _asked(self, request):
        if urlsplit(request.url).scheme in {"http", "https"} and not request.url.startswith(
            self.url
        ):
            self.elsewhere.append(request.url)

    def close(self):
        self.context.close()

    # words -------------------------------------------------------------------------------------

    def word(self, msgid, **values):
        """Return a text of the service in this person's language."""
        found = translations(self.locale).gettext(msgid)
        return words(found % values if values else found)

    # going -------------------------------------------------------------------------------------

    def go(self, path, status=200):
        """Open an address."""
        answer = self.page.goto(path)
        assert answer.status == status, (path, answer.status, self.page.inner_text("body")[:500])
        return self._read()

    def follow(self, msgid, **values):
        """Open the link with this text."""
        link = self._named("a[href]", self.word(msgid, **values))
        with self.page.expect_navigation():
            link.click()
        return self._read()

    def open(self, text):
        """Open the link that holds a name or number which people typed."""
        link = self.page.locator("main a[href]", has_text=text).first
        with self.page.expect_navigation():
            link.click()
        return self._read()

    def press(self, msgid, within=None, *, fields=None, **values):
        """Fill the form in, then press the button; ``within``: words of the part it stands in."""
        if fields:
            self.fill(**fields)
        button = self._named("button", self.word(msgid, **values), within)
        with self.page.expect_navigation():
            button.click()
        return self._read()

    def fill(self, **fields):
        """Type, choose, tick and attach, by the names of the fields."""
        for name, value in fields.items():
            self._fill(name, value)

    def _fill(self, name, value):
        field = self.page.locator(f'main [name="{name}"]:not([type=hidden])')
        kind = field.first.evaluate("e => e.tagName == 'SELECT' ? 'select' : e.type")
        if kind == "select":
            field.select_option(value)
        elif kind == "file":
            field.set_input_files(value)
        elif kind == "radio":
            self._click(field, value)
        elif kind == "checkbox":
            self._tick(field, value)
        else:
            field.fill(str(value))

    def _tick(self, boxes, wanted):
        """Tick the only box (True), one more (a value), or exactly these (a list)."""
        if isinstance(wanted, list):
            for box in boxes.all():
                value = box.get_attribute("value")
                if box.is_checked() != (value in wanted):
                    self._click(boxes, value)
        elif wanted is True:
            self._click(boxes, boxes.get_attribute("value"))
        else:
            self._click(boxes, wanted)

    def _click(self, boxes, value):
        boxes.and_(self.page.locator(f'[value="{value}"]')).click()

    def offers(self, msgid, **values):
        """Return whether the page has a link or button that begins with these words."""
        pattern = re.compile(r"^\s*" + re.escape(self.word(msgid, **values)))
        return self.page.locator("a[href], button").filter(has_text=pattern).count() > 0

    def download(self, msgid, **values):
        """Press or follow what gives a file, and return its path."""
        text = self.word(msgid, **values)
        with self.page.expect_download() as waiting:
            self._named("a[href], button", text).click()
        return waiting.value.path()

    def _named(self, kind, text, within=None):
        place = self.page.locator("body")
        pattern = re.compile(r"^\s*" + re.escape(text) + r"(?!\w)")
        if within is not None:
            parts = self.page.locator("main :is(section, tr, li)", has_text=within)
            place = parts.filter(has=self.page.locator(kind, has_text=pattern)).last
        found = place.locator(kind).filter(has_text=pattern)
        found = found.and_(self.page.locator(":not([aria-hidden=true])"))  # what a person finds
        if (count := found.count()) == 0:
            shown = [words(e.inner_text()) for e in self.page.locator(f"main {kind}").all()]
            msg = f"no {kind} {text!r} on {self.page.url}; there are {shown}"
            raise AssertionError(msg)
        exact = [e for e in found.all() if words(e.inner_text()) == text] if count > 1 else []
        return exact[0] if exact else found.first

    # seeing ------------------------------------------------------------------------------------

    @property
    def text(self):
        """What the page says, with single blanks."""
        return words(self.page.locator("body").inner_text())

    @property
    def heading(self):
        return words(self.page.locator("h1").inner_text())

    def says(self, msgid, **values):
        """The page says this, in this person's language."""
        self.shows(self.word(msgid, **values))

    def shows(self, *texts):
        """The page shows these words as they are."""
        seen = self.text
        for text in texts:
            assert words(str(text)) in seen, (text, self.page.url, seen)

    def shows_not(self, *texts):
        seen = self.text
        for text in texts:
            assert words(str(text)) not in seen, (text, self.page.url)

    def _read(self):
        assert self.faults == [], self.faults
        assert self.page.locator("h1").count() == 1, self.page.url
        return self

    # signing in --------------------------------------------------------------------------------

    def sign_in(self, email, password=PASSWORD):
        self.go("/sign-in")
        self.press("Sign in", fields={"email": email, "password": password})
        if self.secret:
            self.press("Sign in", fields={"code": pyotp.TOTP(self.secret).now()})
        return self

    def join(self, path, name, *, second_factor=False):
        """Accept an invitation by its link, as somebody new."""
        self.go(path)
        self.press(
            "Accept the invitation",
            fields={"name": name, "locale": self.locale, "password": PASSWORD},
        )
        if second_factor:
            self.enrol()
        return self

    def enrol(self):
        """Set the second factor up with the key that the page shows."""
        self.secret = re.sub(r"\s", "", self.page.locator("main code").inner_text())
        self.press("Turn on two-step sign-in", fields={"code": pyotp.TOTP(self.secret).now()})
        assert self.page.locator("main li code").count() >= 8
        self.follow("I have kept the codes: continue")


def words(text):
    """Return the words with single blanks, without the marks of phrase breaks."""
    return " ".join(text.replace("\u200b", "").split())
