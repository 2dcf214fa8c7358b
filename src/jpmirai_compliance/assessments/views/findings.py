"""The findings of the check as a page groups them: by weight, then by what was found."""

from collections.abc import Iterable
from dataclasses import dataclass

from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles import Code, Finding, Kind, Severity

TITLES = {
    Code.PROFILE: Text("Organisation profile"),
    Code.BLANK: Text("Questions without an answer"),
    Code.PREFILLED: Text("Last year's answers that nobody has confirmed"),
    Code.NA_REASON: Text("“Does not apply” without a reason"),
    Code.UNCHANGED: Text("Returned answers without a change"),
    Code.NA_REJECTED: Text("“Does not apply” that was not accepted"),
    Code.NO_EVIDENCE: Text("High levels without evidence"),
    Code.EVIDENCE_GAP: Text("Answers that the evidence does not support"),
    Code.ONLY_INTERNAL: Text("Evidence that reviewers cannot see"),
    Code.BLOCKED: Text("Evidence in which something was found"),
    Code.EXPIRED: Text("Evidence that is no longer valid"),
    Code.EXPIRING: Text("Evidence that expires before the review"),
    Code.PERSONAL: Text("Personal data in what may become public"),
    Code.BADGE: Text("Answers that keep you from the badge"),
    Code.NAME: Text("Names of people in what may become public"),
    Code.SAME_TEXT: Text("Texts that are the same as last year's"),
    Code.SHORT_TEXT: Text("High levels with few words"),
}
KINDS = {
    Kind.EMAIL: Text("e-mail address"),
    Kind.PHONE: Text("telephone number"),
    Kind.RESIDENCE_CARD: Text("number of a residence card"),
    Kind.MY_NUMBER: Text("My Number"),
    Kind.PASSPORT: Text("number of a passport"),
    Kind.BIRTH: Text("date of birth"),
    Kind.NAME: Text("name of a person"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one kind."""

    title: Text
    findings: tuple[Finding, ...]

    @property
    def shared(self) -> Text | None:
        """What all of them say, None if they differ or there is only one."""
        first = self.findings[0].text
        alike = len(self.findings) > 1 and all(f.text == first for f in self.findings)
        return first if alike else None


@dataclass(frozen=True, slots=True)
class Weight:
    """The findings of one severity, in groups."""

    severity: Severity
    groups: tuple[Group, ...]

    @property
    def count(self) -> int:
        """How many findings there are."""
        return sum(len(group.findings) for group in self.groups)


def grouped(findings: Iterable[Finding]) -> tuple[Weight, ...]:
    """Return errors, warnings and hints, each also if there are none."""
    found = tuple(findings)
    return tuple(
        Weight(
            severity,
            tuple(
                Group(title, same)
                for code, title in TITLES.items()
                if (same := tuple(f for f in found if f.code is code and f.severity is severity))
            ),
        )
        for severity in Severity
    )
