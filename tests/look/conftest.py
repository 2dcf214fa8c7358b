import pytest

from tests.look.chromium import chromium, served
from tests.look.gallery import create_gallery


@pytest.fixture(scope="session")
def gallery():
    return create_gallery()


@pytest.fixture
def client(gallery):
    return gallery.test_client()


@pytest.fixture(scope="session")
def address(gallery):
    with served(gallery) as url:
        yield url


@pytest.fixture(scope="session")
def browser(playwright, tmp_path_factory):
    with chromium(playwright, tmp_path_factory.mktemp("fonts")) as started:
        yield started


@pytest.fixture
def tab(browser):
    """A tab of 1280 × 800; afterwards nothing may have been said in its console."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(5000)
    said = []
    page.on(
        "console", lambda message: said.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert [line for line in said if "status of" not in line] == []
