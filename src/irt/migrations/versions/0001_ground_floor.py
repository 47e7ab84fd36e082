"""The ground floor: every table, and the guards of what is written once."""

import sqlalchemy as sa
from alembic import op

from irt.tables.guards import Guard, drop_guard, set_guard

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

GUARDS = (
    Guard("account_identity"),
    Guard("accidental_decision"),
    Guard("accidental_unblinding"),
    Guard("address_reading"),
    Guard("annotation"),
    Guard("assessed_kit"),
    Guard("audit_entry"),
    Guard("carrier_event"),
    Guard("certificate"),
    Guard("checklist_signature"),
    Guard("code_break", may_change=("narrative", "reviewed_at", "reviewed_by_id")),
    Guard("code_break_practice"),
    Guard("code_break_reminder"),
    Guard("command"),
    Guard("controlled_licence"),
    Guard("delegation", may_change=("ended_at", "ended_by_id", "end_reason")),
    Guard("deviation"),
    Guard("deviation_closure"),
    Guard("discrepancy_report"),
    Guard("dispensing_order"),
    Guard("enrolment_forecast", unless="finished_at IS NULL"),
    Guard("enrolment_plan"),
    Guard("exception_taken"),
    Guard("expiry_approval"),
    Guard("expiry_change"),
    Guard("gate_override"),
    Guard("gate_run", unless="ended_at IS NULL"),
    Guard("gate_signature"),
    Guard("go_live_gate"),
    Guard("hold_finding"),
    Guard("home_address"),
    Guard("home_delivery_step"),
    Guard("home_pickup_step"),
    Guard("incident"),
    Guard("incident_step"),
    Guard("interface_opening"),
    Guard("interface_signature"),
    Guard("invitation", may_change=("account_id", "accepted_at", "withdrawn_at", "withdrawn_by_id")),
    Guard("item_movement"),
    Guard("kit_hold"),
    Guard("kit_return"),
    Guard("label_master"),
    Guard("label_master_step"),
    Guard("lane"),
    Guard("log_layout"),
    Guard("logger_file"),
    Guard("lot_approval", may_change=("ended_by_id",)),
    Guard("monitoring_visit"),
    Guard("movement"),
    Guard("notice_approval"),
    Guard("operational_change"),
    Guard("optimization_run", unless="ended_at IS NULL"),
    Guard("outage_check"),
    Guard("outage_entry"),
    Guard("outage_kit"),
    Guard("outage_pack"),
    Guard("outage_pack_step"),
    Guard("outage_seal"),
    Guard("outage_seal_fate"),
    Guard("passkey", may_change=("sign_count", "last_used_at", "removed_at")),
    Guard("passkey_challenge", may_change=("used_at",)),
    Guard("plan_approval"),
    Guard("plan_edit"),
    Guard("planned_consignment"),
    Guard("planned_shipment"),
    Guard("planned_unblinding"),
    Guard("planned_unblinding_decision"),
    Guard("pool_transfer"),
    Guard("pooled_kit"),
    Guard("preparation"),
    Guard("preparation_end"),
    Guard("prepared_kit"),
    Guard("randomization"),
    Guard("relabel_check"),
    Guard("relabelled_kit"),
    Guard("relabelling"),
    Guard("release_step"),
    Guard("restore_test"),
    Guard("resupply_run"),
    Guard("return_box"),
    Guard("return_shipment"),
    Guard("returned_in_box"),
    Guard("scan"),
    Guard("secret_allocation_key", may_change=("sealed",)),
    Guard("secret_approval_matter"),
    Guard("secret_audit_entry"),
    Guard("secret_bench_paper", unless="finished_at IS NULL"),
    Guard("secret_consignment_content"),
    Guard("secret_consignment_stay"),
    Guard("secret_gate_content"),
    Guard("secret_gate_courses"),
    Guard("secret_gate_record"),
    Guard("secret_gate_results"),
    Guard("secret_hold_cause"),
    Guard("secret_kit_content"),
    Guard("secret_list_entry"),
    Guard("secret_plan_content"),
    Guard("secret_randomization_list"),
    Guard("secret_restricted_part"),
    Guard("secret_release_reason"),
    Guard("secret_resupply_setting"),
    Guard("secret_response"),
    Guard("secret_run_inputs", unless="hash = ''"),
    Guard("secret_run_progress"),
    Guard("secret_safety_case"),
    Guard("secret_supply_advice", unless="finished_at IS NULL"),
    Guard("secret_shipment_calculation"),
    Guard("secret_transfer_code"),
    Guard("secret_treatment_assignment"),
    Guard("secret_treatment_look"),
    Guard("secret_twin_run", unless="finished_at IS NULL"),
    Guard("secret_unblinded_list"),
    Guard("secret_unsealed_seed"),
    Guard("secret_vendor_sku"),
    Guard("shipment_plan"),
    Guard("shipment_step"),
    Guard("sign_in_attempt"),
    Guard("signature"),
    Guard("site_approval"),
    Guard("site_approval_step"),
    Guard("site_contact"),
    Guard("site_detail"),
    Guard("site_version"),
    Guard("stock_count"),
    Guard(
        "stock_difference",
        may_change=("status", "last_message_id", "owner_id", "note", "act", "settled_at", "settled_by_id"),
    ),
    Guard("storage_unit"),
    Guard("study_end"),
    Guard("study_issue"),
    Guard("study_issue_step"),
    Guard("study_lock_step"),
    Guard("study_version", unless="status = 'draft'"),
    Guard("subject_event"),
    Guard("supply_stop"),
    Guard("exception_notice"),
    Guard("import_licence"),
    Guard("plan_way"),
    Guard("shipper"),
    Guard("uat_run"),
    Guard("uat_signature"),
    Guard("vendor_code"),
    Guard("vendor_interface"),
    Guard("vendor_notice"),
    Guard("vendor_message", may_change=("refusal", "sentence", "status", "settled_at", "attempts", "due_at")),
    Guard("temperature_assessment"),
    Guard("visit_step"),
    Guard("webhook_key", may_change=("valid_until",)),
    Guard("weighing"),
    Guard("witnessed_kit"),
)


