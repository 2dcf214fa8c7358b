"""What people do with posters."""

from jpmirai_compliance.posters.service.drawing import (
    Drawn,
    Place,
    Wish,
    help_preview,
    make_posters,
    preview,
    public_poster,
    unprintable,
)
from jpmirai_compliance.posters.service.logos import keep_logo, remove_logo

__all__ = [
    "Drawn",
    "Place",
    "Wish",
    "help_preview",
    "keep_logo",
    "make_posters",
    "preview",
    "public_poster",
    "remove_logo",
    "unprintable",
]
