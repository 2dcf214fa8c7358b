"""What a person says to one question. Pure."""

from dataclasses import dataclass

from jpmirai_compliance.assessments.rules.states import Reach
from jpmirai_compliance.principles.model import MAX_LEVEL


@dataclass(frozen=True, slots=True)
class Content:
    """What a person says to one question: a level, or N/A with a reason, or neither yet.

    ValueError for a level outside 0-4, or one together with N/A.
    """

    level: int | None = None
    not_applicable: bool = False
    na_reason: str = ""
    text: str = ""
    note: str = ""
    reach: Reach = Reach.OWN

    def __post_init__(self) -> None:
        if self.level is not None and (self.not_applicable or not 0 <= self.level <= MAX_LEVEL):
            msg = f"a level of 0-{MAX_LEVEL} or not applicable, got {self.level}"
            raise ValueError(msg)
