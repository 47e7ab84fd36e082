"""Treatment. Secret rows point at public rows, never back; blinded reads cannot import this file."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from irt.states.plan import AdviceKind
from irt.tables.columns import Owned, Row, document, instant, one_of


class RestrictedPart(Owned, table=True):
    """The part of a protocol version that blinded people must not read, and the salt of its hash."""

    __tablename__ = "secret_restricted_part"
    version_id: int = Field(foreign_key="study_version.id", unique=True)
    definition: dict[str, Any] = document(description="the whole study definition")
    salt: str


class ApprovalMatter(Row, table=True):
    """What an approval decides on, in full where it was handed in, and the salt of its hash. Append-only."""

    __tablename__ = "secret_approval_matter"
    approval_id: int = Field(foreign_key="approval.id", unique=True)
    salt: str
    content: dict[str, Any] | None = document(default=None)


class AllocationKey(Owned, table=True):
    """A study's seeds, sealed; the commitments were published before the first draw."""

    __tablename__ = "secret_allocation_key"
    __table_args__ = (UniqueConstraint("study_id", "purpose"),)
    purpose: str = Field(description="allocation, kit_numbers, randomization_numbers, kit_choice")
    sealed: str
    commitment: str


class AllocationState(Owned, table=True):
    """What a procedure remembers, a row a stratum or factor level; locked while a draw is made."""

    __tablename__ = "secret_allocation_state"
    __table_args__ = (UniqueConstraint("study_id", "key"),)
    key: str
    state: Any = document()


class TreatmentAssignment(Owned, table=True):
    """A subject's treatment and everything needed to derive it again. Append-only."""

    __tablename__ = "secret_treatment_assignment"
    randomization_id: int = Field(foreign_key="randomization.id", unique=True)
    arm: str
    method: str
    stratum: str
    probabilities: dict[str, str] = document(description="arm -> exact rational")
    draws: list[dict[str, Any]] = document()
    state_seen: Any = document()
    stock_seen: dict[str, Any] = document(description="the all-arms check before the draw")
    engine: str


class Response(Owned, table=True):
    """A subject's response as it was known from a moment on; a correction is a row of its own. Append-only.

    1 or 0 as the design means it; None where it turned out not to be known.
    """

    __tablename__ = "secret_response"
    randomization_id: int = Field(foreign_key="randomization.id", index=True)
    value: int | None
    source: str = Field(description="the system or file that told it")
    data_cut_off: date
    corrects_id: int | None = Field(default=None, foreign_key="secret_response.id", unique=True)
    reason: str | None = None
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class ManufacturingLot(Owned, table=True):
    """A bulk lot of one product, under a blinded lot."""

    __tablename__ = "secret_manufacturing_lot"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: str
    kit_type: str
    expiry: date
    blinded_lot_id: int = Field(foreign_key="blinded_lot.id", index=True)


class HoldCause(Owned, table=True):
    """Why a hold was opened, and over which bulk lot if one was named: it may tell what is inside."""

    __tablename__ = "secret_hold_cause"
    hold_id: int = Field(foreign_key="kit_hold.id", unique=True)
    manufacturing_lot_id: int | None = Field(default=None, foreign_key="secret_manufacturing_lot.id")
    reason: str


class ReleaseReason(Owned, table=True):
    """Why a step of a lot's route was refused or withdrawn: it may tell what is inside. Append-only."""

    __tablename__ = "secret_release_reason"
    step_id: int = Field(foreign_key="release_step.id", unique=True)
    reason: str


class KitContent(Owned, table=True):
    """What is in a kit, and its place in the warehouse's order."""

    __tablename__ = "secret_kit_content"
    __table_args__ = (
        Index("kit_content_sequence", "manufacturing_lot_id", "sequence"),
        # Answers what a kit holds and where it lies without reading the row itself.
        Index("kit_content_known", "kit_id", "kit_type", "sequence", "manufacturing_lot_id"),
    )
    kit_id: int = Field(foreign_key="kit.id", unique=True)
    kit_type: str
    manufacturing_lot_id: int = Field(foreign_key="secret_manufacturing_lot.id")
    sequence: int


class ResupplySetting(Owned, table=True):
    """Min and max of a kit type for the study, a country, a site or a regional depot, from a day on.

    Changed by a new row.

    A window that is left out is the earlier one of the same scope, or that of the wider scope.
    """

    __tablename__ = "secret_resupply_setting"
    country: str | None = None
    site_id: int | None = Field(default=None, foreign_key="site.id")
    depot_id: int | None = Field(default=None, foreign_key="depot.id")
    kit_type: str
    minimum: int
    maximum: int
    trigger_days: int | None = None
    resupply_days: int | None = None
    effective_from: date
    change_id: int | None = Field(default=None, foreign_key="operational_change.id")


class VendorSku(Owned, table=True):
    """What a depot that may know kit types calls one in its own system, from a day on; changed by a new row."""

    __tablename__ = "secret_vendor_sku"
    depot_id: int = Field(foreign_key="depot.id", index=True)
    kit_type: str
    code: str
    effective_from: date
    change_id: int = Field(foreign_key="operational_change.id")


