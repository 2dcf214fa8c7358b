"""Pages of the room."""

from jpmirai_compliance.disclosure.views import (
    home,
    lookup,
    member,
    secretariat,
    sentences,
    updates,
)
from jpmirai_compliance.disclosure.views.routes import bp

__all__ = ["bp", "home", "lookup", "member", "secretariat", "sentences", "updates"]
