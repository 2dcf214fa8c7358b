import datetime as dt
import io
import uuid

import pytest
from pypdf import PdfReader

from jpmirai_compliance.assessments import documents
from jpmirai_compliance.assessments.models import SnapshotKind
from jpmirai_compliance.assessments.queries.snapshots import SnapshotView
from jpmirai_compliance.principles import Answer, EvidenceState, load_edition, take_snapshot
from jpmirai_compliance.principles.model import MemberKind
from tests.factories import EDITION, NOW

HASH, FILE = "ab" * 32, "cd" * 32


@pytest.fixture
def frozen():
    edition = load_edition(EDITION)
    indicators = edition.applicable(MemberKind.EMPLOYER)
    answers = {i.id: Answer(level=3, evidence=EvidenceState.NONE) for i in indicators}
    answers["P1-02"] = Answer(not_applicable=True, has_reason=True)
    body = {
        "organisation": {"name_ja": "<b>テスト製作所</b>", "name_en": ""},
        "assessment": take_snapshot(edition, indicators, answers, kind=MemberKind.EMPLOYER),
        "evidence": {
            "P1-01": [{"sha256": FILE, "url": ""}, {"sha256": "", "url": "https://e.org"}]
        },
        "approval": {"by": str(uuid.uuid4()), "at": NOW.isoformat(), "own_work": True},
        "previous": None,
    }
    return SnapshotView(
        id=uuid.uuid4(),
        org_id=uuid.uuid4(),
        assessment_id=uuid.uuid4(),
        kind=SnapshotKind.SUBMITTED,
        ordinal=1,
        number="2026-0007-1",
        year=2026,
        sha256=HASH,
        at=NOW + dt.timedelta(minutes=1),
        by=uuid.uuid4(),
        body=body,
    )


def text_of(data):
    pages = PdfReader(io.BytesIO(data)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("ja", ["受領書", "回答も入力", "該当なし", "操作記録の番号"]),
        ("en", ["Receiptofaself-assessment", "whoalsowroteanswers", "Level3", "Notapplicable"]),
    ],
)
def test_au_6_the_receipt_holds_number_hash_audit_number_scores_and_evidence(frozen, locale, said):
    data = documents.receipt(frozen, seq=4711, approver="担当 花子", locale=locale)
    text = text_of(data)
    expected = ["2026-0007-1", HASH, "4711", FILE[:16], "https://e.org", "担当花子", "75%", "25%"]
    for part in (*expected, *said, "<b>テスト製作所</b>"):
        assert part in text, part
    for indicator in frozen.body["assessment"]["indicators"]:
        assert indicator in text
    again = documents.receipt(frozen, seq=4711, approver="担当 花子", locale=locale)
    assert again == data
