"""What people do with workplaces and with what hangs there: one function each."""

from jpmirai_compliance.workplaces.service.hanging import (
    POSTING_INDICATOR,
    Photo,
    Recorded,
    put_up,
)
from jpmirai_compliance.workplaces.service.sites import Details, add, change, close, renew_code

__all__ = [
    "POSTING_INDICATOR",
    "Details",
    "Photo",
    "Recorded",
    "add",
    "change",
    "close",
    "put_up",
    "renew_code",
]
