import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from jpmirai_compliance.disclosure import queries
from jpmirai_compliance.disclosure.bundle import Files, folder, reconcile, store
from tests import factories
from tests.disclosure import cases
from tests.disclosure.cases import press_of


@pytest.fixture
def published(settings):
    return settings.published


def test_publishing_writes_a_whole_bundle_and_links_to_it(
    app, settings, uow, member, published, publish
):
    found = publish(member[2])
    bundle = published / "bundles" / found.bundle
    assert sorted(p.name for p in bundle.iterdir()) == [
        "badge-lapsed.svg",
        "badge.svg",
        "data.json",
        "lapsed.en.html",
        "lapsed.ja.html",
        "manifest.json",
        "page.en.html",
        "page.ja.html",
        "verify.en.html",
        "verify.ja.html",
    ]
    assert folder.links(published) == {
        f"{found.slug}/2026": found.bundle,
        f"{found.slug}/latest": found.bundle,
        f"codes/{found.code}": found.bundle,
    }
    assert [p.name for p in (published / "bundles").iterdir()] == [found.bundle]


def test_the_same_page_gives_the_same_bytes_whoever_asks(app, settings, uow, member, publish):
    found = publish(member[2])
    again = press_of(app, settings).files(json.loads(json.dumps(found.page)))
    assert again.name == found.bundle
    with app.test_request_context("/m/2026/publish", headers={"Accept-Language": "en"}):
        assert press_of(app, settings).files(found.page) == again
    changed = press_of(app, settings).files(found.page | {"code": "23456789AB"})
    assert changed.name != found.bundle


def test_withdrawing_cuts_every_link_and_leaves_the_neighbour(
    app, settings, uow, member, publish, round_
):
    found = publish(member[2])
    org, user, actor = factories.make_member(uow, "もう一社")
    cases.accept(uow, org, user, round_)
    neighbour = publish(actor)
    cases.withdraw(app, settings, uow, member[2])
    assert set(folder.links(settings.published).values()) == {neighbour.bundle}
    assert found.bundle != neighbour.bundle


@pytest.mark.parametrize("lost", ["links", "one link", "stale", "temporary"])
def test_a_crash_at_any_step_is_mended(app, settings, uow, member, published, publish, lost):
    found = publish(member[2])
    right = folder.links(published)
    if lost == "links":  # killed after the commit, before the links
        for link in right:
            folder.cut(published, link)
    elif lost == "one link":
        folder.cut(published, f"codes/{found.code}")
    elif lost == "stale":  # killed after a withdrawal's commit
        folder.switch(published, "gone-abc234/2026", found.bundle)
        folder.switch(published, "codes/23456789AB", found.bundle)
    else:  # killed while writing
        leftover = published / "bundles" / ".tmp-crash"
        leftover.mkdir()
        os.utime(leftover, (0, 0))
    reconcile(uow, published)
    assert folder.links(published) == right
    assert [p.name for p in (published / "bundles").iterdir()] == [found.bundle]
    assert reconcile(uow, published) == reconcile(uow, published)
    assert reconcile(uow, published).made == ()


def test_killed_while_writing_there_is_no_half_bundle(tmp_path):
    """kill -9 again and again: a bundle is whole or it is not there."""
    code = (
        "import sys; sys.path.insert(0, 'src')\n"
        "from pathlib import Path\n"
        "from jpmirai_compliance.disclosure.bundle import Files, store\n"
        "print('ready', flush=True)\n"
        "for n in range(10**6):\n"
        "    store(Path(sys.argv[1]), Files({f'f{i}': b'x' * 4000 for i in range(8)},"
        " {'slug': 's', 'year': n, 'code': 'c', 'valid_until': 'v'}))\n"
    )
    for pause in (0.02, 0.05, 0.08):
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        process.stdout.readline()
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    whole = [p for p in (tmp_path / "bundles").iterdir() if not p.name.startswith(".tmp-")]
    assert whole
    for bundle in whole:
        listed = json.loads((bundle / "manifest.json").read_bytes())
        content = {name: (bundle / name).read_bytes() for name in listed["files"]}
        facts = {name: listed[name] for name in ("slug", "year", "code", "valid_until")}
        assert Files(content, facts).name == bundle.name


def test_bundles_lost_from_the_disk_are_made_again(app, settings, uow, member, published, publish):
    found = publish(member[2])
    shutil.rmtree(published)
    assert reconcile(uow, published).missing == (found.bundle,)
    assert folder.links(published) == {}
    reconcile(uow, published, press=press_of(app, settings))
    assert folder.links(published)[f"codes/{found.code}"] == found.bundle


def test_one_organisation_s_links_follow_without_touching_others(
    app, settings, uow, member, publish
):
    found = publish(member[2])
    folder.switch(settings.published, "other-abc234/2026", found.bundle)
    assert reconcile(uow, settings.published, org_id=member[0].id).cut == ()
    assert reconcile(uow, settings.published).cut == ("other-abc234/2026",)


def test_the_newest_year_is_the_one_without_a_year(app, settings, uow, member, publish):
    found = publish(member[2])
    older = replace(found, year=2025, bundle="b" * 64, code="A" * 10)
    assert folder.wanted((found, older))[f"{found.slug}/latest"] == found.bundle


def test_what_nobody_links_to_goes_after_a_day(app, settings, uow, member, published, publish):
    found = publish(member[2])
    name = store(published, Files({"a": b"x"}, {"slug": "s"}))
    reconcile(uow, published)
    assert {p.name for p in (published / "bundles").iterdir()} == {found.bundle, name}
    os.utime(published / "bundles" / name, (0, 0))
    reconcile(uow, published)
    assert {p.name for p in (published / "bundles").iterdir()} == {found.bundle}


def test_nothing_of_who_publishes_is_on_the_page(app, settings, uow, member, publish):
    found = publish(member[2])
    content = press_of(app, settings).files(found.page).content
    for name, body in content.items():
        text = body.decode()
        assert member[1].name not in text, name
        assert "csrf" not in text, name
        assert "<form" not in text, name


def test_a_withdrawn_year_is_not_in_any_list(app, settings, uow, member, publish):
    publish(member[2])
    assert queries.directory(uow, locale="ja").count == 1
    cases.withdraw(app, settings, uow, member[2])
    assert queries.directory(uow, locale="ja").rows == ()
    assert (queries.years(uow), queries.newest(uow), queries.count_live(uow)) == ((), (), 0)
