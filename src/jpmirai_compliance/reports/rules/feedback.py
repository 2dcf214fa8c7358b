"""Words of the feedback report. Pure."""

from jpmirai_compliance.assessments.rules import VerdictKind
from jpmirai_compliance.foundation.text import Text

FINDINGS = {
    VerdictKind.ACCEPTED: Text("Accepted"),
    VerdictKind.GAP: Text("The evidence shows less than was claimed"),
    VerdictKind.DECLARATION_GAP: Text("The evidence shows more than was claimed"),
    VerdictKind.NA_REJECTED: Text("“Does not apply” was not accepted"),
}
