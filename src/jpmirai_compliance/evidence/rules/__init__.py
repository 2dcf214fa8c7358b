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
from jpmirai_compliance.evidence.rules.links import URL_MAX, safe_url
from jpmirai_compliance.evidence.rules.refusal import FileRefused

#: Shown in the page when asked for; everything else is only handed out as a download.
INLINE = frozenset({"application/pdf", "image/png", "image/jpeg", "image/webp"})
FILES_MAX = 2_000  # files of one organisation

__all__ = [
    "ACCEPT",
    "FILES_MAX",
    "FILE_MAX",
    "INLINE",
    "URL_MAX",
    "Examined",
    "FileRefused",
    "clean_filename",
    "examine",
    "limits",
    "public_copy",
    "safe_url",
]
