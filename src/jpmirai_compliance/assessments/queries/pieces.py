"""Frozen pieces of evidence as reviewers and judges see them, with how they stand by now."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from jpmirai_compliance.assessments.queries.frozen import Piece
from jpmirai_compliance.evidence import queries as evidence
from jpmirai_compliance.evidence.queries import EvidenceView
from jpmirai_compliance.evidence.rules import Expiry, expiry
from jpmirai_compliance.foundation.db import UnitOfWork


@dataclass(frozen=True, slots=True)
class ShownPiece:
    """A piece as it was submitted, whether it is still good, and how it stands now."""

    piece: Piece
    expiry: Expiry
    standing: EvidenceView | None  # None: there is no such version any more

    @property
    def kept_back(self) -> bool:
        """Whether the organisation has made it internal since; then only its title is shown."""
        return self.standing is None or not self.standing.for_others

    @property
    def open(self) -> bool:
        """Whether its file is handed out now."""
        view = self.standing
        return view is not None and view.is_file and view.for_others and view.available


def shown(
    uow: UnitOfWork, pieces: Iterable[Piece], *, today: dt.date
) -> dict[tuple[str, int], ShownPiece]:
    """Return (id, ordinal) → the piece to show, for whoever may read the submission."""
    wanted = tuple(pieces)
    standing = evidence.versions(uow, {uuid.UUID(piece.id) for piece in wanted})
    return {
        (piece.id, piece.ordinal): ShownPiece(
            piece,
            expiry(piece.valid_until, today),
            standing.get((uuid.UUID(piece.id), piece.ordinal)),
        )
        for piece in wanted
    }
