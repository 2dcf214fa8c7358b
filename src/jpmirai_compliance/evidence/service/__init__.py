"""What people do with files and links behind answers: one function each."""

from jpmirai_compliance.evidence.service.attaching import (
    attach_file,
    attach_known,
    attach_link,
    attach_received,
    detach,
    set_pages,
)
from jpmirai_compliance.evidence.service.checking import Bad, record_reading, verify
from jpmirai_compliance.evidence.service.keeping import (
    Description,
    Place,
    Received,
    Upload,
    add_link,
    add_received,
    add_version,
    edit,
    receive,
    remove,
)
from jpmirai_compliance.evidence.service.scanning import clamd, release, scan, waiting

__all__ = [
    "Bad",
    "Description",
    "Place",
    "Received",
    "Upload",
    "add_link",
    "add_received",
    "add_version",
    "attach_file",
    "attach_known",
    "attach_link",
    "attach_received",
    "clamd",
    "detach",
    "edit",
    "receive",
    "record_reading",
    "release",
    "remove",
    "scan",
    "set_pages",
    "verify",
    "waiting",
]
