from jpmirai_compliance.accounts.models import Organisation
from jpmirai_compliance.assessments.queries import snapshots
from jpmirai_compliance.assessments.rules import SnapshotKind
from jpmirai_compliance.principles import MemberKind
from tests.assessments.secretariat.acts import BASE, LATER, accept, accept_remaining


def test_a_profile_that_changes_during_the_check_changes_nothing_in_the_result(uow, case, reviewer):
    before = snapshots.snapshot(uow, case.id)
    with uow.transaction():
        org = uow.session.get_one(Organisation, case.org.id)
        org.kind, org.name_ja = MemberKind.NPO, "別の名前"
    accept_remaining(uow, reviewer, case)
    accept(uow, reviewer, case)
    after = snapshots.snapshot(uow, case.id, SnapshotKind.ACCEPTED)
    assert after.body["organisation"] == before.body["organisation"]
    assert after.body["assessment"]["indicators"] == before.body["assessment"]["indicators"]


def test_the_mail_about_the_result_leads_to_the_feedback_report(uow, case, reviewer, outbox):
    outbox(now=LATER)
    accept_remaining(uow, reviewer, case)
    accept(uow, reviewer, case)
    [message] = [m for m in outbox(now=LATER) if m["To"] == case.user.email]
    assert f"{BASE}/m/2026/report" in message.get_content().replace("：", " ").split()