def upgrade() -> None:
    """One step on."""
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("printed_name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("password_temporary", sa.Boolean(), nullable=False),
        sa.Column("second_factor_sealed", sa.String(), nullable=True),
        sa.Column("second_factor_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_factor_step", sa.Integer(), nullable=True),
        sa.Column("passkeys_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
        sa.UniqueConstraint("chain", name=op.f("uq_audit_head_chain")),
    )
    op.create_table(
        "secret_audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("blinded_sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_audit_entry")),
        sa.UniqueConstraint("chain", "sequence", name=op.f("uq_secret_audit_entry_chain_sequence")),
    )
    op.create_table(
        "secret_audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_audit_head")),
        sa.UniqueConstraint("chain", name=op.f("uq_secret_audit_head_chain")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(op.f("ix_sign_in_attempt_username"), "sign_in_attempt", ["username"], unique=False)
    op.create_table(
        "sponsor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sponsor")),
        sa.UniqueConstraint("name", name=op.f("uq_sponsor_name")),
    )
    op.create_table(
        "account_identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_identity_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_identity")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_account_identity_issuer_subject")),
    )
    op.create_index(op.f("ix_account_identity_account_id"), "account_identity", ["account_id"], unique=False)
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_api_token_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("public_id", name=op.f("uq_api_token_public_id")),
    )
    op.create_index(op.f("ix_api_token_account_id"), "api_token", ["account_id"], unique=False)
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_calendar_feed_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_index(op.f("ix_calendar_feed_account_id"), "calendar_feed", ["account_id"], unique=False)
    op.create_table(
        "command",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("asked_hash", sa.String(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_command_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command")),
        sa.UniqueConstraint("account_id", "key", name=op.f("uq_command_account_id_key")),
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_passkey_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_account_id"), "passkey", ["account_id"], unique=False)
    op.create_table(
        "signed_in_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("client", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_signed_in_session_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_in_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_signed_in_session_token_hash")),
    )
    op.create_index(op.f("ix_signed_in_session_account_id"), "signed_in_session", ["account_id"], unique=False)
    op.create_table(
        "study",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("protocol", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mode", sa.String(32), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("open_holds", sa.Integer(), nullable=False),
        sa.CheckConstraint("mode IN ('test', 'training', 'production')", name=op.f("ck_study_mode")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_study_sponsor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study")),
        sa.UniqueConstraint("sponsor_id", "protocol", "mode", name=op.f("uq_study_sponsor_id_protocol_mode")),
    )
    op.create_index(op.f("ix_study_sponsor_id"), "study", ["sponsor_id"], unique=False)
    op.create_table(
        "blinded_lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("expiry", sa.Date(), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_blinded_lot_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_blinded_lot_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blinded_lot")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_blinded_lot_study_id_number")),
    )
    op.create_table(
        "depot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("supplied_by_id", sa.Integer(), nullable=True),
        sa.Column("blinded", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_depot_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_depot_study_id")),
        sa.ForeignKeyConstraint(["supplied_by_id"], ["depot.id"], name=op.f("fk_depot_supplied_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_depot")),
        sa.UniqueConstraint("study_id", "code", name=op.f("uq_depot_study_id_code")),
    )
    op.create_table(
        "enrolment_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subjects", sa.Integer(), nullable=False),
        sa.Column("sites", sa.Integer(), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_enrolment_plan_account_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_enrolment_plan_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_enrolment_plan_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_plan")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_enrolment_plan_study_id_number")),
    )
    op.create_table(
        "exception_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_exception_notice_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_exception_notice_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exception_notice")),
    )
    op.create_table(
        "exception_taken",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_exception_taken_account_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_exception_taken_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_exception_taken_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exception_taken")),
    )
    op.create_table(
        "go_live_gate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_go_live_gate_account_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_go_live_gate_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_go_live_gate_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_go_live_gate")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_go_live_gate_study_id_number")),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subjects", sa.JSON(), nullable=False),
        sa.Column("sites", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_incident_account_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_incident_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_incident_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_incident_study_id_number")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=True),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("done_steps", sa.Integer(), nullable=False),
        sa.Column("all_steps", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_job_status")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_job_account_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_job_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(op.f("ix_job_status"), "job", ["status"], unique=False)
    op.create_table(
        "label_master",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("blinding_group", sa.String(), nullable=False),
        sa.Column("packaging", sa.String(32), nullable=False),
        sa.Column("particulars", sa.JSON(), nullable=False),
        sa.Column("omitted", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("packaging IN ('outer', 'immediate')", name=op.f("ck_label_master_packaging")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_label_master_account_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_label_master_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_label_master_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_master")),
        sa.UniqueConstraint("study_id", "number", "version", name=op.f("uq_label_master_study_id_number_version")),
    )
    op.create_table(
        "notice_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("wording_sha256", sa.String(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notice_approval_account_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_notice_approval_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_notice_approval_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_approval")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_because", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_outbox_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_sent_at"), "outbox", ["sent_at"], unique=False)
    op.create_table(
        "passkey_challenge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("context", sa.String(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("challenge", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_passkey_challenge_account_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["signed_in_session.id"], name=op.f("fk_passkey_challenge_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey_challenge")),
        sa.UniqueConstraint("challenge", name=op.f("uq_passkey_challenge_challenge")),
    )
    op.create_index(op.f("ix_passkey_challenge_account_id"), "passkey_challenge", ["account_id"], unique=False)
    op.create_table(
        "pool_transfer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("served_study_id", sa.Integer(), nullable=False),
        sa.Column("kits", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('reserved', 'given_back')", name=op.f("ck_pool_transfer_kind")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_pool_transfer_account_id")),
        sa.ForeignKeyConstraint(["served_study_id"], ["study.id"], name=op.f("fk_pool_transfer_served_study_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_pool_transfer_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_pool_transfer_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_transfer")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_pool_transfer_study_id_number")),
    )
    op.create_index(op.f("ix_pool_transfer_served_study_id"), "pool_transfer", ["served_study_id"], unique=False)
    op.create_table(
        "resupply_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("planner", sa.String(), nullable=False),
        sa.Column("sites_considered", sa.Integer(), nullable=False),
        sa.Column("shipments_proposed", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_resupply_run_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_resupply_run_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resupply_run")),
    )
    op.create_table(
        "secret_allocation_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_allocation_key_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_allocation_key_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_allocation_key")),
        sa.UniqueConstraint("study_id", "purpose", name=op.f("uq_secret_allocation_key_study_id_purpose")),
    )
    op.create_table(
        "secret_allocation_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_allocation_state_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_allocation_state_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_allocation_state")),
        sa.UniqueConstraint("study_id", "key", name=op.f("uq_secret_allocation_state_study_id_key")),
    )
    op.create_table(
        "secret_transfer_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("arm", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_transfer_code_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_transfer_code_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_transfer_code")),
        sa.UniqueConstraint("study_id", "arm", name=op.f("uq_secret_transfer_code_study_id_arm")),
        sa.UniqueConstraint("study_id", "code", name=op.f("uq_secret_transfer_code_study_id_code")),
    )
    op.create_table(
        "secret_unsealed_seed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("allocator", sa.String(), nullable=False),
        sa.Column("box", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_unsealed_seed_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_unsealed_seed_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_unsealed_seed")),
    )
    op.create_index(op.f("ix_secret_unsealed_seed_allocator"), "secret_unsealed_seed", ["allocator"], unique=False)
    op.create_table(
        "signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=True),
        sa.Column("study_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("printed_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("meaning", sa.String(), nullable=False),
        sa.Column("record_kind", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("record_hash", sa.String(), nullable=False),
        sa.Column("components", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_signature_account_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_signature_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_signature_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
    )
    op.create_table(
        "uat_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("version_hash", sa.String(), nullable=False),
        sa.Column("scripts_hash", sa.String(), nullable=False),
        sa.Column("scripts", sa.JSON(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_uat_run_account_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_uat_run_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_uat_run_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uat_run")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_uat_run_study_id_number")),
    )
    op.create_table(
        "vendor_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(32), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("kits", sa.JSON(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cause IN ('hold_opened', 'hold_lifted', 'expiry', 'relabelled', 'quality')",
            name=op.f("ck_vendor_notice_cause"),
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_vendor_notice_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_vendor_notice_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_notice")),
    )
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=True),
        sa.Column("study_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("record_hash", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("signature_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_approval_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_approval_decided_by_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_approval_signature_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_approval_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_approval_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("destroyer", sa.String(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("paper", sa.LargeBinary(), nullable=False),
        sa.Column("kits", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_certificate_account_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_certificate_signature_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_certificate_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_certificate_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_certificate_study_id_number")),
    )
    op.create_table(
        "checklist_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_checklist_signature_account_id")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_checklist_signature_signature_id")
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_checklist_signature_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_checklist_signature_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_signature")),
        sa.UniqueConstraint(
            "study_id",
            "version_number",
            "content_hash",
            "account_id",
            name=op.f("uq_checklist_signature_study_id_version_number_content_hash_account_id"),
        ),
    )
    op.create_table(
        "enrolment_forecast",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_enrolment_forecast_account_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_enrolment_forecast_job_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_enrolment_forecast_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_enrolment_forecast_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_forecast")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_enrolment_forecast_study_id_number")),
    )
    op.create_table(
        "expiry_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("blinded_lot_id", sa.Integer(), nullable=False),
        sa.Column("old_expiry", sa.Date(), nullable=False),
        sa.Column("new_expiry", sa.Date(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_expiry_change_account_id")),
        sa.ForeignKeyConstraint(
            ["blinded_lot_id"], ["blinded_lot.id"], name=op.f("fk_expiry_change_blinded_lot_id")
        ),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_expiry_change_signature_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_expiry_change_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_expiry_change_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expiry_change")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_expiry_change_study_id_number")),
    )
    op.create_index(op.f("ix_expiry_change_blinded_lot_id"), "expiry_change", ["blinded_lot_id"], unique=False)
    op.create_table(
        "gate_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_gate_override_account_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_gate_override_signature_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_gate_override_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_gate_override_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_override")),
    )
    op.create_table(
        "gate_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("gate_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("software", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("verdict", sa.String(32), nullable=True),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('running', 'ended', 'cancelled', 'failed')", name=op.f("ck_gate_run_status")
        ),
        sa.CheckConstraint("verdict IN ('pass', 'fail', 'inconclusive')", name=op.f("ck_gate_run_verdict")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_gate_run_account_id")),
        sa.ForeignKeyConstraint(["gate_id"], ["go_live_gate.id"], name=op.f("fk_gate_run_gate_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_gate_run_job_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_gate_run_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_gate_run_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_run")),
        sa.UniqueConstraint("gate_id", "number", name=op.f("uq_gate_run_gate_id_number")),
    )
    op.create_table(
        "incident_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "event IN ('assess_serious', 'assess_not_serious', 'act', 'report', 'close')",
            name=op.f("ck_incident_step_event"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_incident_step_account_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_step_incident_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_incident_step_signature_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_incident_step_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_incident_step_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_step")),
    )
    op.create_index(op.f("ix_incident_step_incident_id"), "incident_step", ["incident_id"], unique=False)
    op.create_table(
        "interface_opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("depot_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_interface_opening_account_id")),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_interface_opening_depot_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_interface_opening_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_interface_opening_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interface_opening")),
    )
    op.create_index(op.f("ix_interface_opening_depot_id"), "interface_opening", ["depot_id"], unique=False)
    op.create_table(
        "interface_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("depot_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_interface_signature_account_id")),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_interface_signature_depot_id")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_interface_signature_signature_id")
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_interface_signature_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_interface_signature_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interface_signature")),
    )
    op.create_index(op.f("ix_interface_signature_depot_id"), "interface_signature", ["depot_id"], unique=False)
    op.create_table(
        "kit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("blinded_lot_id", sa.Integer(), nullable=False),
        sa.Column("blinding_group", sa.String(), nullable=False),
        sa.Column("label_group", sa.String(), nullable=False),
        sa.Column("expiry", sa.Date(), nullable=False),
        sa.Column("custody", sa.String(32), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("quality", sa.String(32), nullable=False),
        sa.Column("assignment", sa.String(32), nullable=False),
        sa.Column("accountability", sa.String(32), nullable=False),
        sa.Column("storage_place", sa.String(), nullable=False),
        sa.CheckConstraint(
            "accountability IN ('none', 'outstanding', 'returned', 'lost_by_subject', 'damaged_by_subject', 'verified_by_site', 'verified_by_monitor', 'return_shipped', 'received_for_destruction', 'destroyed')",
            name=op.f("ck_kit_accountability"),
        ),
        sa.CheckConstraint(
            "assignment IN ('free', 'reserved', 'preallocated', 'assigned', 'dispensed', 'reversed')",
            name=op.f("ck_kit_assignment"),
        ),
        sa.CheckConstraint(
            "custody IN ('depot', 'shipment', 'site', 'subject', 'vendor', 'study', 'unknown')",
            name=op.f("ck_kit_custody"),
        ),
        sa.CheckConstraint(
            "quality IN ('unreleased', 'released', 'quarantined', 'rejected', 'recalled', 'damaged')",
            name=op.f("ck_kit_quality"),
        ),
        sa.ForeignKeyConstraint(["blinded_lot_id"], ["blinded_lot.id"], name=op.f("fk_kit_blinded_lot_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_kit_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_kit_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_kit_study_id_number")),
    )
    op.create_index(
        "kit_set_apart",
        "kit",
        ["study_id", "quality", "number"],
        unique=False,
        postgresql_where=sa.text("quality IN ('quarantined', 'damaged')"),
        sqlite_where=sa.text("quality IN ('quarantined', 'damaged')"),
    )
    op.create_index(
        "kit_where",
        "kit",
        [
            "custody",
            "place_id",
            "assignment",
            "quality",
            "blinded_lot_id",
            "label_group",
            "expiry",
            "accountability",
            "blinding_group",
        ],
        unique=False,
    )
    op.create_table(
        "label_master_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("label_master_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("proof_hash", sa.String(), nullable=True),
        sa.Column("signature_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "event IN ('write', 'proof', 'approve', 'reject', 'supersede')", name=op.f("ck_label_master_step_event")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'proof', 'approved', 'rejected', 'superseded')",
            name=op.f("ck_label_master_step_status"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_label_master_step_account_id")),
        sa.ForeignKeyConstraint(
            ["label_master_id"], ["label_master.id"], name=op.f("fk_label_master_step_label_master_id")
        ),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_label_master_step_signature_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_label_master_step_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_label_master_step_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_master_step")),
    )
    op.create_index("label_master_latest", "label_master_step", ["label_master_id", "id"], unique=False)
    op.create_table(
        "optimization_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("goal", sa.JSON(), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("software", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('running', 'ended', 'cancelled', 'failed')", name=op.f("ck_optimization_run_status")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_optimization_run_account_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_optimization_run_job_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_optimization_run_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_optimization_run_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_optimization_run")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_optimization_run_study_id_number")),
    )
    op.create_table(
        "planned_unblinding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("stays_blinded", sa.String(), nullable=False),
        sa.Column("safeguards", sa.String(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_planned_unblinding_account_id")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_planned_unblinding_signature_id")
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_planned_unblinding_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_planned_unblinding_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_unblinding")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_planned_unblinding_study_id_number")),
    )
    op.create_table(
        "release_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("blinded_lot_id", sa.Integer(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('qp_certification', 'quality_release', 'import_release', 'country_approval', 'release_to_trial')",
            name=op.f("ck_release_step_kind"),
        ),
        sa.CheckConstraint("outcome IN ('signed', 'refused', 'withdrawn')", name=op.f("ck_release_step_outcome")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_release_step_account_id")),
        sa.ForeignKeyConstraint(
            ["blinded_lot_id"], ["blinded_lot.id"], name=op.f("fk_release_step_blinded_lot_id")
        ),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_release_step_signature_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_release_step_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_release_step_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_step")),
    )
    op.create_index(op.f("ix_release_step_blinded_lot_id"), "release_step", ["blinded_lot_id"], unique=False)
    op.create_table(
        "restore_test",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tested_on", sa.Date(), nullable=False),
        sa.Column("trail_before", sa.String(), nullable=False),
        sa.Column("trail_after", sa.String(), nullable=False),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("document_hash", sa.String(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_restore_test_account_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_restore_test_signature_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restore_test")),
        sa.UniqueConstraint("number", name=op.f("uq_restore_test_number")),
    )
    op.create_table(
        "secret_bench_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_secret_bench_paper_account_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_secret_bench_paper_job_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_bench_paper_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_bench_paper_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_bench_paper")),
    )
    op.create_table(
        "secret_gate_content",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("gate_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("agreement", sa.String(), nullable=False),
        sa.Column("scenarios", sa.JSON(), nullable=False),
        sa.Column("looks", sa.JSON(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("version_hash", sa.String(), nullable=False),
        sa.Column("configuration", sa.JSON(), nullable=False),
        sa.Column("configuration_hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["gate_id"], ["go_live_gate.id"], name=op.f("fk_secret_gate_content_gate_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_gate_content_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_gate_content_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_gate_content")),
        sa.UniqueConstraint("gate_id", name=op.f("uq_secret_gate_content_gate_id")),
    )
    op.create_table(
        "secret_gate_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("gate_id", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("software", sa.String(), nullable=False),
        sa.Column("scenario", sa.String(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["gate_id"], ["go_live_gate.id"], name=op.f("fk_secret_gate_part_gate_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_gate_part_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_gate_part_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_gate_part")),
    )
    op.create_index(op.f("ix_secret_gate_part_gate_id"), "secret_gate_part", ["gate_id"], unique=False)
    op.create_table(
        "secret_manufacturing_lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kit_type", sa.String(), nullable=False),
        sa.Column("expiry", sa.Date(), nullable=False),
        sa.Column("blinded_lot_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["blinded_lot_id"], ["blinded_lot.id"], name=op.f("fk_secret_manufacturing_lot_blinded_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_manufacturing_lot_sponsor_id")
        ),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_manufacturing_lot_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_manufacturing_lot")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_secret_manufacturing_lot_study_id_number")),
    )
    op.create_index(
        op.f("ix_secret_manufacturing_lot_blinded_lot_id"),
        "secret_manufacturing_lot",
        ["blinded_lot_id"],
        unique=False,
    )
    op.create_table(
        "secret_supply_advice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('what_if', 'expiry_value', 'campaigns')", name=op.f("ck_secret_supply_advice_kind")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_secret_supply_advice_account_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_secret_supply_advice_job_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_supply_advice_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_supply_advice_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_supply_advice")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_secret_supply_advice_study_id_number")),
    )
    op.create_table(
        "secret_twin_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_secret_twin_run_account_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_secret_twin_run_job_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_twin_run_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_twin_run_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_twin_run")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_secret_twin_run_study_id_number")),
    )
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("label_group", sa.String(), nullable=False),
        sa.Column("depot_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("main_site_id", sa.Integer(), nullable=True),
        sa.Column("subjects_numbered", sa.Integer(), nullable=False),
        sa.Column("screenings_numbered", sa.Integer(), nullable=False),
        sa.CheckConstraint("status IN ('planned', 'active', 'on_hold', 'closed')", name=op.f("ck_site_status")),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_site_depot_id")),
        sa.ForeignKeyConstraint(["main_site_id"], ["site.id"], name=op.f("fk_site_main_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_site_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_site_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_site_study_id_number")),
    )
    op.create_table(
        "study_end",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_study_end_signature_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_study_end_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_study_end_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_end")),
        sa.UniqueConstraint("study_id", "kind", name=op.f("uq_study_end_study_id_kind")),
    )
    op.create_table(
        "study_lock_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("agreed", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "step IN ('ask', 'set', 'ask_lift', 'lift', 'drop')", name=op.f("ck_study_lock_step_step")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_study_lock_step_account_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_study_lock_step_signature_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_study_lock_step_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_study_lock_step_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_lock_step")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_study_lock_step_study_id_number")),
    )
    op.create_table(
        "study_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("public_part", sa.JSON(), nullable=False),
        sa.Column("salted_digest", sa.String(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("loaded_by_id", sa.Integer(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("impact", sa.JSON(), nullable=True),
        sa.CheckConstraint("status IN ('draft', 'approved', 'retired')", name=op.f("ck_study_version_status")),
        sa.ForeignKeyConstraint(["loaded_by_id"], ["account.id"], name=op.f("fk_study_version_loaded_by_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_study_version_signature_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_study_version_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_study_version_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_version")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_study_version_study_id_number")),
    )
    op.create_table(
        "uat_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("script", sa.String(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_uat_signature_account_id")),
        sa.ForeignKeyConstraint(["run_id"], ["uat_run.id"], name=op.f("fk_uat_signature_run_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_uat_signature_signature_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_uat_signature_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_uat_signature_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uat_signature")),
        sa.UniqueConstraint("run_id", "script", name=op.f("uq_uat_signature_run_id_script")),
    )
    op.create_table(
        "vendor_interface",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("depot_id", sa.Integer(), nullable=False),
        sa.Column("silence_hours", sa.Integer(), nullable=False),
        sa.Column("gap_minutes", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_vendor_interface_account_id")),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_vendor_interface_depot_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_vendor_interface_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_vendor_interface_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_interface")),
    )
    op.create_index(op.f("ix_vendor_interface_depot_id"), "vendor_interface", ["depot_id"], unique=False)
    op.create_table(
        "vendor_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("depot_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("shipment", sa.String(), nullable=True),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.Column("spelling", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("sentence", sa.String(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_vendor_message_direction")),
        sa.CheckConstraint(
            "status IN ('refused', 'waiting', 'applied', 'not_applied', 'noted', 'acknowledged', 'given_up')",
            name=op.f("ck_vendor_message_status"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_vendor_message_account_id")),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_vendor_message_depot_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["vendor_notice.id"], name=op.f("fk_vendor_message_notice_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_vendor_message_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_vendor_message_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_message")),
    )
    op.create_index(op.f("ix_vendor_message_notice_id"), "vendor_message", ["notice_id"], unique=False)
    op.create_index("vendor_message_shipment", "vendor_message", ["study_id", "shipment"], unique=False)
    op.create_index("vendor_message_stage", "vendor_message", ["study_id", "direction", "status"], unique=False)
    op.create_index(
        "vendor_message_taken",
        "vendor_message",
        ["study_id", "direction", "depot_id", "message_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'refused'"),
        sqlite_where=sa.text("status <> 'refused'"),
    )
    op.create_table(
        "webhook_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("depot_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_webhook_key_account_id")),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_webhook_key_depot_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_webhook_key_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_webhook_key_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_key")),
    )
    op.create_index(op.f("ix_webhook_key_depot_id"), "webhook_key", ["depot_id"], unique=False)
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("record_kind", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("old", sa.JSON(), nullable=True),
        sa.Column("new", sa.JSON(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_audit_entry_account_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_audit_entry_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("chain", "sequence", name=op.f("uq_audit_entry_chain_sequence")),
    )
    op.create_index("audit_record", "audit_entry", ["chain", "record_kind", "record"], unique=False)
    op.create_table(
        "code_break_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_code_break_reminder_account_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_code_break_reminder_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_code_break_reminder_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_code_break_reminder_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_break_reminder")),
    )
    op.create_index(op.f("ix_code_break_reminder_site_id"), "code_break_reminder", ["site_id"], unique=False)
    op.create_table(
        "delegation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("tasks", sa.JSON(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("delegated_by_id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_delegation_account_id")),
        sa.ForeignKeyConstraint(["delegated_by_id"], ["account.id"], name=op.f("fk_delegation_delegated_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["account.id"], name=op.f("fk_delegation_ended_by_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_delegation_signature_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_delegation_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_delegation_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_delegation_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index(op.f("ix_delegation_site_id"), "delegation", ["site_id"], unique=False)
    op.create_table(
        "expiry_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["expiry_change.id"], name=op.f("fk_expiry_approval_change_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_expiry_approval_signature_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_expiry_approval_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_expiry_approval_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expiry_approval")),
        sa.UniqueConstraint("change_id", "country", name=op.f("uq_expiry_approval_change_id_country")),
    )
    op.create_table(
        "gate_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_gate_signature_account_id")),
        sa.ForeignKeyConstraint(["run_id"], ["gate_run.id"], name=op.f("fk_gate_signature_run_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_gate_signature_signature_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_gate_signature_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_gate_signature_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_signature")),
        sa.UniqueConstraint("run_id", name=op.f("uq_gate_signature_run_id")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=True),
        sa.Column("study_id", sa.Integer(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("depot_id", sa.Integer(), nullable=True),
        sa.Column("role_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "role IN ('investigator', 'coordinator', 'pharmacist', 'unblinded_pharmacist', 'monitor', 'unblinded_monitor', 'study_team', 'safety', 'supply_manager', 'supply_planner', 'depot', 'courier', 'customs_broker', 'qualified_person', 'quality', 'statistician', 'unblinded_statistician', 'configurator', 'help_desk', 'administrator', 'inspector', 'patient')",
            name=op.f("ck_invitation_role"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_invitation_account_id")),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_invitation_depot_id")),
        sa.ForeignKeyConstraint(["invited_by_id"], ["account.id"], name=op.f("fk_invitation_invited_by_id")),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_invitation_outbox_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_invitation_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_invitation_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_invitation_study_id")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["account.id"], name=op.f("fk_invitation_withdrawn_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_invitation_public_id")),
    )
    op.create_index(op.f("ix_invitation_email"), "invitation", ["email"], unique=False)
    op.create_table(
        "log_layout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_log_layout_account_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_log_layout_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_log_layout_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_log_layout_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_layout")),
    )
    op.create_index(op.f("ix_log_layout_site_id"), "log_layout", ["site_id"], unique=False)
    op.create_table(
        "lot_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("blinded_lot_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("signature_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["blinded_lot_id"], ["blinded_lot.id"], name=op.f("fk_lot_approval_blinded_lot_id")
        ),
        sa.ForeignKeyConstraint(["ended_by_id"], ["release_step.id"], name=op.f("fk_lot_approval_ended_by_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_lot_approval_signature_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_lot_approval_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_lot_approval_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_approval")),
    )
    op.create_index(op.f("ix_lot_approval_blinded_lot_id"), "lot_approval", ["blinded_lot_id"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_message_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_message_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_message_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(op.f("ix_message_site_id"), "message", ["site_id"], unique=False)
    op.create_index(op.f("ix_message_study_id"), "message", ["study_id"], unique=False)
    op.create_table(
        "monitoring_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("verified", sa.String(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_monitoring_visit_account_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_monitoring_visit_signature_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_monitoring_visit_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_monitoring_visit_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_monitoring_visit_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monitoring_visit")),
        sa.UniqueConstraint("site_id", "number", name=op.f("uq_monitoring_visit_site_id_number")),
    )
    op.create_table(
        "movement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("kit_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("custody", sa.String(32), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("quality", sa.String(32), nullable=False),
        sa.Column("assignment", sa.String(32), nullable=False),
        sa.Column("accountability", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("shipment_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "accountability IN ('none', 'outstanding', 'returned', 'lost_by_subject', 'damaged_by_subject', 'verified_by_site', 'verified_by_monitor', 'return_shipped', 'received_for_destruction', 'destroyed')",
            name=op.f("ck_movement_accountability"),
        ),
        sa.CheckConstraint(
            "assignment IN ('free', 'reserved', 'preallocated', 'assigned', 'dispensed', 'reversed')",
            name=op.f("ck_movement_assignment"),
        ),
        sa.CheckConstraint(
            "custody IN ('depot', 'shipment', 'site', 'subject', 'vendor', 'study', 'unknown')",
            name=op.f("ck_movement_custody"),
        ),
        sa.CheckConstraint(
            "event IN ('release', 'reserve', 'unreserve', 'pack', 'send_on', 'unpack', 'receive', 'receive_quarantined', 'receive_damaged', 'receive_missing', 'receive_at_depot', 'return_to_depot', 'quarantine', 'accept', 'reject', 'recall', 'damage', 'go_missing', 'find_at_site', 'find_at_depot', 'preallocate', 'assign', 'hand_over', 'hand_over_wrongly', 'deliver', 'collect', 'reverse', 'take_back', 'lose', 'spoil', 'verify', 'monitor', 'ship_return', 'receive_for_destruction', 'destroy', 'transfer_out', 'transfer_in')",
            name=op.f("ck_movement_event"),
        ),
        sa.CheckConstraint(
            "quality IN ('unreleased', 'released', 'quarantined', 'rejected', 'recalled', 'damaged')",
            name=op.f("ck_movement_quality"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_movement_account_id")),
        sa.ForeignKeyConstraint(["kit_id"], ["kit.id"], name=op.f("fk_movement_kit_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_movement_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_movement_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement")),
    )
    op.create_index(op.f("ix_movement_kit_id"), "movement", ["kit_id"], unique=False)
    op.create_table(
        "operational_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_operational_change_approval_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_operational_change_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_operational_change_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_operational_change_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operational_change")),
        sa.UniqueConstraint("approval_id", name=op.f("uq_operational_change_approval_id")),
    )
    op.create_table(
        "outage_pack",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_outage_pack_account_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["outage_pack.id"], name=op.f("fk_outage_pack_replaces_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_outage_pack_signature_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_outage_pack_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_outage_pack_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_outage_pack_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage_pack")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_outage_pack_replaces_id")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_outage_pack_study_id_number")),
    )
    op.create_index(op.f("ix_outage_pack_site_id"), "outage_pack", ["site_id"], unique=False)
    op.create_table(
        "planned_unblinding_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("unblinding_id", sa.Integer(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_planned_unblinding_decision_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_planned_unblinding_decision_signature_id")
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_planned_unblinding_decision_sponsor_id")
        ),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_planned_unblinding_decision_study_id")),
        sa.ForeignKeyConstraint(
            ["unblinding_id"], ["planned_unblinding.id"], name=op.f("fk_planned_unblinding_decision_unblinding_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_unblinding_decision")),
        sa.UniqueConstraint("unblinding_id", name=op.f("uq_planned_unblinding_decision_unblinding_id")),
    )
    op.create_table(
        "pooled_kit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("pool_kit_id", sa.Integer(), nullable=False),
        sa.Column("kit_id", sa.Integer(), nullable=False),
        sa.Column("depot_id", sa.Integer(), nullable=False),
        sa.Column("served_study_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_pooled_kit_depot_id")),
        sa.ForeignKeyConstraint(["kit_id"], ["kit.id"], name=op.f("fk_pooled_kit_kit_id")),
        sa.ForeignKeyConstraint(["pool_kit_id"], ["kit.id"], name=op.f("fk_pooled_kit_pool_kit_id")),
        sa.ForeignKeyConstraint(["served_study_id"], ["study.id"], name=op.f("fk_pooled_kit_served_study_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_pooled_kit_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_pooled_kit_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pooled_kit")),
        sa.UniqueConstraint("kit_id", name=op.f("uq_pooled_kit_kit_id")),
        sa.UniqueConstraint(
            "pool_kit_id", "served_study_id", name=op.f("uq_pooled_kit_pool_kit_id_served_study_id")
        ),
    )
    op.create_index(op.f("ix_pooled_kit_served_study_id"), "pooled_kit", ["served_study_id"], unique=False)
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=True),
        sa.Column("study_id", sa.Integer(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("depot_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "role IN ('investigator', 'coordinator', 'pharmacist', 'unblinded_pharmacist', 'monitor', 'unblinded_monitor', 'study_team', 'safety', 'supply_manager', 'supply_planner', 'depot', 'courier', 'customs_broker', 'qualified_person', 'quality', 'statistician', 'unblinded_statistician', 'configurator', 'help_desk', 'administrator', 'inspector', 'patient')",
            name=op.f("ck_role_grant_role"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_role_grant_account_id")),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_role_grant_depot_id")),
        sa.ForeignKeyConstraint(["granted_by_id"], ["account.id"], name=op.f("fk_role_grant_granted_by_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_role_grant_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_role_grant_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_role_grant_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(op.f("ix_role_grant_account_id"), "role_grant", ["account_id"], unique=False)
    op.create_table(
        "secret_approval_matter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], name=op.f("fk_secret_approval_matter_approval_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_approval_matter")),
        sa.UniqueConstraint("approval_id", name=op.f("uq_secret_approval_matter_approval_id")),
    )
    op.create_table(
        "secret_gate_courses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("scenario", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["gate_run.id"], name=op.f("fk_secret_gate_courses_run_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_gate_courses_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_gate_courses_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_gate_courses")),
        sa.UniqueConstraint("run_id", "scenario", name=op.f("uq_secret_gate_courses_run_id_scenario")),
    )
    op.create_table(
        "secret_gate_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["gate_run.id"], name=op.f("fk_secret_gate_record_run_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_gate_record_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_gate_record_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_gate_record")),
        sa.UniqueConstraint("run_id", name=op.f("uq_secret_gate_record_run_id")),
    )
    op.create_table(
        "secret_gate_results",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("scenario", sa.String(), nullable=False),
        sa.Column("replications", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["gate_run.id"], name=op.f("fk_secret_gate_results_run_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_gate_results_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_gate_results_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_gate_results")),
        sa.UniqueConstraint("run_id", "scenario", name=op.f("uq_secret_gate_results_run_id_scenario")),
    )
    op.create_table(
        "secret_kit_content",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("kit_id", sa.Integer(), nullable=False),
        sa.Column("kit_type", sa.String(), nullable=False),
        sa.Column("manufacturing_lot_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["kit_id"], ["kit.id"], name=op.f("fk_secret_kit_content_kit_id")),
        sa.ForeignKeyConstraint(
            ["manufacturing_lot_id"],
            ["secret_manufacturing_lot.id"],
            name=op.f("fk_secret_kit_content_manufacturing_lot_id"),
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_kit_content_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_kit_content_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_kit_content")),
        sa.UniqueConstraint("kit_id", name=op.f("uq_secret_kit_content_kit_id")),
    )
    op.create_index(
        "kit_content_known",
        "secret_kit_content",
        ["kit_id", "kit_type", "sequence", "manufacturing_lot_id"],
        unique=False,
    )
    op.create_index(
        "kit_content_sequence", "secret_kit_content", ["manufacturing_lot_id", "sequence"], unique=False
    )
    op.create_table(
        "secret_randomization_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("csv", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("merkle_root", sa.String(), nullable=False),
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], name=op.f("fk_secret_randomization_list_approval_id")
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_randomization_list_sponsor_id")
        ),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_randomization_list_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_randomization_list")),
        sa.UniqueConstraint("approval_id", name=op.f("uq_secret_randomization_list_approval_id")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_secret_randomization_list_study_id_number")),
    )
    op.create_index(
        op.f("ix_secret_randomization_list_sha256"), "secret_randomization_list", ["sha256"], unique=False
    )
    op.create_table(
        "secret_release_reason",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_release_reason_sponsor_id")),
        sa.ForeignKeyConstraint(["step_id"], ["release_step.id"], name=op.f("fk_secret_release_reason_step_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_release_reason_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_release_reason")),
        sa.UniqueConstraint("step_id", name=op.f("uq_secret_release_reason_step_id")),
    )
    op.create_table(
        "secret_restricted_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_restricted_part_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_restricted_part_study_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["study_version.id"], name=op.f("fk_secret_restricted_part_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_restricted_part")),
        sa.UniqueConstraint("version_id", name=op.f("uq_secret_restricted_part_version_id")),
    )
    op.create_table(
        "secret_run_inputs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["optimization_run.id"], name=op.f("fk_secret_run_inputs_run_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_run_inputs_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_run_inputs_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_run_inputs")),
        sa.UniqueConstraint("run_id", name=op.f("uq_secret_run_inputs_run_id")),
    )
    op.create_table(
        "secret_run_progress",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("bound", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["optimization_run.id"], name=op.f("fk_secret_run_progress_run_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_run_progress_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_run_progress_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_run_progress")),
    )
    op.create_index(op.f("ix_secret_run_progress_run_id"), "secret_run_progress", ["run_id"], unique=False)
    op.create_table(
        "secret_unblinded_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("unblinding_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("subjects", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_secret_unblinded_list_account_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_unblinded_list_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_unblinded_list_study_id")),
        sa.ForeignKeyConstraint(
            ["unblinding_id"], ["planned_unblinding.id"], name=op.f("fk_secret_unblinded_list_unblinding_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_unblinded_list")),
    )
    op.create_index(
        op.f("ix_secret_unblinded_list_unblinding_id"), "secret_unblinded_list", ["unblinding_id"], unique=False
    )
    op.create_table(
        "shipment_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("software", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["optimization_run.id"], name=op.f("fk_shipment_plan_run_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_shipment_plan_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_shipment_plan_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_plan")),
        sa.UniqueConstraint("run_id", name=op.f("uq_shipment_plan_run_id")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_shipment_plan_study_id_number")),
    )
    op.create_table(
        "site_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("version_number", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("document_hash", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('ethics_committee', 'regulatory_authority', 'import_licence', 'insurance', 'contract', 'staff_training', 'pharmacy_ready', 'code_break_practice')",
            name=op.f("ck_site_approval_kind"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_site_approval_account_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_approval_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_site_approval_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_site_approval_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_approval")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_site_approval_study_id_number")),
    )
    op.create_table(
        "site_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_site_version_account_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_version_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_site_version_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_site_version_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_version")),
    )
    op.create_index(op.f("ix_site_version_site_id"), "site_version", ["site_id"], unique=False)
    op.create_table(
        "stock_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("matched", sa.Integer(), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.Column("scanned", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_stock_count_account_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_stock_count_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_stock_count_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_stock_count_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count")),
    )
    op.create_index(op.f("ix_stock_count_site_id"), "stock_count", ["site_id"], unique=False)
    op.create_table(
        "stock_difference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("depot_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("here", sa.String(), nullable=False),
        sa.Column("there", sa.String(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("last_message_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("act", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('missing_here', 'missing_there', 'other_status', 'other_label', 'other_count')",
            name=op.f("ck_stock_difference_kind"),
        ),
        sa.CheckConstraint(
            "status IN ('open', 'explained', 'corrected', 'accepted', 'gone')",
            name=op.f("ck_stock_difference_status"),
        ),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_stock_difference_depot_id")),
        sa.ForeignKeyConstraint(
            ["last_message_id"], ["vendor_message.id"], name=op.f("fk_stock_difference_last_message_id")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["vendor_message.id"], name=op.f("fk_stock_difference_message_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_stock_difference_owner_id")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["account.id"], name=op.f("fk_stock_difference_settled_by_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_stock_difference_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_stock_difference_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_difference")),
    )
    op.create_index("stock_difference_stage", "stock_difference", ["study_id", "depot_id", "status"], unique=False)
    op.create_table(
        "storage_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("storage", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_storage_unit_account_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_storage_unit_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_storage_unit_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_storage_unit_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storage_unit")),
        sa.UniqueConstraint("site_id", "name", name=op.f("uq_storage_unit_site_id_name")),
    )
    op.create_table(
        "study_issue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("rank", sa.String(32), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('site', 'supply', 'system', 'data', 'people', 'regulatory', 'other')",
            name=op.f("ck_study_issue_kind"),
        ),
        sa.CheckConstraint("rank IN ('minor', 'major')", name=op.f("ck_study_issue_rank")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_study_issue_account_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_study_issue_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_study_issue_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_study_issue_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_issue")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_study_issue_study_id_number")),
    )
    op.create_table(
        "subject",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("dose_level", sa.String(), nullable=True),
        sa.Column("screened_on", sa.Date(), nullable=False),
        sa.Column("run_in_on", sa.Date(), nullable=True),
        sa.Column("randomized_on", sa.Date(), nullable=True),
        sa.Column("code_broken_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('screening', 'screen_failed', 'run_in', 'run_in_failed', 'randomized', 'on_treatment', 'dose_hold', 'off_treatment', 'follow_up', 'completed', 'withdrawn', 'lost_to_follow_up')",
            name=op.f("ck_subject_status"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_subject_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_subject_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_subject_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_subject_study_id_number")),
    )
    op.create_index(op.f("ix_subject_site_id"), "subject", ["site_id"], unique=False)
    op.create_table(
        "witnessed_kit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("kit_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "event IN ('release', 'reserve', 'unreserve', 'pack', 'send_on', 'unpack', 'receive', 'receive_quarantined', 'receive_damaged', 'receive_missing', 'receive_at_depot', 'return_to_depot', 'quarantine', 'accept', 'reject', 'recall', 'damage', 'go_missing', 'find_at_site', 'find_at_depot', 'preallocate', 'assign', 'hand_over', 'hand_over_wrongly', 'deliver', 'collect', 'reverse', 'take_back', 'lose', 'spoil', 'verify', 'monitor', 'ship_return', 'receive_for_destruction', 'destroy', 'transfer_out', 'transfer_in')",
            name=op.f("ck_witnessed_kit_event"),
        ),
        sa.ForeignKeyConstraint(["kit_id"], ["kit.id"], name=op.f("fk_witnessed_kit_kit_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_witnessed_kit_signature_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_witnessed_kit_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_witnessed_kit_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_witnessed_kit")),
    )
    op.create_index(op.f("ix_witnessed_kit_kit_id"), "witnessed_kit", ["kit_id"], unique=False)
    op.create_table(
        "accidental_unblinding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=True),
        sa.Column("learner", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("deviation", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_accidental_unblinding_account_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["account.id"], name=op.f("fk_accidental_unblinding_learner_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_accidental_unblinding_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_accidental_unblinding_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_accidental_unblinding_study_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_accidental_unblinding_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accidental_unblinding")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_accidental_unblinding_study_id_number")),
    )
    op.create_index(op.f("ix_accidental_unblinding_site_id"), "accidental_unblinding", ["site_id"], unique=False)
    op.create_index(
        op.f("ix_accidental_unblinding_subject_id"), "accidental_unblinding", ["subject_id"], unique=False
    )
    op.create_table(
        "code_break",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("reason_category", sa.String(), nullable=False),
        sa.Column("narrative", sa.String(), nullable=True),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_code_break_account_id")),
        sa.ForeignKeyConstraint(["reviewed_by_id"], ["account.id"], name=op.f("fk_code_break_reviewed_by_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_code_break_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_code_break_study_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_code_break_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_break")),
    )
    op.create_index(op.f("ix_code_break_subject_id"), "code_break", ["subject_id"], unique=False)
    op.create_table(
        "code_break_practice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        sa.Column("pack_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_code_break_practice_account_id")),
        sa.ForeignKeyConstraint(["pack_id"], ["outage_pack.id"], name=op.f("fk_code_break_practice_pack_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_code_break_practice_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_code_break_practice_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_code_break_practice_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_break_practice")),
    )
    op.create_index(op.f("ix_code_break_practice_site_id"), "code_break_practice", ["site_id"], unique=False)
    op.create_table(
        "controlled_licence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("depot_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["operational_change.id"], name=op.f("fk_controlled_licence_change_id")
        ),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_controlled_licence_depot_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_controlled_licence_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_controlled_licence_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_controlled_licence_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_controlled_licence")),
    )
    op.create_index(op.f("ix_controlled_licence_depot_id"), "controlled_licence", ["depot_id"], unique=False)
    op.create_index(op.f("ix_controlled_licence_site_id"), "controlled_licence", ["site_id"], unique=False)
    op.create_table(
        "deviation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_deviation_account_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_deviation_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_deviation_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_deviation_study_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_deviation_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deviation")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_deviation_study_id_number")),
    )
    op.create_index(op.f("ix_deviation_subject_id"), "deviation", ["subject_id"], unique=False)
    op.create_table(
        "discrepancy_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("movement_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("happened", sa.String(), nullable=False),
        sa.Column("told_to", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["movement_id"], ["movement.id"], name=op.f("fk_discrepancy_report_movement_id")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_discrepancy_report_signature_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_discrepancy_report_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_discrepancy_report_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_discrepancy_report_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discrepancy_report")),
        sa.UniqueConstraint("movement_id", name=op.f("uq_discrepancy_report_movement_id")),
    )
    op.create_table(
        "dispensing_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("visit_code", sa.String(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("dose_level", sa.String(), nullable=True),
        sa.Column("weight_kg", sa.String(), nullable=True),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_dispensing_order_signature_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_dispensing_order_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_dispensing_order_study_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_dispensing_order_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispensing_order")),
    )
    op.create_index(op.f("ix_dispensing_order_subject_id"), "dispensing_order", ["subject_id"], unique=False)
    op.create_table(
        "home_address_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("sealed_key", sa.String(), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_home_address_key_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_home_address_key_study_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_home_address_key_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_address_key")),
    )
    op.create_index(op.f("ix_home_address_key_subject_id"), "home_address_key", ["subject_id"], unique=False)
    op.create_table(
        "import_licence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("kits", sa.JSON(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["change_id"], ["operational_change.id"], name=op.f("fk_import_licence_change_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_import_licence_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_import_licence_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_licence")),
    )
    op.create_table(
        "kit_return",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("kit_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("fate", sa.String(32), nullable=True),
        sa.Column("units_returned", sa.Integer(), nullable=True),
        sa.Column("units_used", sa.Integer(), nullable=True),
        sa.Column("units_lost", sa.Integer(), nullable=True),
        sa.Column("units_damaged", sa.Integer(), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("fate IN ('unused', 'used', 'damaged', 'lost')", name=op.f("ck_kit_return_fate")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_kit_return_account_id")),
        sa.ForeignKeyConstraint(["kit_id"], ["kit.id"], name=op.f("fk_kit_return_kit_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_kit_return_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_kit_return_study_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_kit_return_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_return")),
    )
    op.create_index(op.f("ix_kit_return_kit_id"), "kit_return", ["kit_id"], unique=False)
    op.create_table(
        "lane",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("lead_time_days", sa.Integer(), nullable=False),
        sa.Column("calendar", sa.JSON(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["change_id"], ["operational_change.id"], name=op.f("fk_lane_change_id")),
        sa.ForeignKeyConstraint(["origin_id"], ["depot.id"], name=op.f("fk_lane_origin_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_lane_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_lane_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lane")),
    )
    op.create_table(
        "outage_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("pack_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("outage_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('dispensing', 'code_break', 'receipt')", name=op.f("ck_outage_entry_kind")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_outage_entry_account_id")),
        sa.ForeignKeyConstraint(["pack_id"], ["outage_pack.id"], name=op.f("fk_outage_entry_pack_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_outage_entry_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_outage_entry_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage_entry")),
        sa.UniqueConstraint("pack_id", "number", name=op.f("uq_outage_entry_pack_id_number")),
    )
    op.create_table(
        "outage_kit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("pack_id", sa.Integer(), nullable=False),
        sa.Column("kit_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("visit_code", sa.String(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["kit_id"], ["kit.id"], name=op.f("fk_outage_kit_kit_id")),
        sa.ForeignKeyConstraint(["pack_id"], ["outage_pack.id"], name=op.f("fk_outage_kit_pack_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_outage_kit_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_outage_kit_study_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_outage_kit_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage_kit")),
        sa.UniqueConstraint("pack_id", "kit_id", name=op.f("uq_outage_kit_pack_id_kit_id")),
    )
    op.create_index(op.f("ix_outage_kit_kit_id"), "outage_kit", ["kit_id"], unique=False)
    op.create_table(
        "outage_pack_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("pack_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("event IN ('recall', 'close')", name=op.f("ck_outage_pack_step_event")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_outage_pack_step_account_id")),
        sa.ForeignKeyConstraint(["pack_id"], ["outage_pack.id"], name=op.f("fk_outage_pack_step_pack_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_outage_pack_step_signature_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_outage_pack_step_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_outage_pack_step_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage_pack_step")),
        sa.UniqueConstraint("pack_id", "event", name=op.f("uq_outage_pack_step_pack_id_event")),
    )
    op.create_table(
        "plan_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_plan_approval_account_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["shipment_plan.id"], name=op.f("fk_plan_approval_plan_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_plan_approval_signature_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_plan_approval_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_plan_approval_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_approval")),
        sa.UniqueConstraint("plan_id", name=op.f("uq_plan_approval_plan_id")),
    )
    op.create_table(
        "plan_edit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("storage", sa.String(), nullable=False),
        sa.Column("dispatch_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('fixed', 'forbidden', 'free')", name=op.f("ck_plan_edit_kind")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_plan_edit_account_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["shipment_plan.id"], name=op.f("fk_plan_edit_plan_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_plan_edit_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_plan_edit_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_edit")),
    )
    op.create_index(op.f("ix_plan_edit_plan_id"), "plan_edit", ["plan_id"], unique=False)
    op.create_table(
        "plan_way",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("way", sa.JSON(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["change_id"], ["operational_change.id"], name=op.f("fk_plan_way_change_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_plan_way_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_plan_way_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_way")),
    )
    op.create_table(
        "planned_consignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("to_depot", sa.Boolean(), nullable=False),
        sa.Column("storage", sa.String(), nullable=False),
        sa.Column("dispatch_on", sa.Date(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("kits", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["shipment_plan.id"], name=op.f("fk_planned_consignment_plan_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_planned_consignment_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_planned_consignment_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_consignment")),
        sa.UniqueConstraint(
            "plan_id",
            "lane",
            "storage",
            "dispatch_on",
            name=op.f("uq_planned_consignment_plan_id_lane_storage_dispatch_on"),
        ),
    )
    op.create_table(
        "randomization",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("assignment_number", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["replaces_id"], ["randomization.id"], name=op.f("fk_randomization_replaces_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_randomization_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_randomization_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_randomization_study_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_randomization_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_randomization")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_randomization_replaces_id")),
        sa.UniqueConstraint(
            "study_id", "assignment_number", name=op.f("uq_randomization_study_id_assignment_number")
        ),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_randomization_study_id_number")),
        sa.UniqueConstraint("subject_id", "stage", name=op.f("uq_randomization_subject_id_stage")),
    )
    op.create_index(op.f("ix_randomization_site_id"), "randomization", ["site_id"], unique=False)
    op.create_table(
        "screening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("earlier_id", sa.Integer(), nullable=True),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["earlier_id"], ["screening.id"], name=op.f("fk_screening_earlier_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_screening_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_screening_study_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_screening_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_screening_study_id_number")),
    )
    op.create_index(op.f("ix_screening_subject_id"), "screening", ["subject_id"], unique=False)
    op.create_table(
        "secret_list_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("arm", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["secret_randomization_list.id"], name=op.f("fk_secret_list_entry_list_id")
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_list_entry_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_list_entry_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_list_entry")),
        sa.UniqueConstraint(
            "study_id", "stratum", "position", name=op.f("uq_secret_list_entry_study_id_stratum_position")
        ),
    )
    op.create_table(
        "secret_plan_content",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("cost", sa.JSON(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("bound", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("verdict", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["shipment_plan.id"], name=op.f("fk_secret_plan_content_plan_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_plan_content_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_plan_content_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_plan_content")),
        sa.UniqueConstraint("plan_id", name=op.f("uq_secret_plan_content_plan_id")),
    )
    op.create_index(op.f("ix_secret_plan_content_hash"), "secret_plan_content", ["hash"], unique=False)
    op.create_table(
        "secret_resupply_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("depot_id", sa.Integer(), nullable=True),
        sa.Column("kit_type", sa.String(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("maximum", sa.Integer(), nullable=False),
        sa.Column("trigger_days", sa.Integer(), nullable=True),
        sa.Column("resupply_days", sa.Integer(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["change_id"], ["operational_change.id"], name=op.f("fk_secret_resupply_setting_change_id")
        ),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_secret_resupply_setting_depot_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_secret_resupply_setting_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_resupply_setting_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_resupply_setting_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_resupply_setting")),
    )
    op.create_table(
        "secret_safety_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("serious", sa.Boolean(), nullable=False),
        sa.Column("suspected", sa.Boolean(), nullable=False),
        sa.Column("expected", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("unblinded", sa.Boolean(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_secret_safety_case_account_id")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_secret_safety_case_signature_id")
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_safety_case_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_safety_case_study_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_secret_safety_case_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_safety_case")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_secret_safety_case_study_id_number")),
    )
    op.create_index(op.f("ix_secret_safety_case_subject_id"), "secret_safety_case", ["subject_id"], unique=False)
    op.create_table(
        "secret_treatment_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_secret_treatment_look_account_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_secret_treatment_look_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_treatment_look_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_treatment_look_study_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_secret_treatment_look_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_treatment_look")),
    )
    op.create_index(op.f("ix_secret_treatment_look_site_id"), "secret_treatment_look", ["site_id"], unique=False)
    op.create_table(
        "secret_vendor_sku",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("depot_id", sa.Integer(), nullable=False),
        sa.Column("kit_type", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["operational_change.id"], name=op.f("fk_secret_vendor_sku_change_id")
        ),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_secret_vendor_sku_depot_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_vendor_sku_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_vendor_sku_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_vendor_sku")),
    )
    op.create_index(op.f("ix_secret_vendor_sku_depot_id"), "secret_vendor_sku", ["depot_id"], unique=False)
    op.create_table(
        "shipment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("origin_depot_id", sa.Integer(), nullable=True),
        sa.Column("target_depot_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("raised_by", sa.String(), nullable=False),
        sa.Column("storage", sa.String(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dispatch_on", sa.Date(), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("waybill", sa.String(), nullable=True),
        sa.Column("monitor", sa.String(), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("temperature", sa.String(), nullable=True),
        sa.Column("signature_id", sa.Integer(), nullable=True),
        sa.Column("item_lines", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('proposed', 'awaiting_approval', 'requested', 'acknowledged', 'picked', 'packed', 'in_transit', 'customs_hold', 'delivered', 'received', 'received_partly', 'received_with_discrepancy', 'closed', 'cancelled', 'rejected_by_depot', 'lost', 'returned_to_depot')",
            name=op.f("ck_shipment_status"),
        ),
        sa.ForeignKeyConstraint(["origin_depot_id"], ["depot.id"], name=op.f("fk_shipment_origin_depot_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_shipment_signature_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_shipment_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_shipment_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_shipment_study_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_shipment_subject_id")),
        sa.ForeignKeyConstraint(["target_depot_id"], ["depot.id"], name=op.f("fk_shipment_target_depot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_shipment_study_id_number")),
    )
    op.create_index(op.f("ix_shipment_site_id"), "shipment", ["site_id"], unique=False)
    op.create_index("shipment_stage", "shipment", ["study_id", "status"], unique=False)
    op.create_table(
        "shipper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("hold_hours", sa.JSON(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["change_id"], ["operational_change.id"], name=op.f("fk_shipper_change_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_shipper_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_shipper_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipper")),
    )
    op.create_table(
        "site_approval_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("signature_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_site_approval_step_account_id")),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["site_approval.id"], name=op.f("fk_site_approval_step_approval_id")
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_site_approval_step_signature_id")
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_site_approval_step_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_site_approval_step_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_approval_step")),
        sa.UniqueConstraint("approval_id", "step", name=op.f("uq_site_approval_step_approval_id_step")),
    )
    op.create_table(
        "site_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["change_id"], ["operational_change.id"], name=op.f("fk_site_contact_change_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_contact_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_site_contact_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_site_contact_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_contact")),
    )
    op.create_index(op.f("ix_site_contact_site_id"), "site_contact", ["site_id"], unique=False)
    op.create_table(
        "site_detail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("depot_id", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["change_id"], ["operational_change.id"], name=op.f("fk_site_detail_change_id")),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_site_detail_depot_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_detail_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_site_detail_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_site_detail_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_detail")),
    )
    op.create_index(op.f("ix_site_detail_site_id"), "site_detail", ["site_id"], unique=False)
    op.create_table(
        "study_issue_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_study_issue_step_account_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["study_issue.id"], name=op.f("fk_study_issue_step_issue_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_study_issue_step_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_study_issue_step_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_issue_step")),
    )
    op.create_index(op.f("ix_study_issue_step_issue_id"), "study_issue_step", ["issue_id"], unique=False)
    op.create_table(
        "subject_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_subject_event_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_subject_event_study_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_subject_event_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_event")),
    )
    op.create_index(op.f("ix_subject_event_subject_id"), "subject_event", ["subject_id"], unique=False)
    op.create_table(
        "subject_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("weight_kg", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint("status IN ('planned', 'done', 'skipped')", name=op.f("ck_subject_visit_status")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_subject_visit_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_subject_visit_study_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_subject_visit_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_visit")),
        sa.UniqueConstraint(
            "subject_id", "code", "occurrence", name=op.f("uq_subject_visit_subject_id_code_occurrence")
        ),
    )
    op.create_table(
        "supply_stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("stops_on", sa.Date(), nullable=True),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["operational_change.id"], name=op.f("fk_supply_stop_change_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_supply_stop_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_supply_stop_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_supply_stop_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_stop")),
    )
    op.create_index(op.f("ix_supply_stop_site_id"), "supply_stop", ["site_id"], unique=False)
    op.create_table(
        "vendor_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("depot_id", sa.Integer(), nullable=False),
        sa.Column("code_of", sa.String(32), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("code_of IN ('site', 'depot', 'product')", name=op.f("ck_vendor_code_code_of")),
        sa.ForeignKeyConstraint(["change_id"], ["operational_change.id"], name=op.f("fk_vendor_code_change_id")),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_vendor_code_depot_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_vendor_code_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_vendor_code_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_code")),
    )
    op.create_index(op.f("ix_vendor_code_depot_id"), "vendor_code", ["depot_id"], unique=False)
    op.create_table(
        "weighing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("visit_code", sa.String(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("weight_kg", sa.String(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("confirms_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_weighing_account_id")),
        sa.ForeignKeyConstraint(["confirms_id"], ["weighing.id"], name=op.f("fk_weighing_confirms_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_weighing_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_weighing_study_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_weighing_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weighing")),
        sa.UniqueConstraint("confirms_id", name=op.f("uq_weighing_confirms_id")),
    )
    op.create_index(op.f("ix_weighing_subject_id"), "weighing", ["subject_id"], unique=False)
    op.create_table(
        "accidental_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("unblinding_id", sa.Integer(), nullable=False),
        sa.Column("consequence", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_accidental_decision_account_id")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_accidental_decision_signature_id")
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_accidental_decision_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_accidental_decision_study_id")),
        sa.ForeignKeyConstraint(
            ["unblinding_id"], ["accidental_unblinding.id"], name=op.f("fk_accidental_decision_unblinding_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accidental_decision")),
        sa.UniqueConstraint("unblinding_id", name=op.f("uq_accidental_decision_unblinding_id")),
    )
    op.create_table(
        "annotation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("randomization_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("corrected_levels", sa.JSON(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_annotation_account_id")),
        sa.ForeignKeyConstraint(
            ["randomization_id"], ["randomization.id"], name=op.f("fk_annotation_randomization_id")
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_annotation_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_annotation_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotation")),
    )
    op.create_index(op.f("ix_annotation_randomization_id"), "annotation", ["randomization_id"], unique=False)
    op.create_table(
        "carrier_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("booked", sa.String(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "status IN ('picked_up', 'in_transit', 'customs', 'out_for_delivery', 'delivered', 'exception')",
            name=op.f("ck_carrier_event_status"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_carrier_event_account_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_carrier_event_shipment_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_carrier_event_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_carrier_event_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_event")),
        sa.UniqueConstraint(
            "shipment_id", "status", "occurred_at", name=op.f("uq_carrier_event_shipment_id_status_occurred_at")
        ),
    )
    op.create_table(
        "deviation_closure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("deviation_id", sa.Integer(), nullable=False),
        sa.Column("assessment", sa.String(), nullable=False),
        sa.Column("kits", sa.JSON(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_deviation_closure_account_id")),
        sa.ForeignKeyConstraint(["deviation_id"], ["deviation.id"], name=op.f("fk_deviation_closure_deviation_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_deviation_closure_signature_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_deviation_closure_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_deviation_closure_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deviation_closure")),
        sa.UniqueConstraint("deviation_id", name=op.f("uq_deviation_closure_deviation_id")),
    )
    op.create_table(
        "dispensing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "status IN ('assigned', 'handed_over', 'handed_over_partly', 'not_done')",
            name=op.f("ck_dispensing_status"),
        ),
        sa.ForeignKeyConstraint(["assigned_by_id"], ["account.id"], name=op.f("fk_dispensing_assigned_by_id")),
        sa.ForeignKeyConstraint(["order_id"], ["dispensing_order.id"], name=op.f("fk_dispensing_order_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_dispensing_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_dispensing_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_dispensing_study_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_dispensing_subject_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["subject_visit.id"], name=op.f("fk_dispensing_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispensing")),
    )
    op.create_index(op.f("ix_dispensing_site_id"), "dispensing", ["site_id"], unique=False)
    op.create_index(op.f("ix_dispensing_subject_id"), "dispensing", ["subject_id"], unique=False)
    op.create_index(op.f("ix_dispensing_visit_id"), "dispensing", ["visit_id"], unique=False)
    op.create_table(
        "excursion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=True),
        sa.Column("storage_unit_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.CheckConstraint(
            "status IN ('suspected', 'reported', 'under_assessment', 'accepted', 'rejected', 'partly_accepted', 'no_data', 'logger_fault', 'closed')",
            name=op.f("ck_excursion_status"),
        ),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_excursion_shipment_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_excursion_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_excursion_sponsor_id")),
        sa.ForeignKeyConstraint(
            ["storage_unit_id"], ["storage_unit.id"], name=op.f("fk_excursion_storage_unit_id")
        ),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_excursion_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_excursion")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_excursion_study_id_number")),
    )
    op.create_table(
        "home_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["home_address_key.id"], name=op.f("fk_home_address_key_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_home_address_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_home_address_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_address")),
    )
    op.create_index(op.f("ix_home_address_key_id"), "home_address", ["key_id"], unique=False)
    op.create_table(
        "home_pickup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("label_hash", sa.String(), nullable=False),
        sa.Column("slot_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("slot_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_home_pickup_shipment_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_home_pickup_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_home_pickup_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_home_pickup_study_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_home_pickup_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_pickup")),
        sa.UniqueConstraint("label_hash", name=op.f("uq_home_pickup_label_hash")),
        sa.UniqueConstraint("shipment_id", name=op.f("uq_home_pickup_shipment_id")),
    )
    op.create_index(op.f("ix_home_pickup_site_id"), "home_pickup", ["site_id"], unique=False)
    op.create_index(op.f("ix_home_pickup_subject_id"), "home_pickup", ["subject_id"], unique=False)
    op.create_table(
        "item_movement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("expiry", sa.Date(), nullable=False),
        sa.Column("custody", sa.String(32), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("pile", sa.String(32), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("shipment_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "act IN ('receive', 'send', 'arrive', 'lose', 'bring_back', 'hand_out', 'take_back', 'set_aside', 'destroy', 'count')",
            name=op.f("ck_item_movement_act"),
        ),
        sa.CheckConstraint(
            "custody IN ('depot', 'shipment', 'site', 'subject', 'vendor', 'study', 'unknown')",
            name=op.f("ck_item_movement_custody"),
        ),
        sa.CheckConstraint("pile IN ('usable', 'set_aside')", name=op.f("ck_item_movement_pile")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_item_movement_account_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_item_movement_shipment_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_item_movement_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_item_movement_study_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_item_movement_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_movement")),
    )
    op.create_table(
        "kit_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("blinded_lot_id", sa.Integer(), nullable=True),
        sa.Column("first_kit", sa.String(), nullable=True),
        sa.Column("last_kit", sa.String(), nullable=True),
        sa.Column("shipment_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("kits", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("act IN ('open', 'lift')", name=op.f("ck_kit_hold_act")),
        sa.CheckConstraint("kind IN ('recall', 'quarantine', 'drill')", name=op.f("ck_kit_hold_kind")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_kit_hold_account_id")),
        sa.ForeignKeyConstraint(["blinded_lot_id"], ["blinded_lot.id"], name=op.f("fk_kit_hold_blinded_lot_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_kit_hold_job_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_kit_hold_shipment_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_kit_hold_signature_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_kit_hold_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_kit_hold_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_kit_hold_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_hold")),
        sa.UniqueConstraint("study_id", "number", "act", name=op.f("uq_kit_hold_study_id_number_act")),
    )
    op.create_table(
        "outage_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("as_on_paper", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_outage_check_account_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["outage_entry.id"], name=op.f("fk_outage_check_entry_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_outage_check_signature_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_outage_check_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_outage_check_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage_check")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_outage_check_entry_id")),
    )
    op.create_table(
        "outage_seal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("pack_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("randomization_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["pack_id"], ["outage_pack.id"], name=op.f("fk_outage_seal_pack_id")),
        sa.ForeignKeyConstraint(
            ["randomization_id"], ["randomization.id"], name=op.f("fk_outage_seal_randomization_id")
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_outage_seal_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_outage_seal_study_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_outage_seal_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage_seal")),
        sa.UniqueConstraint("pack_id", "number", name=op.f("uq_outage_seal_pack_id_number")),
    )
    op.create_table(
        "planned_shipment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("consignment_id", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consignment_id"], ["planned_consignment.id"], name=op.f("fk_planned_shipment_consignment_id")
        ),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_planned_shipment_shipment_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_planned_shipment_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_planned_shipment_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_shipment")),
        sa.UniqueConstraint("consignment_id", name=op.f("uq_planned_shipment_consignment_id")),
        sa.UniqueConstraint("shipment_id", name=op.f("uq_planned_shipment_shipment_id")),
    )
    op.create_table(
        "relabelling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.Column("shipment_id", sa.Integer(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("masters", sa.JSON(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("custody", sa.String(32), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("labels_issued", sa.Integer(), nullable=False),
        sa.Column("labels_used", sa.Integer(), nullable=False),
        sa.Column("labels_spoiled", sa.Integer(), nullable=False),
        sa.Column("labels_destroyed", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "custody IN ('depot', 'shipment', 'site', 'subject', 'vendor', 'study', 'unknown')",
            name=op.f("ck_relabelling_custody"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_relabelling_account_id")),
        sa.ForeignKeyConstraint(["change_id"], ["expiry_change.id"], name=op.f("fk_relabelling_change_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_relabelling_shipment_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_relabelling_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_relabelling_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relabelling")),
    )
    op.create_index(op.f("ix_relabelling_shipment_id"), "relabelling", ["shipment_id"], unique=False)
    op.create_table(
        "return_box",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("box", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_return_box_shipment_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_return_box_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_return_box_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_box")),
        sa.UniqueConstraint("shipment_id", "box", name=op.f("uq_return_box_shipment_id_box")),
    )
    op.create_table(
        "return_shipment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("depot_id", sa.Integer(), nullable=False),
        sa.Column("packed_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_return_shipment_depot_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_return_shipment_shipment_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_return_shipment_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_return_shipment_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_return_shipment_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_shipment")),
        sa.UniqueConstraint("shipment_id", name=op.f("uq_return_shipment_shipment_id")),
    )
    op.create_index(op.f("ix_return_shipment_depot_id"), "return_shipment", ["depot_id"], unique=False)
    op.create_index(op.f("ix_return_shipment_site_id"), "return_shipment", ["site_id"], unique=False)
    op.create_table(
        "returned_in_box",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("kit_id", sa.Integer(), nullable=False),
        sa.Column("box", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["kit_id"], ["kit.id"], name=op.f("fk_returned_in_box_kit_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_returned_in_box_shipment_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_returned_in_box_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_returned_in_box_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returned_in_box")),
        sa.UniqueConstraint("shipment_id", "kit_id", name=op.f("uq_returned_in_box_shipment_id_kit_id")),
    )
    op.create_index(op.f("ix_returned_in_box_kit_id"), "returned_in_box", ["kit_id"], unique=False)
    op.create_table(
        "secret_consignment_content",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("consignment_id", sa.Integer(), nullable=False),
        sa.Column("shippers", sa.JSON(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consignment_id"],
            ["planned_consignment.id"],
            name=op.f("fk_secret_consignment_content_consignment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_consignment_content_sponsor_id")
        ),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_consignment_content_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_consignment_content")),
        sa.UniqueConstraint("consignment_id", name=op.f("uq_secret_consignment_content_consignment_id")),
    )
    op.create_table(
        "secret_consignment_stay",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("consignment_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consignment_id"], ["planned_consignment.id"], name=op.f("fk_secret_consignment_stay_consignment_id")
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_consignment_stay_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_consignment_stay_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_consignment_stay")),
    )
    op.create_index(
        op.f("ix_secret_consignment_stay_consignment_id"),
        "secret_consignment_stay",
        ["consignment_id"],
        unique=False,
    )
    op.create_table(
        "secret_response",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("randomization_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("data_cut_off", sa.Date(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_secret_response_account_id")),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["secret_response.id"], name=op.f("fk_secret_response_corrects_id")
        ),
        sa.ForeignKeyConstraint(
            ["randomization_id"], ["randomization.id"], name=op.f("fk_secret_response_randomization_id")
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_response_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_response_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_response")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_secret_response_corrects_id")),
    )
    op.create_index(
        op.f("ix_secret_response_randomization_id"), "secret_response", ["randomization_id"], unique=False
    )
    op.create_table(
        "secret_shipment_calculation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("trace", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipment.id"], name=op.f("fk_secret_shipment_calculation_shipment_id")
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_shipment_calculation_sponsor_id")
        ),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_shipment_calculation_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_shipment_calculation")),
        sa.UniqueConstraint("shipment_id", name=op.f("uq_secret_shipment_calculation_shipment_id")),
    )
    op.create_table(
        "secret_treatment_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("randomization_id", sa.Integer(), nullable=False),
        sa.Column("arm", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("probabilities", sa.JSON(), nullable=False),
        sa.Column("draws", sa.JSON(), nullable=False),
        sa.Column("state_seen", sa.JSON(), nullable=False),
        sa.Column("stock_seen", sa.JSON(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["randomization_id"], ["randomization.id"], name=op.f("fk_secret_treatment_assignment_randomization_id")
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_treatment_assignment_sponsor_id")
        ),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_treatment_assignment_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_treatment_assignment")),
        sa.UniqueConstraint("randomization_id", name=op.f("uq_secret_treatment_assignment_randomization_id")),
    )
    op.create_table(
        "shipment_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("expiry", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=True),
        sa.Column("arrived", sa.Integer(), nullable=True),
        sa.Column("damaged", sa.Integer(), nullable=True),
        sa.Column("missing", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_shipment_item_shipment_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_shipment_item_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_shipment_item_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_item")),
        sa.UniqueConstraint("shipment_id", "item", "lot", name=op.f("uq_shipment_item_shipment_id_item_lot")),
    )
    op.create_table(
        "shipment_kit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("kit_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["kit_id"], ["kit.id"], name=op.f("fk_shipment_kit_kit_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_shipment_kit_shipment_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_shipment_kit_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_shipment_kit_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_kit")),
        sa.UniqueConstraint("shipment_id", "kit_id", name=op.f("uq_shipment_kit_shipment_id_kit_id")),
    )
    op.create_index(op.f("ix_shipment_kit_kit_id"), "shipment_kit", ["kit_id"], unique=False)
    op.create_index(
        "shipment_kit_underway",
        "shipment_kit",
        ["shipment_id", "kit_id"],
        unique=False,
        postgresql_where=sa.text("outcome IS NULL"),
        sqlite_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "shipment_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "event IN ('send_for_approval', 'request', 'acknowledge', 'reject', 'pick', 'pack', 'dispatch', 'hold_at_customs', 'clear_customs', 'deliver', 'receive', 'receive_partly', 'receive_with_discrepancy', 'close', 'cancel', 'lose', 'return')",
            name=op.f("ck_shipment_step_event"),
        ),
        sa.CheckConstraint(
            "status IN ('proposed', 'awaiting_approval', 'requested', 'acknowledged', 'picked', 'packed', 'in_transit', 'customs_hold', 'delivered', 'received', 'received_partly', 'received_with_discrepancy', 'closed', 'cancelled', 'rejected_by_depot', 'lost', 'returned_to_depot')",
            name=op.f("ck_shipment_step_status"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_shipment_step_account_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_shipment_step_shipment_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_shipment_step_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_shipment_step_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_step")),
    )
    op.create_index(op.f("ix_shipment_step_shipment_id"), "shipment_step", ["shipment_id"], unique=False)
    op.create_table(
        "visit_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "event IN ('hold_visit', 'skip', 'reopen', 'correct')", name=op.f("ck_visit_step_event")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_visit_step_account_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_visit_step_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_visit_step_study_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["subject_visit.id"], name=op.f("fk_visit_step_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_step")),
    )
    op.create_index(op.f("ix_visit_step_visit_id"), "visit_step", ["visit_id"], unique=False)
    op.create_table(
        "dispensed_kit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("dispensing_id", sa.Integer(), nullable=False),
        sa.Column("kit_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaces_kit_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting', 'checked', 'handed_over', 'replaced', 'not_given', 'misallocated')",
            name=op.f("ck_dispensed_kit_status"),
        ),
        sa.ForeignKeyConstraint(["dispensing_id"], ["dispensing.id"], name=op.f("fk_dispensed_kit_dispensing_id")),
        sa.ForeignKeyConstraint(["kit_id"], ["kit.id"], name=op.f("fk_dispensed_kit_kit_id")),
        sa.ForeignKeyConstraint(["replaces_kit_id"], ["kit.id"], name=op.f("fk_dispensed_kit_replaces_kit_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_dispensed_kit_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_dispensed_kit_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispensed_kit")),
        sa.UniqueConstraint("dispensing_id", "kit_id", name=op.f("uq_dispensed_kit_dispensing_id_kit_id")),
    )
    op.create_index(op.f("ix_dispensed_kit_kit_id"), "dispensed_kit", ["kit_id"], unique=False)
    op.create_table(
        "hold_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.Column("kit_id", sa.Integer(), nullable=False),
        sa.Column("custody", sa.String(32), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "custody IN ('depot', 'shipment', 'site', 'subject', 'vendor', 'study', 'unknown')",
            name=op.f("ck_hold_finding_custody"),
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["kit_hold.id"], name=op.f("fk_hold_finding_hold_id")),
        sa.ForeignKeyConstraint(["kit_id"], ["kit.id"], name=op.f("fk_hold_finding_kit_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_hold_finding_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_hold_finding_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold_finding")),
        sa.UniqueConstraint("hold_id", "kit_id", name=op.f("uq_hold_finding_hold_id_kit_id")),
    )
    op.create_index(op.f("ix_hold_finding_kit_id"), "hold_finding", ["kit_id"], unique=False)
    op.create_table(
        "home_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("dispensing_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("depot_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=True),
        sa.Column("label_hash", sa.String(), nullable=True),
        sa.Column("slot_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("slot_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signature_id", sa.Integer(), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "status IN ('awaiting_release', 'released', 'underway', 'attempted', 'delivered', 'returned', 'lost', 'cancelled')",
            name=op.f("ck_home_delivery_status"),
        ),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_home_delivery_depot_id")),
        sa.ForeignKeyConstraint(["dispensing_id"], ["dispensing.id"], name=op.f("fk_home_delivery_dispensing_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_home_delivery_shipment_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_home_delivery_signature_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_home_delivery_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_home_delivery_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_home_delivery_study_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_home_delivery_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_delivery")),
        sa.UniqueConstraint("dispensing_id", name=op.f("uq_home_delivery_dispensing_id")),
        sa.UniqueConstraint("label_hash", name=op.f("uq_home_delivery_label_hash")),
        sa.UniqueConstraint("shipment_id", name=op.f("uq_home_delivery_shipment_id")),
    )
    op.create_index(op.f("ix_home_delivery_site_id"), "home_delivery", ["site_id"], unique=False)
    op.create_index(op.f("ix_home_delivery_subject_id"), "home_delivery", ["subject_id"], unique=False)
    op.create_table(
        "home_pickup_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("pickup_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "act IN ('ask', 'read_address', 'fail_attempt', 'reschedule', 'collect', 'arrive', 'cancel')",
            name=op.f("ck_home_pickup_step_act"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_home_pickup_step_account_id")),
        sa.ForeignKeyConstraint(["pickup_id"], ["home_pickup.id"], name=op.f("fk_home_pickup_step_pickup_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_home_pickup_step_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_home_pickup_step_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_pickup_step")),
    )
    op.create_index(op.f("ix_home_pickup_step_pickup_id"), "home_pickup_step", ["pickup_id"], unique=False)
    op.create_table(
        "logger_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=True),
        sa.Column("storage_unit_id", sa.Integer(), nullable=True),
        sa.Column("excursion_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("logger", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_logger_file_account_id")),
        sa.ForeignKeyConstraint(["excursion_id"], ["excursion.id"], name=op.f("fk_logger_file_excursion_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_logger_file_shipment_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_logger_file_sponsor_id")),
        sa.ForeignKeyConstraint(
            ["storage_unit_id"], ["storage_unit.id"], name=op.f("fk_logger_file_storage_unit_id")
        ),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_logger_file_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logger_file")),
    )
    op.create_index(op.f("ix_logger_file_excursion_id"), "logger_file", ["excursion_id"], unique=False)
    op.create_index(op.f("ix_logger_file_shipment_id"), "logger_file", ["shipment_id"], unique=False)
    op.create_index(op.f("ix_logger_file_storage_unit_id"), "logger_file", ["storage_unit_id"], unique=False)
    op.create_table(
        "outage_seal_fate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("seal_id", sa.Integer(), nullable=False),
        sa.Column("fate", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("fate IN ('unopened', 'opened', 'missing')", name=op.f("ck_outage_seal_fate_fate")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_outage_seal_fate_account_id")),
        sa.ForeignKeyConstraint(["seal_id"], ["outage_seal.id"], name=op.f("fk_outage_seal_fate_seal_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_outage_seal_fate_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_outage_seal_fate_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage_seal_fate")),
        sa.UniqueConstraint("seal_id", name=op.f("uq_outage_seal_fate_seal_id")),
    )
    op.create_table(
        "preparation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("dispensing_id", sa.Integer(), nullable=False),
        sa.Column("visit_code", sa.String(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("thaw_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("thaw_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("use_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_preparation_account_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["preparation.id"], name=op.f("fk_preparation_corrects_id")),
        sa.ForeignKeyConstraint(["dispensing_id"], ["dispensing.id"], name=op.f("fk_preparation_dispensing_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_preparation_site_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_preparation_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_preparation_study_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_preparation_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preparation")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_preparation_corrects_id")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_preparation_study_id_number")),
    )
    op.create_index(op.f("ix_preparation_dispensing_id"), "preparation", ["dispensing_id"], unique=False)
    op.create_index(op.f("ix_preparation_site_id"), "preparation", ["site_id"], unique=False)
    op.create_table(
        "relabel_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("relabelling_id", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_relabel_check_account_id")),
        sa.ForeignKeyConstraint(
            ["relabelling_id"], ["relabelling.id"], name=op.f("fk_relabel_check_relabelling_id")
        ),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_relabel_check_signature_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_relabel_check_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_relabel_check_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relabel_check")),
        sa.UniqueConstraint("relabelling_id", name=op.f("uq_relabel_check_relabelling_id")),
    )
    op.create_table(
        "relabelled_kit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("relabelling_id", sa.Integer(), nullable=False),
        sa.Column("kit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["kit_id"], ["kit.id"], name=op.f("fk_relabelled_kit_kit_id")),
        sa.ForeignKeyConstraint(
            ["relabelling_id"], ["relabelling.id"], name=op.f("fk_relabelled_kit_relabelling_id")
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_relabelled_kit_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_relabelled_kit_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relabelled_kit")),
        sa.UniqueConstraint("relabelling_id", "kit_id", name=op.f("uq_relabelled_kit_relabelling_id_kit_id")),
    )
    op.create_index(op.f("ix_relabelled_kit_kit_id"), "relabelled_kit", ["kit_id"], unique=False)
    op.create_table(
        "scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("dispensing_id", sa.Integer(), nullable=False),
        sa.Column("read", sa.String(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_scan_account_id")),
        sa.ForeignKeyConstraint(["dispensing_id"], ["dispensing.id"], name=op.f("fk_scan_dispensing_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_scan_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_scan_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
    )
    op.create_index(op.f("ix_scan_dispensing_id"), "scan", ["dispensing_id"], unique=False)
    op.create_table(
        "secret_hold_cause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.Column("manufacturing_lot_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["hold_id"], ["kit_hold.id"], name=op.f("fk_secret_hold_cause_hold_id")),
        sa.ForeignKeyConstraint(
            ["manufacturing_lot_id"],
            ["secret_manufacturing_lot.id"],
            name=op.f("fk_secret_hold_cause_manufacturing_lot_id"),
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_secret_hold_cause_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_secret_hold_cause_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_hold_cause")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_secret_hold_cause_hold_id")),
    )
    op.create_table(
        "address_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_address_reading_account_id")),
        sa.ForeignKeyConstraint(["delivery_id"], ["home_delivery.id"], name=op.f("fk_address_reading_delivery_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_address_reading_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_address_reading_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_reading")),
    )
    op.create_index(op.f("ix_address_reading_delivery_id"), "address_reading", ["delivery_id"], unique=False)
    op.create_table(
        "home_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["delivery_id"], ["home_delivery.id"], name=op.f("fk_home_code_delivery_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_home_code_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_home_code_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_code")),
    )
    op.create_index(op.f("ix_home_code_delivery_id"), "home_code", ["delivery_id"], unique=False)
    op.create_table(
        "home_delivery_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "event IN ('release', 'dispatch', 'fail_attempt', 'reschedule', 'deliver', 'return', 'lose', 'cancel')",
            name=op.f("ck_home_delivery_step_event"),
        ),
        sa.CheckConstraint(
            "status IN ('awaiting_release', 'released', 'underway', 'attempted', 'delivered', 'returned', 'lost', 'cancelled')",
            name=op.f("ck_home_delivery_step_status"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_home_delivery_step_account_id")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["home_delivery.id"], name=op.f("fk_home_delivery_step_delivery_id")
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_home_delivery_step_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_home_delivery_step_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_delivery_step")),
    )
    op.create_index(op.f("ix_home_delivery_step_delivery_id"), "home_delivery_step", ["delivery_id"], unique=False)
    op.create_table(
        "preparation_end",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("preparation_id", sa.Integer(), nullable=False),
        sa.Column("fate", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_preparation_end_account_id")),
        sa.ForeignKeyConstraint(
            ["preparation_id"], ["preparation.id"], name=op.f("fk_preparation_end_preparation_id")
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_preparation_end_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_preparation_end_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preparation_end")),
        sa.UniqueConstraint("preparation_id", name=op.f("uq_preparation_end_preparation_id")),
    )
    op.create_table(
        "prepared_kit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("preparation_id", sa.Integer(), nullable=False),
        sa.Column("kit_id", sa.Integer(), nullable=False),
        sa.Column("used", sa.String(), nullable=False),
        sa.Column("wasted", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["kit_id"], ["kit.id"], name=op.f("fk_prepared_kit_kit_id")),
        sa.ForeignKeyConstraint(
            ["preparation_id"], ["preparation.id"], name=op.f("fk_prepared_kit_preparation_id")
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_prepared_kit_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_prepared_kit_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prepared_kit")),
    )
    op.create_index(op.f("ix_prepared_kit_preparation_id"), "prepared_kit", ["preparation_id"], unique=False)
    op.create_table(
        "temperature_assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("logger_file_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("readings", sa.Integer(), nullable=False),
        sa.Column("minimum_celsius", sa.Float(), nullable=False),
        sa.Column("maximum_celsius", sa.Float(), nullable=False),
        sa.Column("mkt_celsius", sa.Float(), nullable=False),
        sa.Column("worst_window_mkt_celsius", sa.Float(), nullable=False),
        sa.Column("hours_outside", sa.Float(), nullable=False),
        sa.Column("bands", sa.JSON(), nullable=False),
        sa.Column("condition", sa.JSON(), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["logger_file_id"], ["logger_file.id"], name=op.f("fk_temperature_assessment_logger_file_id")
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_temperature_assessment_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_temperature_assessment_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_temperature_assessment")),
        sa.UniqueConstraint("logger_file_id", name=op.f("uq_temperature_assessment_logger_file_id")),
    )
    op.create_table(
        "assessed_kit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("kit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["temperature_assessment.id"], name=op.f("fk_assessed_kit_assessment_id")
        ),
        sa.ForeignKeyConstraint(["kit_id"], ["kit.id"], name=op.f("fk_assessed_kit_kit_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_assessed_kit_sponsor_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_assessed_kit_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessed_kit")),
        sa.UniqueConstraint("assessment_id", "kit_id", name=op.f("uq_assessed_kit_assessment_id_kit_id")),
    )
    op.create_index(op.f("ix_assessed_kit_kit_id"), "assessed_kit", ["kit_id"], unique=False)
    for guard in GUARDS:
        set_guard(op.get_bind(), guard)


def downgrade() -> None:
    """One step back."""
    for guard in GUARDS:
        drop_guard(op.get_bind(), guard.table)
    op.drop_index(op.f("ix_assessed_kit_kit_id"), table_name="assessed_kit")
    op.drop_table("assessed_kit")
    op.drop_table("temperature_assessment")
    op.drop_index(op.f("ix_prepared_kit_preparation_id"), table_name="prepared_kit")
    op.drop_table("prepared_kit")
    op.drop_table("preparation_end")
    op.drop_index(op.f("ix_home_delivery_step_delivery_id"), table_name="home_delivery_step")
    op.drop_table("home_delivery_step")
    op.drop_index(op.f("ix_home_code_delivery_id"), table_name="home_code")
    op.drop_table("home_code")
    op.drop_index(op.f("ix_address_reading_delivery_id"), table_name="address_reading")
    op.drop_table("address_reading")
    op.drop_table("secret_hold_cause")
    op.drop_index(op.f("ix_scan_dispensing_id"), table_name="scan")
    op.drop_table("scan")
    op.drop_index(op.f("ix_relabelled_kit_kit_id"), table_name="relabelled_kit")
    op.drop_table("relabelled_kit")
    op.drop_table("relabel_check")
    op.drop_index(op.f("ix_preparation_site_id"), table_name="preparation")
    op.drop_index(op.f("ix_preparation_dispensing_id"), table_name="preparation")
    op.drop_table("preparation")
    op.drop_table("outage_seal_fate")
    op.drop_index(op.f("ix_logger_file_storage_unit_id"), table_name="logger_file")
    op.drop_index(op.f("ix_logger_file_shipment_id"), table_name="logger_file")
    op.drop_index(op.f("ix_logger_file_excursion_id"), table_name="logger_file")
    op.drop_table("logger_file")
    op.drop_index(op.f("ix_home_pickup_step_pickup_id"), table_name="home_pickup_step")
    op.drop_table("home_pickup_step")
    op.drop_index(op.f("ix_home_delivery_subject_id"), table_name="home_delivery")
    op.drop_index(op.f("ix_home_delivery_site_id"), table_name="home_delivery")
    op.drop_table("home_delivery")
    op.drop_index(op.f("ix_hold_finding_kit_id"), table_name="hold_finding")
    op.drop_table("hold_finding")
    op.drop_index(op.f("ix_dispensed_kit_kit_id"), table_name="dispensed_kit")
    op.drop_table("dispensed_kit")
    op.drop_index(op.f("ix_visit_step_visit_id"), table_name="visit_step")
    op.drop_table("visit_step")
    op.drop_index(op.f("ix_shipment_step_shipment_id"), table_name="shipment_step")
    op.drop_table("shipment_step")
    op.drop_index(
        "shipment_kit_underway",
        table_name="shipment_kit",
        postgresql_where=sa.text("outcome IS NULL"),
        sqlite_where=sa.text("outcome IS NULL"),
    )
    op.drop_index(op.f("ix_shipment_kit_kit_id"), table_name="shipment_kit")
    op.drop_table("shipment_kit")
    op.drop_table("shipment_item")
    op.drop_table("secret_treatment_assignment")
    op.drop_table("secret_shipment_calculation")
    op.drop_index(op.f("ix_secret_response_randomization_id"), table_name="secret_response")
    op.drop_table("secret_response")
    op.drop_index(op.f("ix_secret_consignment_stay_consignment_id"), table_name="secret_consignment_stay")
    op.drop_table("secret_consignment_stay")
    op.drop_table("secret_consignment_content")
    op.drop_index(op.f("ix_returned_in_box_kit_id"), table_name="returned_in_box")
    op.drop_table("returned_in_box")
    op.drop_index(op.f("ix_return_shipment_site_id"), table_name="return_shipment")
    op.drop_index(op.f("ix_return_shipment_depot_id"), table_name="return_shipment")
    op.drop_table("return_shipment")
    op.drop_table("return_box")
    op.drop_index(op.f("ix_relabelling_shipment_id"), table_name="relabelling")
    op.drop_table("relabelling")
    op.drop_table("planned_shipment")
    op.drop_table("outage_seal")
    op.drop_table("outage_check")
    op.drop_table("kit_hold")
    op.drop_table("item_movement")
    op.drop_index(op.f("ix_home_pickup_subject_id"), table_name="home_pickup")
    op.drop_index(op.f("ix_home_pickup_site_id"), table_name="home_pickup")
    op.drop_table("home_pickup")
    op.drop_index(op.f("ix_home_address_key_id"), table_name="home_address")
    op.drop_table("home_address")
    op.drop_table("excursion")
    op.drop_index(op.f("ix_dispensing_visit_id"), table_name="dispensing")
    op.drop_index(op.f("ix_dispensing_subject_id"), table_name="dispensing")
    op.drop_index(op.f("ix_dispensing_site_id"), table_name="dispensing")
    op.drop_table("dispensing")
    op.drop_table("deviation_closure")
    op.drop_table("carrier_event")
    op.drop_index(op.f("ix_annotation_randomization_id"), table_name="annotation")
    op.drop_table("annotation")
    op.drop_table("accidental_decision")
    op.drop_index(op.f("ix_weighing_subject_id"), table_name="weighing")
    op.drop_table("weighing")
    op.drop_index(op.f("ix_vendor_code_depot_id"), table_name="vendor_code")
    op.drop_table("vendor_code")
    op.drop_index(op.f("ix_supply_stop_site_id"), table_name="supply_stop")
    op.drop_table("supply_stop")
    op.drop_table("subject_visit")
    op.drop_index(op.f("ix_subject_event_subject_id"), table_name="subject_event")
    op.drop_table("subject_event")
    op.drop_index(op.f("ix_study_issue_step_issue_id"), table_name="study_issue_step")
    op.drop_table("study_issue_step")
    op.drop_index(op.f("ix_site_detail_site_id"), table_name="site_detail")
    op.drop_table("site_detail")
    op.drop_index(op.f("ix_site_contact_site_id"), table_name="site_contact")
    op.drop_table("site_contact")
    op.drop_table("site_approval_step")
    op.drop_table("shipper")
    op.drop_index("shipment_stage", table_name="shipment")
    op.drop_index(op.f("ix_shipment_site_id"), table_name="shipment")
    op.drop_table("shipment")
    op.drop_index(op.f("ix_secret_vendor_sku_depot_id"), table_name="secret_vendor_sku")
    op.drop_table("secret_vendor_sku")
    op.drop_index(op.f("ix_secret_treatment_look_site_id"), table_name="secret_treatment_look")
    op.drop_table("secret_treatment_look")
    op.drop_index(op.f("ix_secret_safety_case_subject_id"), table_name="secret_safety_case")
    op.drop_table("secret_safety_case")
    op.drop_table("secret_resupply_setting")
    op.drop_index(op.f("ix_secret_plan_content_hash"), table_name="secret_plan_content")
    op.drop_table("secret_plan_content")
    op.drop_table("secret_list_entry")
    op.drop_index(op.f("ix_screening_subject_id"), table_name="screening")
    op.drop_table("screening")
    op.drop_index(op.f("ix_randomization_site_id"), table_name="randomization")
    op.drop_table("randomization")
    op.drop_table("planned_consignment")
    op.drop_table("plan_way")
    op.drop_index(op.f("ix_plan_edit_plan_id"), table_name="plan_edit")
    op.drop_table("plan_edit")
    op.drop_table("plan_approval")
    op.drop_table("outage_pack_step")
    op.drop_index(op.f("ix_outage_kit_kit_id"), table_name="outage_kit")
    op.drop_table("outage_kit")
    op.drop_table("outage_entry")
    op.drop_table("lane")
    op.drop_index(op.f("ix_kit_return_kit_id"), table_name="kit_return")
    op.drop_table("kit_return")
    op.drop_table("import_licence")
    op.drop_index(op.f("ix_home_address_key_subject_id"), table_name="home_address_key")
    op.drop_table("home_address_key")
    op.drop_index(op.f("ix_dispensing_order_subject_id"), table_name="dispensing_order")
    op.drop_table("dispensing_order")
    op.drop_table("discrepancy_report")
    op.drop_index(op.f("ix_deviation_subject_id"), table_name="deviation")
    op.drop_table("deviation")
    op.drop_index(op.f("ix_controlled_licence_site_id"), table_name="controlled_licence")
    op.drop_index(op.f("ix_controlled_licence_depot_id"), table_name="controlled_licence")
    op.drop_table("controlled_licence")
    op.drop_index(op.f("ix_code_break_practice_site_id"), table_name="code_break_practice")
    op.drop_table("code_break_practice")
    op.drop_index(op.f("ix_code_break_subject_id"), table_name="code_break")
    op.drop_table("code_break")
    op.drop_index(op.f("ix_accidental_unblinding_subject_id"), table_name="accidental_unblinding")
    op.drop_index(op.f("ix_accidental_unblinding_site_id"), table_name="accidental_unblinding")
    op.drop_table("accidental_unblinding")
    op.drop_index(op.f("ix_witnessed_kit_kit_id"), table_name="witnessed_kit")
    op.drop_table("witnessed_kit")
    op.drop_index(op.f("ix_subject_site_id"), table_name="subject")
    op.drop_table("subject")
    op.drop_table("study_issue")
    op.drop_table("storage_unit")
    op.drop_index("stock_difference_stage", table_name="stock_difference")
    op.drop_table("stock_difference")
    op.drop_index(op.f("ix_stock_count_site_id"), table_name="stock_count")
    op.drop_table("stock_count")
    op.drop_index(op.f("ix_site_version_site_id"), table_name="site_version")
    op.drop_table("site_version")
    op.drop_table("site_approval")
    op.drop_table("shipment_plan")
    op.drop_index(op.f("ix_secret_unblinded_list_unblinding_id"), table_name="secret_unblinded_list")
    op.drop_table("secret_unblinded_list")
    op.drop_index(op.f("ix_secret_run_progress_run_id"), table_name="secret_run_progress")
    op.drop_table("secret_run_progress")
    op.drop_table("secret_run_inputs")
    op.drop_table("secret_restricted_part")
    op.drop_table("secret_release_reason")
    op.drop_index(op.f("ix_secret_randomization_list_sha256"), table_name="secret_randomization_list")
    op.drop_table("secret_randomization_list")
    op.drop_index("kit_content_sequence", table_name="secret_kit_content")
    op.drop_index("kit_content_known", table_name="secret_kit_content")
    op.drop_table("secret_kit_content")
    op.drop_table("secret_gate_results")
    op.drop_table("secret_gate_record")
    op.drop_table("secret_gate_courses")
    op.drop_table("secret_approval_matter")
    op.drop_index(op.f("ix_role_grant_account_id"), table_name="role_grant")
    op.drop_table("role_grant")
    op.drop_index(op.f("ix_pooled_kit_served_study_id"), table_name="pooled_kit")
    op.drop_table("pooled_kit")
    op.drop_table("planned_unblinding_decision")
    op.drop_index(op.f("ix_outage_pack_site_id"), table_name="outage_pack")
    op.drop_table("outage_pack")
    op.drop_table("operational_change")
    op.drop_index(op.f("ix_movement_kit_id"), table_name="movement")
    op.drop_table("movement")
    op.drop_table("monitoring_visit")
    op.drop_index(op.f("ix_message_study_id"), table_name="message")
    op.drop_index(op.f("ix_message_site_id"), table_name="message")
    op.drop_table("message")
    op.drop_index(op.f("ix_lot_approval_blinded_lot_id"), table_name="lot_approval")
    op.drop_table("lot_approval")
    op.drop_index(op.f("ix_log_layout_site_id"), table_name="log_layout")
    op.drop_table("log_layout")
    op.drop_index(op.f("ix_invitation_email"), table_name="invitation")
    op.drop_table("invitation")
    op.drop_table("gate_signature")
    op.drop_table("expiry_approval")
    op.drop_index(op.f("ix_delegation_site_id"), table_name="delegation")
    op.drop_table("delegation")
    op.drop_index(op.f("ix_code_break_reminder_site_id"), table_name="code_break_reminder")
    op.drop_table("code_break_reminder")
    op.drop_index("audit_record", table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_index(op.f("ix_webhook_key_depot_id"), table_name="webhook_key")
    op.drop_table("webhook_key")
    op.drop_index(
        "vendor_message_taken",
        table_name="vendor_message",
        postgresql_where=sa.text("status <> 'refused'"),
        sqlite_where=sa.text("status <> 'refused'"),
    )
    op.drop_index("vendor_message_stage", table_name="vendor_message")
    op.drop_index("vendor_message_shipment", table_name="vendor_message")
    op.drop_index(op.f("ix_vendor_message_notice_id"), table_name="vendor_message")
    op.drop_table("vendor_message")
    op.drop_index(op.f("ix_vendor_interface_depot_id"), table_name="vendor_interface")
    op.drop_table("vendor_interface")
    op.drop_table("uat_signature")
    op.drop_table("study_version")
    op.drop_table("study_lock_step")
    op.drop_table("study_end")
    op.drop_table("site")
    op.drop_table("secret_twin_run")
    op.drop_table("secret_supply_advice")
    op.drop_index(op.f("ix_secret_manufacturing_lot_blinded_lot_id"), table_name="secret_manufacturing_lot")
    op.drop_table("secret_manufacturing_lot")
    op.drop_index(op.f("ix_secret_gate_part_gate_id"), table_name="secret_gate_part")
    op.drop_table("secret_gate_part")
    op.drop_table("secret_gate_content")
    op.drop_table("secret_bench_paper")
    op.drop_table("restore_test")
    op.drop_index(op.f("ix_release_step_blinded_lot_id"), table_name="release_step")
    op.drop_table("release_step")
    op.drop_table("planned_unblinding")
    op.drop_table("optimization_run")
    op.drop_index("label_master_latest", table_name="label_master_step")
    op.drop_table("label_master_step")
    op.drop_index("kit_where", table_name="kit")
    op.drop_index(
        "kit_set_apart",
        table_name="kit",
        postgresql_where=sa.text("quality IN ('quarantined', 'damaged')"),
        sqlite_where=sa.text("quality IN ('quarantined', 'damaged')"),
    )
    op.drop_table("kit")
    op.drop_index(op.f("ix_interface_signature_depot_id"), table_name="interface_signature")
    op.drop_table("interface_signature")
    op.drop_index(op.f("ix_interface_opening_depot_id"), table_name="interface_opening")
    op.drop_table("interface_opening")
    op.drop_index(op.f("ix_incident_step_incident_id"), table_name="incident_step")
    op.drop_table("incident_step")
    op.drop_table("gate_run")
    op.drop_table("gate_override")
    op.drop_index(op.f("ix_expiry_change_blinded_lot_id"), table_name="expiry_change")
    op.drop_table("expiry_change")
    op.drop_table("enrolment_forecast")
    op.drop_table("checklist_signature")
    op.drop_table("certificate")
    op.drop_table("approval")
    op.drop_table("vendor_notice")
    op.drop_table("uat_run")
    op.drop_table("signature")
    op.drop_index(op.f("ix_secret_unsealed_seed_allocator"), table_name="secret_unsealed_seed")
    op.drop_table("secret_unsealed_seed")
    op.drop_table("secret_transfer_code")
    op.drop_table("secret_allocation_state")
    op.drop_table("secret_allocation_key")
    op.drop_table("resupply_run")
    op.drop_index(op.f("ix_pool_transfer_served_study_id"), table_name="pool_transfer")
    op.drop_table("pool_transfer")
    op.drop_index(op.f("ix_passkey_challenge_account_id"), table_name="passkey_challenge")
    op.drop_table("passkey_challenge")
    op.drop_index(op.f("ix_outbox_sent_at"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("notice_approval")
    op.drop_table("label_master")
    op.drop_index(op.f("ix_job_status"), table_name="job")
    op.drop_table("job")
    op.drop_table("incident")
    op.drop_table("go_live_gate")
    op.drop_table("exception_taken")
    op.drop_table("exception_notice")
    op.drop_table("enrolment_plan")
    op.drop_table("depot")
    op.drop_table("blinded_lot")
    op.drop_index(op.f("ix_study_sponsor_id"), table_name="study")
    op.drop_table("study")
    op.drop_index(op.f("ix_signed_in_session_account_id"), table_name="signed_in_session")
    op.drop_table("signed_in_session")
    op.drop_index(op.f("ix_passkey_account_id"), table_name="passkey")
    op.drop_table("passkey")
    op.drop_table("command")
    op.drop_index(op.f("ix_calendar_feed_account_id"), table_name="calendar_feed")
    op.drop_table("calendar_feed")
    op.drop_index(op.f("ix_api_token_account_id"), table_name="api_token")
    op.drop_table("api_token")
    op.drop_index(op.f("ix_account_identity_account_id"), table_name="account_identity")
    op.drop_table("account_identity")
    op.drop_table("sponsor")
    op.drop_index(op.f("ix_sign_in_attempt_username"), table_name="sign_in_attempt")
    op.drop_table("sign_in_attempt")
    op.drop_table("secret_audit_head")
    op.drop_table("secret_audit_entry")
    op.drop_table("audit_head")
    op.drop_table("account")
