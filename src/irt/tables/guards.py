"""Guards: records that are written once. The database itself refuses to change or remove them.

A guard stops a mistake, not an owner of the database, who can drop it; tampering shows in the hash chain.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text


@dataclass(frozen=True, slots=True)
class Guard:
    """A table whose rows stay as written, apart from `may_change` and from rows where `unless` holds.

    `unless` is a condition on one column, as "status = 'draft'".
    """

    table: str
    may_change: tuple[str, ...] = ()
    unless: str = ""


GUARDS: tuple[Guard, ...] = (
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
"""Every guarded table, by name."""


_TRIGGERS_EACH = 3


def set_guard(connection: Connection, guard: Guard) -> None:
    """Installs the triggers of a guard; the table must exist."""
    lines = _postgresql(guard) if connection.dialect.name == "postgresql" else _sqlite(connection, guard)
    for line in lines:
        connection.execute(text(line))


def drop_guard(connection: Connection, table: str) -> None:
    """Removes the triggers of a table's guard."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"DROP FUNCTION guard_{table}() CASCADE"))
        return
    for act in ("update", "delete", "insert"):
        connection.execute(text(f"DROP TRIGGER guard_{table}_{act}"))


def guarded_tables(connection: Connection) -> set[str]:
    """Tables whose guard stands in full."""
    if connection.dialect.name == "postgresql":
        question = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    else:
        question = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    triggers = [str(name) for (name,) in connection.execute(text(question))]
    tables = [name.removeprefix("guard_").rsplit("_", 1)[0] for name in triggers if name.startswith("guard_")]
    return {table for table in tables if tables.count(table) == _TRIGGERS_EACH}


def _sentence(guard: Guard) -> str:
    return f"rows of {guard.table} stay as they were written"


def _postgresql(guard: Guard) -> Iterator[str]:
    table = guard.table
    changed = " AND ".join(_conditions_postgresql(guard)) or "true"
    removed = f"NOT (OLD.{guard.unless})" if guard.unless else "true"
    yield (
        f"CREATE FUNCTION guard_{table}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_sentence(guard)}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for act, condition in (("update", changed), ("delete", removed)):
        yield (
            f"CREATE TRIGGER guard_{table}_{act} BEFORE {act.upper()} ON {table} FOR EACH ROW "
            f"WHEN ({condition}) EXECUTE FUNCTION guard_{table}()"
        )
    yield f"CREATE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION guard_{table}()"


def _conditions_postgresql(guard: Guard) -> Iterator[str]:
    if guard.unless:
        yield f"NOT (OLD.{guard.unless})"
    if guard.may_change:
        free = "{" + ",".join(guard.may_change) + "}"
        yield f"to_jsonb(NEW) - '{free}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{free}'::text[]"


def _sqlite(connection: Connection, guard: Guard) -> Iterator[str]:
    table = guard.table
    conditions = {
        "update": " AND ".join(_conditions_sqlite(connection, guard)) or "true",
        "delete": f"NOT (OLD.{guard.unless})" if guard.unless else "true",
        # REPLACE removes the old row without firing the delete trigger, so a known key is refused on entry.
        "insert": " OR ".join(_known_keys(connection, table)),
    }
    for act, condition in conditions.items():
        yield (
            f"CREATE TRIGGER guard_{table}_{act} BEFORE {act.upper()} ON {table} FOR EACH ROW "
            f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{_sentence(guard)}'); END"
        )


def _conditions_sqlite(connection: Connection, guard: Guard) -> Iterator[str]:
    if guard.unless:
        yield f"NOT (OLD.{guard.unless})"
    if guard.may_change:
        columns = [column["name"] for column in inspect(connection).get_columns(guard.table)]
        fixed = [f"NEW.{name} IS NOT OLD.{name}" for name in columns if name not in guard.may_change]
        yield f"({' OR '.join(fixed)})"


def _known_keys(connection: Connection, table: str) -> Iterator[str]:
    unique = [key["column_names"] for key in inspect(connection).get_unique_constraints(table)]
    for columns in (["id"], *unique):
        same = " AND ".join(f"{name} = NEW.{name}" for name in columns)
        yield f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - names of our own tables and columns
