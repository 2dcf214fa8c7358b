"""People who type into answers, over HTTP: what autosave.js sends, and how it goes on from there.

An *acknowledged* save is a 200 that arrived whole. It tells a version and the whole answer at that
version. None is *lost* if, in the order of these versions,

- no version is acknowledged with two contents,
- from one version to the next only the part that its author typed into differs, and the author's
  page had shown what was there before: it was replaced knowingly, and
- the row in the database is the answer of the last acknowledged version.

A version that nobody heard of may stand between two others only after a request that got no answer
(the server was killed): what that request carried may then be what was there before.
"""

import http.client
import itertools
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bs4 import BeautifulSoup

#: As in autosave.js: the parts of an answer, in the order of the token's digests.
UNITS = {
    "choice": ("level", "na_reason"),
    "text": ("text",),
    "note": ("note",),
    "reach": ("reach",),
}
BLANK = {"level": "", "na_reason": "", "text": "", "note": "", "reach": "own"}
HIDDEN = ("csrf_token", "who", "version", "seen", "kept")
REACH = ("own", "group", "supply_chain")
PATIENCE = 60  # seconds; the page waits 20, but this machine may be busy with other things
GIVE_UP = 120  # seconds without an answer until a writer fails
KEPT = 300  # characters of a text that was put together from two


@dataclass(frozen=True)
class Acknowledged:
    """One save that was answered: what it made of the answer, and what its author had seen."""

    version: int
    unit: str
    base: tuple
    state: dict


@dataclass
class Ledger:
    """What the people of one answer were told, and what got no answer."""

    saves: list = field(default_factory=list)
    unanswered: set = field(default_factory=set)  # (unit, value)

    def lost(self, stored, version):
        """Return in words what is lost, given the row that is stored; nothing if all is there."""
        found, states, by = [], {0: BLANK}, {}
        for save in self.saves:
            by.setdefault(save.version, []).append(save)
            if states.setdefault(save.version, save.state) != save.state:
                found.append(f"version {save.version} was acknowledged with two contents")
        for one, other in itertools.pairwise(sorted(states)):
            gap = other > one + 1
            if gap and not self.unanswered:
                found.append(f"nobody was told of what is between versions {one} and {other}")
            # whoever saves what is stored already is told of the same version as who wrote it
            unseen = [self._unseen(s, states[one], gap=gap) for s in by[other]]
            found += [f"version {other} {words}" for words in min(unseen, key=len)]
        last = max(states)
        if (version, stored) != (last, states[last]):
            found.append(f"stored is version {version}, acknowledged version {last}")
        return found

    def _unseen(self, save, before, *, gap):
        """Return what this save replaced although its author's page had not shown it."""
        found = []
        for unit in UNITS:
            was = value_of(before, unit)
            lost = {v for u, v in self.unanswered if u == unit} if gap else set()
            knowingly = unit == save.unit and save.base in {was} | lost
            if value_of(save.state, unit) != was and not knowingly:
                found.append(f"replaced {unit} {was!r}, which its author had not seen")
        return found


def value_of(fields, unit):
    return tuple(fields[name] for name in UNITS[unit])