class ShipmentCalculation(Owned, table=True):
    """What a shipment was calculated from: inputs, formula, result."""

    __tablename__ = "secret_shipment_calculation"
    shipment_id: int = Field(foreign_key="shipment.id", unique=True)
    trace: dict[str, Any] = document()


class BenchPaper(Owned, table=True):
    """Work on the statistician's bench: what was asked of a design, and what came of it. Kept."""

    __tablename__ = "secret_bench_paper"
    kind: str = Field(description="assessment, comparison, test, guesses")
    title: str
    asked: dict[str, Any] = document()
    result: dict[str, Any] | None = document(default=None)
    account_id: int = Field(foreign_key="account.id")
    job_id: int | None = Field(default=None, foreign_key="job.id")
    at: datetime = instant()
    finished_at: datetime | None = instant(default=None)


class RunInputs(Owned, table=True):
    """What a run was asked with, and the problem it solved. Fixed once the problem is there."""

    __tablename__ = "secret_run_inputs"
    run_id: int = Field(foreign_key="optimization_run.id", unique=True)
    settings: dict[str, Any] = document(description="what was asked otherwise than the study says")
    problem: dict[str, Any] | None = document(default=None)
    hash: str = Field(default="", description="SHA-256 of the problem's canonical JSON")


class RunProgress(Owned, table=True):
    """How far a run was at a moment: bound and best plan in cents. Append-only."""

    __tablename__ = "secret_run_progress"
    run_id: int = Field(foreign_key="optimization_run.id", index=True)
    seconds: float
    bound: int = Field(sa_type=BigInteger)
    cost: int | None = Field(default=None, sa_type=BigInteger)
    words: str = ""


class PlanContent(Owned, table=True):
    """A plan in full, what it costs, and what the independent check said of it. Append-only."""

    __tablename__ = "secret_plan_content"
    plan_id: int = Field(foreign_key="shipment_plan.id", unique=True)
    plan: str = Field(description="the file as it was hashed")
    hash: str = Field(index=True)
    status: str = Field(description="proven, stopped, cancelled")
    cost: dict[str, int] = document(description="cents by component")
    total: int = Field(sa_type=BigInteger)
    bound: int = Field(sa_type=BigInteger)
    seconds: float
    verdict: dict[str, Any] = document(description="what the check counted; its faults are none")


class ConsignmentContent(Owned, table=True):
    """What a planned consignment holds: boxes by shipper, kits by type and lot. Append-only."""

    __tablename__ = "secret_consignment_content"
    consignment_id: int = Field(foreign_key="planned_consignment.id", unique=True)
    shippers: dict[str, int] = document()
    lines: list[dict[str, Any]] = document(description="kit_type, lot, label, kits, and why where not FEFO")


class ConsignmentStay(Owned, table=True):
    """A planned consignment that became no shipment when it was due, and the rule that kept it. Append-only."""

    __tablename__ = "secret_consignment_stay"
    consignment_id: int = Field(foreign_key="planned_consignment.id", index=True)
    why: str
    at: datetime = instant()


class SupplyAdvice(Owned, table=True):
    """A question beside a plan (other inputs, longer lives, campaigns) and its answer. Fixed once finished."""

    __tablename__ = "secret_supply_advice"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: int
    plan: int = Field(description="the number of the plan it is asked beside")
    kind: AdviceKind = one_of(AdviceKind, "kind")
    title: str
    asked: dict[str, Any] = document()
    result: dict[str, Any] | None = document(default=None)
    account_id: int = Field(foreign_key="account.id")
    job_id: int | None = Field(default=None, foreign_key="job.id")
    at: datetime = instant()
    finished_at: datetime | None = instant(default=None)


class GateContent(Owned, table=True):
    """A gate in full: what was agreed, every scenario, and the hashes of what it holds for. Append-only."""

    __tablename__ = "secret_gate_content"
    gate_id: int = Field(foreign_key="go_live_gate.id", unique=True)
    name: str
    title: str
    reason: str
    agreement: str = Field(description="the file as it was handed in")
    scenarios: list[dict[str, Any]] = document(description="file, name, text, hash; in the order agreed")
    looks: list[int] = document(description="numbers of replications after which each scenario is judged")
    identity: str = Field(description="SHA-256 of all that is agreed, scenarios and study within")
    version_hash: str = Field(description="the salted digest of the study version")
    configuration: dict[str, Any] = document(description="depots, lanes and levels as they were last decided")
    configuration_hash: str


class GatePart(Owned, table=True):
    """Replications of one scenario that are done, as Parquet. Kept until a run of the gate has come to its end."""

    __tablename__ = "secret_gate_part"
    gate_id: int = Field(foreign_key="go_live_gate.id", index=True)
    engine: str
    software: str
    scenario: str
    first: int
    last: int
    content: bytes = Field(sa_type=LargeBinary)


