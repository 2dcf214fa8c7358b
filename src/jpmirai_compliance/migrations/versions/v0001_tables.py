"""The tables of the first release."""

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: None = None
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index(op.f("ix_attempt_at"), "attempt", ["at"], unique=False)
    op.create_index(op.f("ix_attempt_key_hash"), "attempt", ["key_hash"], unique=False)
    op.create_index(op.f("ix_attempt_kind"), "attempt", ["kind"], unique=False)
    op.create_table(
        "audit_event",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("org_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_event")),
    )
    op.create_index(op.f("ix_audit_event_actor_id"), "audit_event", ["actor_id"], unique=False)
    op.create_index(op.f("ix_audit_event_at"), "audit_event", ["at"], unique=False)
    op.create_index(op.f("ix_audit_event_event"), "audit_event", ["event"], unique=False)
    op.create_index(op.f("ix_audit_event_org_id"), "audit_event", ["org_id"], unique=False)
    op.create_table(
        "job_done",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job", sa.String(length=50), nullable=False),
        sa.Column("period", sa.String(length=50), nullable=False),
        sa.Column("target", sa.String(length=50), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_done")),
        sa.UniqueConstraint("job", "period", "target", name=op.f("uq_job_done_job_period_target")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name_ja", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("size", sa.String(length=32), nullable=True),
        sa.Column("prefecture", sa.String(length=2), nullable=False),
        sa.Column("sector", sa.String(length=1), nullable=False),
        sa.Column("corporate_number", sa.String(length=13), nullable=True),
        sa.Column("website", sa.String(length=500), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=320), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("profile_completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organisation.id"], name=op.f("fk_organisation_parent_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("corporate_number", name=op.f("uq_organisation_corporate_number")),
    )
    op.create_index(op.f("ix_organisation_parent_id"), "organisation", ["parent_id"], unique=False)
    op.create_table(
        "outbox_mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=True),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_mail_key")),
    )
    op.create_index(op.f("ix_outbox_mail_kind"), "outbox_mail", ["kind"], unique=False)
    op.create_index(
        op.f("ix_outbox_mail_next_try_at"), "outbox_mail", ["next_try_at"], unique=False
    )
    op.create_index(op.f("ix_outbox_mail_org_id"), "outbox_mail", ["org_id"], unique=False)
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("password_hash", sa.String(length=300), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_secret", sa.String(length=300), nullable=False),
        sa.Column("totp_pending", sa.String(length=300), nullable=False),
        sa.Column("totp_last_step", sa.Integer(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
    )
    op.create_table(
        "wording",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=1000), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording")),
    )
    op.create_index(op.f("ix_wording_language"), "wording", ["language"], unique=False)
    op.create_index(
        "uq_wording_current",
        "wording",
        ["language"],
        unique=True,
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "assessment_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(length=20), nullable=False),
        sa.Column("default_form", sa.String(length=32), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submissions", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "opens_at < closes_at", name=op.f("ck_assessment_round_opens_before_it_closes")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["user_account.id"],
            name=op.f("fk_assessment_round_created_by_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_round")),
        sa.UniqueConstraint("year", name=op.f("uq_assessment_round_year")),
    )
    op.create_table(
        "evidence",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("visibility", sa.String(length=32), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(kind = 'link') = (url <> '')", name=op.f("ck_evidence_url_of_link")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_evidence_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_evidence_org_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_org_id"), "evidence", ["org_id"], unique=False)
    op.create_table(
        "half_sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_half_sign_in_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_half_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_half_sign_in_token_hash")),
    )
    op.create_index(op.f("ix_half_sign_in_user_id"), "half_sign_in", ["user_id"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=True),
        sa.Column("roles", sa.String(length=100), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "accepted_at IS NULL OR revoked_at IS NULL", name=op.f("ck_invitation_one_end")
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by"],
            ["user_account.id"],
            name=op.f("fk_invitation_accepted_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["user_account.id"], name=op.f("fk_invitation_invited_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_invitation_org_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(op.f("ix_invitation_email"), "invitation", ["email"], unique=False)
    op.create_index(op.f("ix_invitation_org_id"), "invitation", ["org_id"], unique=False)
    op.create_table(
        "login_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fresh_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_login_session_org_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_login_session_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_session_token_hash")),
    )
    op.create_index(op.f("ix_login_session_user_id"), "login_session", ["user_id"], unique=False)
    op.create_table(
        "mail_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("stamp", sa.String(length=64), nullable=False),
        sa.Column("new_email", sa.String(length=320), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_mail_link_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_mail_link_token_hash")),
    )
    op.create_index(op.f("ix_mail_link_user_id"), "mail_link", ["user_id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_membership_org_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_membership_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_org_id"), "membership", ["org_id"], unique=False)
    op.create_index(op.f("ix_membership_user_id"), "membership", ["user_id"], unique=False)
    op.create_table(
        "public_page",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_public_page_org_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_page")),
        sa.UniqueConstraint("org_id", name=op.f("uq_public_page_org_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_public_page_slug")),
    )
    op.create_index(op.f("ix_public_page_org_id"), "public_page", ["org_id"], unique=False)
    op.create_table(
        "publication_draft",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_publication_draft_org_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"],
            ["user_account.id"],
            name=op.f("fk_publication_draft_updated_by_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_draft")),
        sa.UniqueConstraint("org_id", "year", name=op.f("uq_publication_draft_org_id_year")),
    )
    op.create_index(
        op.f("ix_publication_draft_org_id"), "publication_draft", ["org_id"], unique=False
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_recovery_code_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"], unique=False)
    op.create_table(
        "workplace",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("prefecture", sa.String(length=2), nullable=False),
        sa.Column("code", sa.String(length=7), nullable=False),
        sa.Column("languages", sa.String(length=100), nullable=False),
        sa.Column("contact_name", sa.String(length=100), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("contact_email", sa.String(length=320), nullable=False),
        sa.Column("contact_note", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by IS NULL)",
            name=op.f("ck_workplace_closed_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["user_account.id"], name=op.f("fk_workplace_closed_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_workplace_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_workplace_org_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workplace")),
        sa.UniqueConstraint("code", name=op.f("uq_workplace_code")),
    )
    op.create_index(op.f("ix_workplace_org_id"), "workplace", ["org_id"], unique=False)
    op.create_table(
        "assessment",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_back_reason", sa.String(length=1000), nullable=False),
        sa.Column("approval_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("claimed", sa.Integer(), nullable=True),
        sa.Column("evidenced", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'accepted') = (accepted_at IS NOT NULL) AND (accepted_at IS NULL) = (accepted_by IS NULL)",
            name=op.f("ck_assessment_accepted_by_somebody"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('submitted', 'returned', 'accepted') OR submitted_at IS NOT NULL",
            name=op.f("ck_assessment_submitted_at_some_time"),
        ),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by IS NULL)",
            name=op.f("ck_assessment_approved_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by"],
            ["user_account.id"],
            name=op.f("fk_assessment_accepted_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"],
            ["user_account.id"],
            name=op.f("fk_assessment_approved_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_assessment_org_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["assessment_round.id"],
            name=op.f("fk_assessment_round_id_assessment_round"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("round_id", "org_id", name=op.f("uq_assessment_round_id_org_id")),
    )
    op.create_index(op.f("ix_assessment_org_id"), "assessment", ["org_id"], unique=False)
    op.create_index(op.f("ix_assessment_round_id"), "assessment", ["round_id"], unique=False)
    op.create_index(op.f("ix_assessment_status"), "assessment", ["status"], unique=False)
    op.create_table(
        "award_cycle",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("entries_open", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entries_close", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judging_open", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judging_close", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reserve", sa.Integer(), nullable=False),
        sa.Column("discuss_spread", sa.String(length=20), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(released_at IS NULL) = (released_by IS NULL)",
            name=op.f("ck_award_cycle_released_by_somebody"),
        ),
        sa.CheckConstraint(
            "entries_close <= judging_close", name=op.f("ck_award_cycle_judging_closes_last")
        ),
        sa.CheckConstraint(
            "entries_open < entries_close", name=op.f("ck_award_cycle_entries_open_before_close")
        ),
        sa.CheckConstraint(
            "judging_open < judging_close", name=op.f("ck_award_cycle_judging_open_before_close")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_award_cycle_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["released_by"],
            ["user_account.id"],
            name=op.f("fk_award_cycle_released_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["assessment_round.id"],
            name=op.f("fk_award_cycle_round_id_assessment_round"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_cycle")),
        sa.UniqueConstraint("year", name=op.f("uq_award_cycle_year")),
    )
    op.create_index(op.f("ix_award_cycle_round_id"), "award_cycle", ["round_id"], unique=False)
    op.create_table(
        "evidence_version",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("filename", sa.String(length=150), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_version_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_evidence_version_org_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"],
            ["user_account.id"],
            name=op.f("fk_evidence_version_uploaded_by_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_version")),
        sa.UniqueConstraint(
            "evidence_id", "ordinal", name=op.f("uq_evidence_version_evidence_id_ordinal")
        ),
    )
    op.create_index(
        op.f("ix_evidence_version_evidence_id"), "evidence_version", ["evidence_id"], unique=False
    )
    op.create_index(
        op.f("ix_evidence_version_org_id"), "evidence_version", ["org_id"], unique=False
    )
    op.create_index(
        op.f("ix_evidence_version_sha256"), "evidence_version", ["sha256"], unique=False
    )
    op.create_table(
        "participation",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(length=32), nullable=False),
        sa.Column("late_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_reason", sa.String(length=500), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_participation_org_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["assessment_round.id"],
            name=op.f("fk_participation_round_id_assessment_round"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participation")),
        sa.UniqueConstraint("round_id", "org_id", name=op.f("uq_participation_round_id_org_id")),
    )
    op.create_index(op.f("ix_participation_org_id"), "participation", ["org_id"], unique=False)
    op.create_index(op.f("ix_participation_round_id"), "participation", ["round_id"], unique=False)
    op.create_table(
        "retired_code",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=7), nullable=False),
        sa.Column("workplace_id", sa.Uuid(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_retired_code_org_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["workplace_id"], ["workplace.id"], name=op.f("fk_retired_code_workplace_id_workplace")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_retired_code")),
    )
    op.create_index(op.f("ix_retired_code_org_id"), "retired_code", ["org_id"], unique=False)
    op.create_index(
        op.f("ix_retired_code_workplace_id"), "retired_code", ["workplace_id"], unique=False
    )
    op.create_table(
        "answer",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.String(length=16), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("not_applicable", sa.Boolean(), nullable=False),
        sa.Column("na_reason", sa.String(length=1000), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("note", sa.String(length=4000), nullable=False),
        sa.Column("reach", sa.String(length=32), nullable=False),
        sa.Column("reopened", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "NOT (not_applicable AND level IS NOT NULL)", name=op.f("ck_answer_level_or_na")
        ),
        sa.CheckConstraint(
            "level IS NULL OR level BETWEEN 0 AND 4", name=op.f("ck_answer_level_0_to_4")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_answer_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_answer_org_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["user_account.id"], name=op.f("fk_answer_updated_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint(
            "assessment_id", "indicator_id", name=op.f("uq_answer_assessment_id_indicator_id")
        ),
    )
    op.create_index(op.f("ix_answer_assessment_id"), "answer", ["assessment_id"], unique=False)
    op.create_index(op.f("ix_answer_org_id"), "answer", ["org_id"], unique=False)
    op.create_table(
        "award_category",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name_ja", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("initiative", sa.String(length=4), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("reviews_needed", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("quota BETWEEN 1 AND 50", name=op.f("ck_award_category_quota_1_to_50")),
        sa.CheckConstraint(
            "reviews_needed BETWEEN 1 AND 9", name=op.f("ck_award_category_reviews_1_to_9")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["award_cycle.id"], name=op.f("fk_award_category_cycle_id_award_cycle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_category")),
        sa.UniqueConstraint("cycle_id", "code", name=op.f("uq_award_category_cycle_id_code")),
    )
    op.create_index(
        op.f("ix_award_category_cycle_id"), "award_category", ["cycle_id"], unique=False
    )
    op.create_table(
        "award_criterion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name_ja", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("anchors", sa.Text(), nullable=False),
        sa.Column("na_allowed", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "weight BETWEEN 1 AND 10", name=op.f("ck_award_criterion_weight_1_to_10")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["award_cycle.id"], name=op.f("fk_award_criterion_cycle_id_award_cycle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_criterion")),
        sa.UniqueConstraint("cycle_id", "code", name=op.f("uq_award_criterion_cycle_id_code")),
    )
    op.create_index(
        op.f("ix_award_criterion_cycle_id"), "award_criterion", ["cycle_id"], unique=False
    )
    op.create_table(
        "evidence_use",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.String(length=16), nullable=False),
        sa.Column("pages", sa.String(length=50), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attached_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_evidence_use_assessment_id_assessment"),
        ),
        sa.ForeignKeyConstraint(
            ["attached_by"],
            ["user_account.id"],
            name=op.f("fk_evidence_use_attached_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_use_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_evidence_use_org_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_use")),
        sa.UniqueConstraint(
            "assessment_id",
            "indicator_id",
            "evidence_id",
            name=op.f("uq_evidence_use_assessment_id_indicator_id_evidence_id"),
        ),
    )
    op.create_index(
        op.f("ix_evidence_use_assessment_id"), "evidence_use", ["assessment_id"], unique=False
    )
    op.create_index(
        op.f("ix_evidence_use_evidence_id"), "evidence_use", ["evidence_id"], unique=False
    )
    op.create_index(op.f("ix_evidence_use_org_id"), "evidence_use", ["org_id"], unique=False)
    op.create_table(
        "snapshot",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_snapshot_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(
            ["by"], ["user_account.id"], name=op.f("fk_snapshot_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_snapshot_org_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint(
            "assessment_id", "ordinal", name=op.f("uq_snapshot_assessment_id_ordinal")
        ),
        sa.UniqueConstraint(
            "assessment_id", "sha256", name=op.f("uq_snapshot_assessment_id_sha256")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_snapshot_number")),
    )
    op.create_index(op.f("ix_snapshot_assessment_id"), "snapshot", ["assessment_id"], unique=False)
    op.create_index(op.f("ix_snapshot_org_id"), "snapshot", ["org_id"], unique=False)
    op.create_index(op.f("ix_snapshot_sha256"), "snapshot", ["sha256"], unique=False)
    op.create_table(
        "verdict",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("to_return", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(kind = 'gap') OR level IS NULL", name=op.f("ck_verdict_level_of_gap")),
        sa.CheckConstraint(
            "kind = 'accepted' OR reason <> ''", name=op.f("ck_verdict_reason_unless_accepted")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_verdict_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(
            ["by"], ["user_account.id"], name=op.f("fk_verdict_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_verdict_org_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
        sa.UniqueConstraint(
            "assessment_id", "indicator_id", name=op.f("uq_verdict_assessment_id_indicator_id")
        ),
    )
    op.create_index(op.f("ix_verdict_assessment_id"), "verdict", ["assessment_id"], unique=False)
    op.create_index(op.f("ix_verdict_org_id"), "verdict", ["org_id"], unique=False)
    op.create_table(
        "award_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("named", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("previous_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(outcome = 'no_award') = (named = '[]')",
            name=op.f("ck_award_decision_names_unless_no_award"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_award_decision_with_a_reason")),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["award_category.id"],
            name=op.f("fk_award_decision_category_id_award_category"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["user_account.id"],
            name=op.f("fk_award_decision_decided_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["previous_id"],
            ["award_decision.id"],
            name=op.f("fk_award_decision_previous_id_award_decision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_decision")),
        sa.UniqueConstraint(
            "category_id", "ordinal", name=op.f("uq_award_decision_category_id_ordinal")
        ),
    )
    op.create_index(
        op.f("ix_award_decision_category_id"), "award_decision", ["category_id"], unique=False
    )
    op.create_table(
        "award_entry",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("snapshot_sha256", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("statement", sa.String(length=4000), nullable=False),
        sa.Column("fired", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consent_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'entered' OR (consent_at IS NOT NULL AND title <> '')",
            name=op.f("ck_award_entry_entered_with_consent"),
        ),
        sa.CheckConstraint(
            "(consent_at IS NULL) = (consent_by IS NULL)",
            name=op.f("ck_award_entry_consented_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["award_category.id"],
            name=op.f("fk_award_entry_category_id_award_category"),
        ),
        sa.ForeignKeyConstraint(
            ["consent_by"], ["user_account.id"], name=op.f("fk_award_entry_consent_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_award_entry_org_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"],
            ["user_account.id"],
            name=op.f("fk_award_entry_proposed_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_award_entry_snapshot_id_snapshot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_entry")),
        sa.UniqueConstraint(
            "category_id", "org_id", name=op.f("uq_award_entry_category_id_org_id")
        ),
    )
    op.create_index(
        op.f("ix_award_entry_category_id"), "award_entry", ["category_id"], unique=False
    )
    op.create_index(op.f("ix_award_entry_org_id"), "award_entry", ["org_id"], unique=False)
    op.create_index(
        op.f("ix_award_entry_snapshot_id"), "award_entry", ["snapshot_id"], unique=False
    )
    op.create_index(op.f("ix_award_entry_state"), "award_entry", ["state"], unique=False)
    op.create_table(
        "publication",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name_ja", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("sort_ja", sa.String(length=200), nullable=False),
        sa.Column("sort_en", sa.String(length=200), nullable=False),
        sa.Column("search", sa.String(length=410), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("prefecture", sa.String(length=2), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("band", sa.String(length=32), nullable=True),
        sa.Column("badge", sa.Boolean(), nullable=False),
        sa.Column("bundle", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=False),
        sa.Column("replaced_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)",
            name=op.f("ck_publication_withdrawn_by_somebody"),
        ),
        sa.CheckConstraint(
            "published_at < valid_until", name=op.f("ck_publication_published_before_it_lapses")
        ),
        sa.CheckConstraint(
            "replaced_by IS NULL OR withdrawn_at IS NOT NULL",
            name=op.f("ck_publication_replaced_is_withdrawn"),
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_publication_assessment_id_assessment"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_publication_org_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["published_by"],
            ["user_account.id"],
            name=op.f("fk_publication_published_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by"], ["publication.id"], name=op.f("fk_publication_replaced_by_publication")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_publication_snapshot_id_snapshot")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"],
            ["user_account.id"],
            name=op.f("fk_publication_withdrawn_by_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("code", name=op.f("uq_publication_code")),
        sa.UniqueConstraint("key", name=op.f("uq_publication_key")),
    )
    op.create_index(
        op.f("ix_publication_assessment_id"), "publication", ["assessment_id"], unique=False
    )
    op.create_index(op.f("ix_publication_bundle"), "publication", ["bundle"], unique=False)
    op.create_index(op.f("ix_publication_kind"), "publication", ["kind"], unique=False)
    op.create_index(op.f("ix_publication_org_id"), "publication", ["org_id"], unique=False)
    op.create_index(op.f("ix_publication_prefecture"), "publication", ["prefecture"], unique=False)
    op.create_index(
        op.f("ix_publication_published_at"), "publication", ["published_at"], unique=False
    )
    op.create_index(
        op.f("ix_publication_snapshot_id"), "publication", ["snapshot_id"], unique=False
    )
    op.create_index(op.f("ix_publication_sort_en"), "publication", ["sort_en"], unique=False)
    op.create_index(op.f("ix_publication_sort_ja"), "publication", ["sort_ja"], unique=False)
    op.create_index(op.f("ix_publication_year"), "publication", ["year"], unique=False)
    op.create_index(
        "uq_publication_live",
        "publication",
        ["org_id", "year"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "award_assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_by", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["assigned_by"],
            ["user_account.id"],
            name=op.f("fk_award_assignment_assigned_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["award_entry.id"], name=op.f("fk_award_assignment_entry_id_award_entry")
        ),
        sa.ForeignKeyConstraint(
            ["judge_id"],
            ["user_account.id"],
            name=op.f("fk_award_assignment_judge_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_assignment")),
        sa.UniqueConstraint(
            "entry_id", "judge_id", name=op.f("uq_award_assignment_entry_id_judge_id")
        ),
    )
    op.create_index(
        op.f("ix_award_assignment_entry_id"), "award_assignment", ["entry_id"], unique=False
    )
    op.create_index(
        op.f("ix_award_assignment_judge_id"), "award_assignment", ["judge_id"], unique=False
    )
    op.create_table(
        "award_conflict",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("basis", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lift_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "lifted_at IS NULL OR kind = 'declared'", name=op.f("ck_award_conflict_derived_stays")
        ),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL)",
            name=op.f("ck_award_conflict_lifted_by_somebody"),
        ),
        sa.CheckConstraint(
            "lifted_by IS NULL OR lifted_by <> judge_id",
            name=op.f("ck_award_conflict_not_lifted_by_oneself"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["award_entry.id"], name=op.f("fk_award_conflict_entry_id_award_entry")
        ),
        sa.ForeignKeyConstraint(
            ["judge_id"], ["user_account.id"], name=op.f("fk_award_conflict_judge_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by"],
            ["user_account.id"],
            name=op.f("fk_award_conflict_lifted_by_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_conflict")),
        sa.UniqueConstraint(
            "judge_id", "entry_id", "kind", name=op.f("uq_award_conflict_judge_id_entry_id_kind")
        ),
    )
    op.create_index(
        op.f("ix_award_conflict_entry_id"), "award_conflict", ["entry_id"], unique=False
    )
    op.create_index(
        op.f("ix_award_conflict_judge_id"), "award_conflict", ["judge_id"], unique=False
    )
    op.create_table(
        "award_scorecard",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("comment", sa.String(length=4000), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recuse_reason", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'submitted') = (submitted_at IS NOT NULL)",
            name=op.f("ck_award_scorecard_submitted_at_some_time"),
        ),
        sa.CheckConstraint(
            "state <> 'recused' OR recused_at IS NOT NULL",
            name=op.f("ck_award_scorecard_recused_at_some_time"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["award_entry.id"], name=op.f("fk_award_scorecard_entry_id_award_entry")
        ),
        sa.ForeignKeyConstraint(
            ["judge_id"], ["user_account.id"], name=op.f("fk_award_scorecard_judge_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_scorecard")),
        sa.UniqueConstraint(
            "entry_id", "judge_id", name=op.f("uq_award_scorecard_entry_id_judge_id")
        ),
    )
    op.create_index(
        op.f("ix_award_scorecard_entry_id"), "award_scorecard", ["entry_id"], unique=False
    )
    op.create_index(
        op.f("ix_award_scorecard_judge_id"), "award_scorecard", ["judge_id"], unique=False
    )
    op.create_table(
        "award_score",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scorecard_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("choice", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.CheckConstraint(
            "(choice = 'given') = (value IS NOT NULL)", name=op.f("ck_award_score_value_if_given")
        ),
        sa.CheckConstraint(
            "value IS NULL OR value BETWEEN 1 AND 5", name=op.f("ck_award_score_value_1_to_5")
        ),
        sa.ForeignKeyConstraint(
            ["criterion_id"],
            ["award_criterion.id"],
            name=op.f("fk_award_score_criterion_id_award_criterion"),
        ),
        sa.ForeignKeyConstraint(
            ["scorecard_id"],
            ["award_scorecard.id"],
            name=op.f("fk_award_score_scorecard_id_award_scorecard"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_score")),
        sa.UniqueConstraint(
            "scorecard_id", "criterion_id", name=op.f("uq_award_score_scorecard_id_criterion_id")
        ),
    )
    op.create_index(
        op.f("ix_award_score_criterion_id"), "award_score", ["criterion_id"], unique=False
    )
    op.create_index(
        op.f("ix_award_score_scorecard_id"), "award_score", ["scorecard_id"], unique=False
    )
    op.create_table(
        "award_score_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scorecard_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("old", sa.String(length=4), nullable=False),
        sa.Column("new", sa.String(length=4), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"], ["user_account.id"], name=op.f("fk_award_score_log_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["criterion_id"],
            ["award_criterion.id"],
            name=op.f("fk_award_score_log_criterion_id_award_criterion"),
        ),
        sa.ForeignKeyConstraint(
            ["scorecard_id"],
            ["award_scorecard.id"],
            name=op.f("fk_award_score_log_scorecard_id_award_scorecard"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_score_log")),
    )
    op.create_index(op.f("ix_award_score_log_at"), "award_score_log", ["at"], unique=False)
    op.create_index(
        op.f("ix_award_score_log_scorecard_id"), "award_score_log", ["scorecard_id"], unique=False
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_award_score_log_scorecard_id"), table_name="award_score_log")
    op.drop_index(op.f("ix_award_score_log_at"), table_name="award_score_log")
    op.drop_table("award_score_log")
    op.drop_index(op.f("ix_award_score_scorecard_id"), table_name="award_score")
    op.drop_index(op.f("ix_award_score_criterion_id"), table_name="award_score")
    op.drop_table("award_score")
    op.drop_index(op.f("ix_award_scorecard_judge_id"), table_name="award_scorecard")
    op.drop_index(op.f("ix_award_scorecard_entry_id"), table_name="award_scorecard")
    op.drop_table("award_scorecard")
    op.drop_index(op.f("ix_award_conflict_judge_id"), table_name="award_conflict")
    op.drop_index(op.f("ix_award_conflict_entry_id"), table_name="award_conflict")
    op.drop_table("award_conflict")
    op.drop_index(op.f("ix_award_assignment_judge_id"), table_name="award_assignment")
    op.drop_index(op.f("ix_award_assignment_entry_id"), table_name="award_assignment")
    op.drop_table("award_assignment")
    op.drop_index(
        "uq_publication_live",
        table_name="publication",
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.drop_index(op.f("ix_publication_year"), table_name="publication")
    op.drop_index(op.f("ix_publication_sort_ja"), table_name="publication")
    op.drop_index(op.f("ix_publication_sort_en"), table_name="publication")
    op.drop_index(op.f("ix_publication_snapshot_id"), table_name="publication")
    op.drop_index(op.f("ix_publication_published_at"), table_name="publication")
    op.drop_index(op.f("ix_publication_prefecture"), table_name="publication")
    op.drop_index(op.f("ix_publication_org_id"), table_name="publication")
    op.drop_index(op.f("ix_publication_kind"), table_name="publication")
    op.drop_index(op.f("ix_publication_bundle"), table_name="publication")
    op.drop_index(op.f("ix_publication_assessment_id"), table_name="publication")
    op.drop_table("publication")
    op.drop_index(op.f("ix_award_entry_state"), table_name="award_entry")
    op.drop_index(op.f("ix_award_entry_snapshot_id"), table_name="award_entry")
    op.drop_index(op.f("ix_award_entry_org_id"), table_name="award_entry")
    op.drop_index(op.f("ix_award_entry_category_id"), table_name="award_entry")
    op.drop_table("award_entry")
    op.drop_index(op.f("ix_award_decision_category_id"), table_name="award_decision")
    op.drop_table("award_decision")
    op.drop_index(op.f("ix_verdict_org_id"), table_name="verdict")
    op.drop_index(op.f("ix_verdict_assessment_id"), table_name="verdict")
    op.drop_table("verdict")
    op.drop_index(op.f("ix_snapshot_sha256"), table_name="snapshot")
    op.drop_index(op.f("ix_snapshot_org_id"), table_name="snapshot")
    op.drop_index(op.f("ix_snapshot_assessment_id"), table_name="snapshot")
    op.drop_table("snapshot")
    op.drop_index(op.f("ix_evidence_use_org_id"), table_name="evidence_use")
    op.drop_index(op.f("ix_evidence_use_evidence_id"), table_name="evidence_use")
    op.drop_index(op.f("ix_evidence_use_assessment_id"), table_name="evidence_use")
    op.drop_table("evidence_use")
    op.drop_index(op.f("ix_award_criterion_cycle_id"), table_name="award_criterion")
    op.drop_table("award_criterion")
    op.drop_index(op.f("ix_award_category_cycle_id"), table_name="award_category")
    op.drop_table("award_category")
    op.drop_index(op.f("ix_answer_org_id"), table_name="answer")
    op.drop_index(op.f("ix_answer_assessment_id"), table_name="answer")
    op.drop_table("answer")
    op.drop_index(op.f("ix_retired_code_workplace_id"), table_name="retired_code")
    op.drop_index(op.f("ix_retired_code_org_id"), table_name="retired_code")
    op.drop_table("retired_code")
    op.drop_index(op.f("ix_participation_round_id"), table_name="participation")
    op.drop_index(op.f("ix_participation_org_id"), table_name="participation")
    op.drop_table("participation")
    op.drop_index(op.f("ix_evidence_version_sha256"), table_name="evidence_version")
    op.drop_index(op.f("ix_evidence_version_org_id"), table_name="evidence_version")
    op.drop_index(op.f("ix_evidence_version_evidence_id"), table_name="evidence_version")
    op.drop_table("evidence_version")
    op.drop_index(op.f("ix_award_cycle_round_id"), table_name="award_cycle")
    op.drop_table("award_cycle")
    op.drop_index(op.f("ix_assessment_status"), table_name="assessment")
    op.drop_index(op.f("ix_assessment_round_id"), table_name="assessment")
    op.drop_index(op.f("ix_assessment_org_id"), table_name="assessment")
    op.drop_table("assessment")
    op.drop_index(op.f("ix_workplace_org_id"), table_name="workplace")
    op.drop_table("workplace")
    op.drop_index(op.f("ix_recovery_code_user_id"), table_name="recovery_code")
    op.drop_table("recovery_code")
    op.drop_index(op.f("ix_publication_draft_org_id"), table_name="publication_draft")
    op.drop_table("publication_draft")
    op.drop_index(op.f("ix_public_page_org_id"), table_name="public_page")
    op.drop_table("public_page")
    op.drop_index(op.f("ix_membership_user_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_org_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_index(op.f("ix_mail_link_user_id"), table_name="mail_link")
    op.drop_table("mail_link")
    op.drop_index(op.f("ix_login_session_user_id"), table_name="login_session")
    op.drop_table("login_session")
    op.drop_index(op.f("ix_invitation_org_id"), table_name="invitation")
    op.drop_index(op.f("ix_invitation_email"), table_name="invitation")
    op.drop_table("invitation")
    op.drop_index(op.f("ix_half_sign_in_user_id"), table_name="half_sign_in")
    op.drop_table("half_sign_in")
    op.drop_index(op.f("ix_evidence_org_id"), table_name="evidence")
    op.drop_table("evidence")
    op.drop_table("assessment_round")
    op.drop_index(
        "uq_wording_current",
        table_name="wording",
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.drop_index(op.f("ix_wording_language"), table_name="wording")
    op.drop_table("wording")
    op.drop_table("user_account")
    op.drop_index(op.f("ix_outbox_mail_org_id"), table_name="outbox_mail")
    op.drop_index(op.f("ix_outbox_mail_next_try_at"), table_name="outbox_mail")
    op.drop_index(op.f("ix_outbox_mail_kind"), table_name="outbox_mail")
    op.drop_table("outbox_mail")
    op.drop_index(op.f("ix_organisation_parent_id"), table_name="organisation")
    op.drop_table("organisation")
    op.drop_table("job_done")
    op.drop_index(op.f("ix_audit_event_org_id"), table_name="audit_event")
    op.drop_index(op.f("ix_audit_event_event"), table_name="audit_event")
    op.drop_index(op.f("ix_audit_event_at"), table_name="audit_event")
    op.drop_index(op.f("ix_audit_event_actor_id"), table_name="audit_event")
    op.drop_table("audit_event")
    op.drop_index(op.f("ix_attempt_kind"), table_name="attempt")
    op.drop_index(op.f("ix_attempt_key_hash"), table_name="attempt")
    op.drop_index(op.f("ix_attempt_at"), table_name="attempt")
    op.drop_table("attempt")
