import pytest

from tests.e2e.browsing import launch
from tests.e2e.site import Site
from tests.e2e.story import Story
from tests.e2e.visitor import Visitor

_FAILED = pytest.StashKey()
#: How the year is told on each database, so that both languages and both ways are pressed through.
WAYS = {
    "sqlite": {"locale": "ja", "js": True},
    "postgresql": {"locale": "en", "js": False},
}


def pytest_collection_modifyitems(items):
    """Everything here is a browser's; it and the server talk over loopback."""
    for item in items:
        if "/e2e/" in item.path.as_posix():
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.enable_socket)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Remember the first stage of a story that failed."""
    report = yield
    if report.failed and "story" in item.fixturenames:
        item.session.stash.setdefault(_FAILED, {}).setdefault(_story(item), item.name)
    return report


def pytest_runtest_setup(item):
    """A story goes on only from where it got."""
    if "story" in getattr(item, "fixturenames", ()):
        failed = item.session.stash.get(_FAILED, {}).get(_story(item))
        if failed:
            pytest.skip(f"{failed} failed before")


def _story(item):
    return item.path.name, item.callspec.id if hasattr(item, "callspec") else ""


@pytest.fixture(scope="session")
def chromium(playwright):
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def visit(chromium):
    """Open browsers that are closed at the end of the test."""
    opened = []

    def open_(site, **options):
        opened.append(Visitor(chromium, site.url, **options))
        return opened[-1]

    yield open_
    for one in opened:
        one.close()


@pytest.fixture(scope="module", params=WAYS)
def story(request, chromium, tmp_path_factory):
    engine = request.param
    database = ""
    if engine == "postgresql":
        name = request.module.__name__.rpartition(".")[2]
        database = request.getfixturevalue("cluster").create(name)
    site = Site(tmp_path_factory.mktemp("year"), database).start()
    told = Story(site, chromium, **WAYS[engine])
    yield told
    told.close()
    site.stop()
