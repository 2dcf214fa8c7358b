"""What may be kept as evidence, decided from the bytes before anything is stored. Pure."""

from jpmirai_compliance.evidence.rules.files import (
    ACCEPT,
    FILE_MAX,
    Examined,
    clean_filename,
    examine,
    limits,
)
from jpmirai_compliance.evidence.rules.images import public_copy
from jpmirai_compliance.evidence.rules.library import (
    PAGES_MAX,
    PERSONAL,
    SHOWN,
    SOON_DAYS,
    Expiry,
    Filters,
    expiry,
    looks_personal,
    matches,
    page_numbers,
    page_range,
)
from jpmirai_compliance.evidence.rules.links import URL_MAX, safe_url
from jpmirai_compliance.evidence.rules.metadata import without_metadata
from jpmirai_compliance.evidence.rules.refusal import FileRefused

FILES_MAX = 2_000  # files of one organisation

__all__ = [
    "ACCEPT",
    "FILES_MAX",
    "FILE_MAX",
    "PAGES_MAX",
    "PERSONAL",
    "SHOWN",
    "SOON_DAYS",
    "URL_MAX",
    "Examined",
    "Expiry",
    "FileRefused",
    "Filters",
    "clean_filename",
    "examine",
    "expiry",
    "limits",
    "looks_personal",
    "matches",
    "page_numbers",
    "page_range",
    "public_copy",
    "safe_url",
    "without_metadata",
]
