"""One way to say no to a file: a sentence with its name, the limit and what to do."""

from jpmirai_compliance.foundation.errors import Gap, Incomplete
from jpmirai_compliance.foundation.text import Text

FIELD = "#files"  # the file input on the page


class FileRefused(Incomplete):
    """The file cannot be kept; ``text`` says which, why, and what to do (web edge: 422)."""

    def __init__(self, text: Text) -> None:
        super().__init__(text, [Gap(text, FIELD)])
