import hashlib
import os
import secrets
import shutil
import time
from pathlib import Path

import hypothesis
import pytest
import structlog
from sqlmodel import Session
from werkzeug.routing import Rule

from jpmirai_compliance.accounts.models import LoginSession, User
from jpmirai_compliance.app import create_app
from jpmirai_compliance.disclosure import serving
from jpmirai_compliance.foundation import mail, web
from jpmirai_compliance.foundation.db import EVERYTHING, UnitOfWork, make_engine
from jpmirai_compliance.foundation.schema import migrate
from jpmirai_compliance.foundation.settings import Settings
from jpmirai_compliance.principles import catalogue
from tests import factories
from tests.browser import Browser
from tests.postgres import Cluster

for name in [n for n in os.environ if n.startswith("JPMIRAI_")]:
    del os.environ[name]
ENGINES = ("sqlite", "postgresql")
hypothesis.settings.register_profile("house", deadline=None)  # a busy machine is no fault of ours
hypothesis.settings.load_profile("house")
# a fault in a template carries its whole context: drawn with all its values it takes minutes
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Browser stories stay on one worker each; every other test goes where there is room."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        # not xdist's own groups: 3.8 marks them in a name that pytest 9.2 does not read
        def _split_scope(self, nodeid):
            if "/e2e/" not in nodeid:
                return nodeid
            return nodeid.partition("[")[2] if "/test_year.py" in nodeid else "pages"

    return Scheduling(config, log)


def pytest_generate_tests(metafunc):
    """Services and queries run on both databases; what only shows pages, on SQLite."""
    if "engine_name" in metafunc.fixturenames:
        views = Path(metafunc.definition.path).name.startswith("test_views")
        metafunc.parametrize("engine_name", ENGINES[:1] if views else ENGINES, indirect=True)


@pytest.fixture(scope="session")
def playwright():
    """One driver a process: a second one in it refuses to start."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session", autouse=True)
def _addresses_compiled_once():
    """Every app compiles the same hundreds of routes anew: more than half of what a test costs."""
    known, compiled = {}, Rule._compile_builder

    def remembered(rule, append_unknown):
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in known:
            known[key] = compiled(rule, append_unknown)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", remembered)
        yield


@pytest.fixture(autouse=True)
def _only_shipped_editions():
    """Each test has its own database, but all share the process and what it has registered."""
    catalogue._registered.clear()


@pytest.fixture
def engine_name(request):
    return request.param


@pytest.fixture(scope="session")
def cluster():
    started = Cluster()
    yield started
    started.stop()


@pytest.fixture(scope="session")
def postgres_url(cluster):
    url = cluster.create("jpmirai")
    engine = make_engine(url)
    migrate(engine)
    engine.dispose()
    return url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = make_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def shared_place(tmp_path_factory):
    """One folder for all tests of a process, emptied before each: so they can share an app."""
    return tmp_path_factory.mktemp("place")


@pytest.fixture
def database(request, engine_name, shared_place):
    """The URL of an empty database with all tables."""
    if engine_name == "sqlite":
        for old in shared_place.glob("t.db*"):
            old.unlink()
        shutil.copy(request.getfixturevalue("sqlite_template"), shared_place / "t.db")
        yield f"sqlite:///{shared_place / 't.db'}"
        return
    cluster = request.getfixturevalue("cluster")
    yield request.getfixturevalue("postgres_url")
    cluster.empty("jpmirai")


@pytest.fixture
def settings(database, shared_place):
    instance = shared_place / "instance"
    if instance.is_dir():
        shutil.rmtree(instance)
    else:
        instance.unlink(missing_ok=True)
    return Settings(
        _env_file=None,
        env="test",
        secret_key="test-secret-0123456789-abcdefghij-ABCDEFGH",
        database_url=database,
        instance_path=instance,
        public_base_url="http://localhost",
    )


@pytest.fixture(scope="session")
def engines():
    """One engine for each database: statements are compiled once, not for every test."""
    found = {}
    yield found
    for engine in found.values():
        engine.dispose()


@pytest.fixture
def engine(settings, engines):
    url = settings.database
    if url not in engines:
        engines[url] = make_engine(url)
    yield engines[url]
    engines[url].dispose()


@pytest.fixture(scope="session")
def apps():
    return {}


@pytest.fixture
def app(settings, engine, apps):
    """The app of this database, as it was when it was made; one with more routes: ``own_app``."""
    if engine not in apps:
        made = create_app(settings, engine)
        apps[engine] = made, dict(made.config), dict(made.extensions), made.wsgi_app
    app, config, extensions, wsgi = apps[engine]
    app.config.clear()
    app.config.update(config)
    app.extensions.clear()
    app.extensions.update(extensions)
    app.wsgi_app = wsgi
    wsgi.clock = time.time
    for remembered in (serving._facts, serving._file, serving._kept):
        remembered.cache_clear()
    web.limiter.storage.reset()
    return app


@pytest.fixture
def own_app(settings, engine):
    return create_app(settings, engine)


@pytest.fixture
def store(app):
    return app.extensions["store"]


@pytest.fixture
def make_uow(engine):
    """Open units of work with a scope; all are closed at the end."""
    opened = []

    def make(scope=EVERYTHING):
        session = Session(engine)
        opened.append(session)
        return UnitOfWork(session, scope)

    yield make
    for session in opened:
        session.close()


@pytest.fixture
def uow(make_uow):
    return make_uow()


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def browser(client):
    return Browser(client)


@pytest.fixture
def login(app, make_uow):
    """Sign a user in, acting for ``org`` (an Organisation, or None for staff and judges)."""

    def as_(user, org=None, *, fresh=None, language=None):
        token = secrets.token_urlsafe(32)
        work = make_uow()
        with work.transaction():
            moment = fresh or factories.clock()
            if language:
                work.session.get(User, user.id).locale = language  # the person's own choice wins
            work.session.add(
                LoginSession(
                    token_hash=hashlib.sha256(token.encode()).hexdigest(),
                    user_id=user.id,
                    org_id=org.id if org else None,
                    created_at=moment,
                    seen_at=factories.clock(),
                    fresh_at=moment,
                )
            )
        client = app.test_client()
        if language:
            client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        with client.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
        return Browser(client)

    return as_


@pytest.fixture
def outbox(make_uow, settings):
    """Send what waits in the outbox and return the messages."""

    def sent(now=None):
        messages = []
        mail.deliver(make_uow(), messages.append, settings, now=now or factories.clock())
        return messages

    return sent


@pytest.fixture
def statements(engine):
    """Count SQL statements: ``with statements() as seen: …; len(seen)``."""
    from tests.statements import counting

    return lambda: counting(engine)
