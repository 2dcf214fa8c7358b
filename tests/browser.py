"""A small browser: every page it reads is checked, forms are sent as shown."""

from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup

FORBIDDEN = {"style", "onclick", "onchange", "onsubmit"}  # the policy would not let them run


class Browser:
    def __init__(self, client):
        self.client = client
        self.page = None
        self.url = "/"
        self.answer = None

    def get(self, url, status=200, **kwargs):
        self.url = url
        return self._read(self.client.get(url, **kwargs), status)

    def follow(self, text):
        """Open the link with this text."""
        [link] = [a for a in self.page.select("a[href]") if _words(a) == text][:1]
        return self.get(urljoin(self.url, link["href"]))

    def press(self, button, status=303, **fields):
        """Send the form that holds the button, with what it shows and ``fields``.

        A field set to None is left out; a list sends several values; a 303 is followed.
        """
        form, pressed = self._button(button)
        data = _shown(form)
        if pressed.get("name"):
            data[pressed["name"]] = pressed.get("value", "")
        data = {k: v for k, v in (data | fields).items() if v is not None}
        action = pressed.get("formaction") or form.get("action") or self.url
        kind = form.get("enctype")
        answer = self.client.post(urljoin(self.url, action), data=data, content_type=kind)
        if status == 303:
            assert answer.status_code == 303, answer.text
            return self.get(answer.location)
        self.url = urljoin(self.url, action)
        return self._read(answer, status)

    def _button(self, text):
        for form in self.page.select("form"):
            for button in form.select("button"):
                if _words(button) == text:
                    return form, button
        shown = [_words(b) for b in self.page.select("form button")]
        raise AssertionError(f"no button {text!r} on {self.url}; there are {shown}")

    def _read(self, answer, status):
        self.answer = answer
        assert answer.status_code == status, answer.text
        if "html" not in answer.content_type:
            return answer
        self.page = page = BeautifulSoup(answer.text, "html.parser")
        elements = page.find_all()  # once: six selections cost more than the request
        [h1] = [e for e in elements if e.name == "h1"]
        title = _words(page.title)
        for prefix in ("Error: ", "エラー：", "エラー: "):
            title = title.removeprefix(prefix).strip()
        assert title.startswith(_words(h1)), (title, _words(h1))
        assert page.html["lang"]
        ids = [e["id"] for e in elements if e.has_attr("id")]
        assert len(ids) == len(set(ids)), "duplicate ids"
        for e in elements:
            assert not FORBIDDEN & e.attrs.keys(), e
            assert e.name != "style", e
            if e.name == "script":
                assert e.has_attr("src") or e.get("type") == "application/ld+json", e
            if e.name == "label" and e.has_attr("for"):
                assert e["for"] in ids, f"label for nothing: {e}"
        return page


def _words(element):
    return " ".join(element.get_text().split()).replace("\u200b", "")


def _shown(form):
    data = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        name, kind = field["name"], field.get("type", "text")
        if field.name == "select":
            chosen = [o.get("value", o.text) for o in field.select("option[selected]")]
            data[name] = chosen or [o.get("value", o.text) for o in field.select("option")[:1]]
        elif field.name == "textarea":
            data[name] = field.text.removeprefix("\n")
        elif kind in {"radio", "checkbox"}:
            if field.has_attr("checked"):
                data.setdefault(name, []).append(field.get("value", "on"))
        elif kind not in {"submit", "button", "file", "image"}:
            data.setdefault(name, []).append(field.get("value", ""))
    return data


def path_of(url):
    return urlsplit(url).path
