"""When a mailed link does not work any more."""

from jpmirai_compliance.foundation.errors import DomainError
from jpmirai_compliance.foundation.text import Text


class LinkOver(DomainError):
    """The link was used, has expired or was made void (its page says what to do)."""

    def __init__(self) -> None:
        super().__init__(Text("This link no longer works. Please ask for a new one."))
