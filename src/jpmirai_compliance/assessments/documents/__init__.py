"""Documents as PDF: the receipt of a submission, and all answers to read, keep and hand on."""

from jpmirai_compliance.assessments.documents.answers import answers
from jpmirai_compliance.assessments.documents.receipt import receipt

__all__ = ["answers", "receipt"]