class Line:
    """One person's connection, kept open as a browser does, and the session's cookie."""

    def __init__(self, port, cookie):
        self.port, self.cookie, self.connection = port, cookie, None

    def ask(self, path, data=None):
        """Return status and body; OSError or HTTPException if none came."""
        headers = {"Host": "localhost", "Cookie": self.cookie, "Accept": "application/json"}
        if data is None:
            headers["Accept"] = "text/html"
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            method = "GET" if data is None else "POST"
            self.connection.request(method, path, data and urlencode(data), headers)
            answer = self.connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if fresh := answer.headers["Set-Cookie"]:
            self.cookie = fresh.split(";")[0]
        return answer.status, body

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Page:
    """The page of one answer as one person holds it, writing into one part of it."""

    def __init__(self, port, cookie, path, *, name, unit, ledger):
        self.line, self.path = Line(port, cookie), path
        self.name, self.unit, self.ledger = name, unit, ledger
        self.statuses, self.times = Counter(), []
        self.settle, self.other = [], ""
        self.conflicts = self.cut_off = 0

    def open(self):
        until = time.monotonic() + GIVE_UP
        status = 0
        while not status and time.monotonic() < until:
            try:
                status, body = self.line.ask(self.path)
            except (OSError, http.client.HTTPException):
                time.sleep(0.2)  # the server may be starting anew
        assert status == 200, status
        form = BeautifulSoup(body, "html.parser").select_one("form[data-autosave]")
        self.hidden = {
            found["name"]: found.get("value", "")
            for found in form.select("input[type=hidden][name]")
            if found["name"] in HIDDEN
        }
        self.fields = {name: _shown(form, name) for name in BLANK}
        self.shown = {unit: value_of(self.fields, unit) for unit in UNITS}

    def write(self, saves):
        """Type and save so many times, each until it is acknowledged."""
        self.open()
        for turn in range(saves):
            self._type(turn)
            self._save()
        self.line.close()

    def _type(self, turn):
        words = f"{self.name}-{turn} " + "記" * 200
        if self.unit == "choice":
            self.fields |= {"level": "na", "na_reason": words}
        elif self.unit == "reach":
            others = [value for value in REACH if value != self.fields["reach"]]
            self.fields["reach"] = others[turn % 2]
        else:
            self.fields[self.unit] = words

    def _save(self):
        until = time.monotonic() + GIVE_UP
        while time.monotonic() < until:
            status, told = self._send()
            if status == 200:
                return self._stored(told)
            if status == 409 and told.get("html"):
                self._disputed(told)
            elif status and status < 500:
                raise AssertionError((status, told))
            else:
                time.sleep(0.2)  # the page waits two seconds; the same goes out again
        raise AssertionError(f"{self.name} gave up")

    def _send(self):
        data = [*self.fields.items(), *self.hidden.items()]
        if self.other:
            data.append(("other", self.other))
        data += [("settle", one) for one in self.settle]
        begun = time.perf_counter()
        try:
            status, body = self.line.ask(self.path, data)
        except (OSError, http.client.HTTPException):
            self.cut_off += 1
            self.ledger.unanswered.add((self.unit, value_of(self.fields, self.unit)))
            return 0, {}
        self.times.append((time.perf_counter() - begun) * 1000)
        self.statuses[status] += 1
        return status, json.loads(body) if body.startswith(b"{") else {}

    def _stored(self, told):
        sent = dict(self.fields)
        save = Acknowledged(told["version"], self.unit, self.shown[self.unit], told["fields"])
        self.ledger.saves.append(save)
        self._absorb(told)
        for unit in UNITS:
            if unit not in told["taken"]:
                self.shown[unit] = value_of(sent, unit)
        self.hidden["version"] = str(told["version"])
        self.settle, self.other = [], ""

    def _disputed(self, told):
        """Keep mine, or every other time put both together, having read what is there."""
        assert told["units"] == [self.unit], told["units"]
        self.conflicts += 1
        self._absorb(told)
        self.other, self.settle = told["other"], [f"{self.unit}:mine"]
        self.shown[self.unit] = value_of(told["fields"], self.unit)
        if self.unit in {"text", "note"} and self.conflicts % 2:
            theirs, mine = told["fields"][self.unit], self.fields[self.unit]
            self.fields[self.unit] = f"{mine}\n\n{theirs}"[:KEPT].strip()

    def _absorb(self, told):
        """Take over what colleagues changed, but not in the part that the person is in."""
        before, after = self.hidden["seen"].split("."), told["seen"].split(".")
        for number, unit in enumerate(UNITS):
            if unit not in told["taken"]:
                continue
            if unit == self.unit:
                after[number] = before[number]
                continue
            self.fields |= {name: told["fields"][name] for name in UNITS[unit]}
            self.shown[unit] = value_of(told["fields"], unit)
        self.hidden["seen"] = ".".join(after)


def _shown(form, name):
    controls = form.select(f"[name={name}]")
    if controls[0].get("type") == "radio":
        return next((c["value"] for c in controls if c.has_attr("checked")), "")
    return controls[0].text.strip("\n") if controls[0].name == "textarea" else controls[0]["value"]


def write_at_once(pages, saves, *, meanwhile=lambda: None):
    """Let everybody write at the same time; return how long it took, and raise the first fault."""
    faults, ready = [], threading.Barrier(len(pages) + 1)

    def write(page):
        ready.wait()
        try:
            page.write(saves)
        except Exception as fault:  # noqa: BLE001 -- raised below
            faults.append(fault)

    threads = [threading.Thread(target=write, args=(page,)) for page in pages]
    for thread in threads:
        thread.start()
    ready.wait()
    begun = time.perf_counter()
    meanwhile()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return time.perf_counter() - begun