class GateRecord(Owned, table=True):
    """What came of a run: the record that is signed, or why there is none. Append-only."""

    __tablename__ = "secret_gate_record"
    run_id: int = Field(foreign_key="gate_run.id", unique=True)
    record: str = Field(description="canonical JSON as it was hashed; empty where there is none")
    hash: str
    words: str = ""


class GateResults(Owned, table=True):
    """The replications that a verdict rests on, one row each, as Parquet. Append-only."""

    __tablename__ = "secret_gate_results"
    __table_args__ = (UniqueConstraint("run_id", "scenario"),)
    run_id: int = Field(foreign_key="gate_run.id")
    scenario: str
    replications: int
    sha256: str
    content: bytes = Field(sa_type=LargeBinary)


class GateCourses(Owned, table=True):
    """Courses of a scenario's first replications, as Parquet: for plots alone, beside the record. Append-only."""

    __tablename__ = "secret_gate_courses"
    __table_args__ = (UniqueConstraint("run_id", "scenario"),)
    run_id: int = Field(foreign_key="gate_run.id")
    scenario: str
    content: bytes = Field(sa_type=LargeBinary)


class TwinRun(Owned, table=True):
    """A change of a running study that was tried on a twin, and what it would do. Fixed once finished."""

    __tablename__ = "secret_twin_run"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: int
    asked: dict[str, Any] = document(description="the change, how far ahead, how often, from which seed")
    result: dict[str, Any] | None = document(default=None)
    account_id: int = Field(foreign_key="account.id")
    job_id: int | None = Field(default=None, foreign_key="job.id")
    at: datetime = instant()
    finished_at: datetime | None = instant(default=None)


class TransferCode(Owned, table=True):
    """The neutral code of an arm in closed reports; drawn once and kept apart from them. Append-only."""

    __tablename__ = "secret_transfer_code"
    __table_args__ = (UniqueConstraint("study_id", "arm"), UniqueConstraint("study_id", "code"))
    arm: str
    code: str


class RandomizationList(Owned, table=True):
    """An approved list as it was loaded: canonical CSV, its SHA-256, and the published root. Append-only."""

    __tablename__ = "secret_randomization_list"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: int = Field(description="1, then the extensions")
    origin: str = Field(description="drawn, imported")
    csv: str
    sha256: str = Field(index=True)
    merkle_root: str
    approval_id: int = Field(foreign_key="approval.id", unique=True)
    at: datetime = instant()


class ListEntry(Owned, table=True):
    """One position of a stratum's list, counted through the extensions. Append-only."""

    __tablename__ = "secret_list_entry"
    __table_args__ = (UniqueConstraint("study_id", "stratum", "position"),)
    list_id: int = Field(foreign_key="secret_randomization_list.id")
    stratum: str
    position: int
    arm: str


class UnsealedSeed(Owned, table=True):
    """A seed as its holders closed it for one running process; useless once that process has ended. Append-only."""

    __tablename__ = "secret_unsealed_seed"
    allocator: str = Field(description="public key of the process", index=True)
    box: str
    at: datetime = instant()


class SafetyCase(Owned, table=True):
    """A case as safety assessed it, and whether its subject was unblinded for it. Append-only.

    Secret, because blinded people must not see which cases led to an unblinding.
    """

    __tablename__ = "secret_safety_case"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: str
    subject_id: int = Field(foreign_key="subject.id", index=True)
    serious: bool
    suspected: bool
    expected: bool
    reason: str
    unblinded: bool
    signature_id: int = Field(foreign_key="signature.id")
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class TreatmentLook(Owned, table=True):
    """An unblinded pharmacist's look at one subject's treatment, or at what is in a site's kits. Append-only."""

    __tablename__ = "secret_treatment_look"
    site_id: int = Field(foreign_key="site.id", index=True)
    subject_id: int | None = Field(default=None, foreign_key="subject.id")
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class UnblindedList(Owned, table=True):
    """A list of treatments as it left for a planned unblinding. Append-only.

    Its hash is secret: of a short list it would tell the treatments to whoever tries them out.
    """

    __tablename__ = "secret_unblinded_list"
    unblinding_id: int = Field(foreign_key="planned_unblinding.id", index=True)
    file_name: str
    subjects: list[str] = document()
    sha256: str
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class SecretAuditEntry(Row, table=True):
    """The second chain: treatment acts and the full voice of decisions, each pointing to its blinded entry.

    Append-only.
    """

    __tablename__ = "secret_audit_entry"
    __table_args__ = (UniqueConstraint("chain", "sequence"),)
    chain: str
    sequence: int
    blinded_sequence: int
    at: datetime = instant()
    act: str
    body: dict[str, Any] = document()
    previous_hash: str
    hash: str


class SecretAuditHead(Row, table=True):
    """The last entry of a secret chain."""

    __tablename__ = "secret_audit_head"
    chain: str = Field(unique=True)
    sequence: int
    hash: str
