"""Making the links equal to the database: after each commit, at start, and every minute."""

import uuid
from dataclasses import dataclass
from pathlib import Path

from jpmirai_compliance.disclosure import queries
from jpmirai_compliance.disclosure.bundle import folder as disk
from jpmirai_compliance.disclosure.bundle.press import Press
from jpmirai_compliance.disclosure.models import Publication
from jpmirai_compliance.foundation.db import UnitOfWork


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Which links were made or changed and which were cut, as paths below ``live``.

    ``missing`` are the bundles that should be public and are not on the disk.
    """

    made: tuple[str, ...]
    cut: tuple[str, ...]
    missing: tuple[str, ...]


def reconcile(
    uow: UnitOfWork, folder: Path, *, org_id: uuid.UUID | None = None, press: Press | None = None
) -> Reconciled:
    """Make the public links those of the database, of one organisation or of all.

    Safe after a crash at any point, and safe to run twice at once. The unit of work must not
    be in the middle of anything. With a ``press``, bundles missing on the disk are made again.
    """
    with disk.alone(folder):
        live = queries.live(uow, org_id)
        known = _known(uow, folder, org_id)
        if press is not None:
            live = tuple(_reprinted(uow, folder, press, found) for found in live)
        bundles = folder / "bundles"
        missing = tuple(f.bundle for f in live if not (bundles / f.bundle).is_dir())
        wanted = disk.wanted(tuple(f for f in live if f.bundle not in missing))
        gone = sorted(set(known) - set(wanted))
        changed = sorted(link for link, name in wanted.items() if known.get(link) != name)
        for link in gone:  # first what must not be seen any more
            disk.cut(folder, link)
        for link in changed:
            disk.switch(folder, link, wanted[link])
        if org_id is None:
            disk.sweep(folder, frozenset(f.bundle for f in live))
    return Reconciled(tuple(changed), tuple(gone), missing)


def _known(uow: UnitOfWork, folder: Path, org_id: uuid.UUID | None) -> dict[str, str]:
    known = disk.links(folder)
    if org_id is None:
        return known
    slug = queries.slug_of(uow, org_id)
    own = {f"{disk.CODES}/{code}" for code in queries.codes_of(uow, org_id)}
    return {
        link: name
        for link, name in known.items()
        if link in own or (slug is not None and link.startswith(f"{slug}/"))
    }


def _reprinted(
    uow: UnitOfWork, folder: Path, press: Press, found: queries.PublicationView
) -> queries.PublicationView:
    if (folder / "bundles" / found.bundle).is_dir():
        return found
    name = press.write(found.page)
    with uow.transaction():
        uow.session.get_one(Publication, found.id).bundle = name
    again = queries.live_publication(uow, found.org_id, found.year)
    return again or found
