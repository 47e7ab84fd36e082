"""The signature under a gate that passed: its version may go live, as long as nothing is changed."""

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.two_persons import refuse_same_person
from irt.errors import Refusal
from irt.reads.gates import gate_line
from irt.services.audit_draft import AuditDraft
from irt.services.gates import GateVoid, gate_numbered, require_may_gate, run_numbered
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.supply_study import lock_study
from irt.services.work import Work
from irt.states.gate import GateStanding
from irt.tables.columns import table_of
from irt.tables.gate import GateSignature
from irt.tables.secret import GateRecord

OWN_GATE = "You defined this gate or started its run. Nothing was signed. Another person must sign it."


class SignGate(SQLModel):
    """The run, the hash of its record as it was on the page, and what was typed to sign."""

    study_id: int
    gate: int
    run: int
    hash: str
    signing: Signing = Field(exclude=True)


class GateSigned(SQLModel):
    """The version that may go live, and the signature."""

    gate: int
    run: int
    version: int
    signature_id: int


class GateNotPassed(Refusal):
    """Only a pass can be signed."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(f"Go-live gate {number} has not passed. Nothing was signed. {why}")


class GateSignedAlready(Refusal):
    """A gate is signed once."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Go-live gate {number} is signed already. Nothing was signed twice.")


class AnotherRecord(Refusal):
    """What was on the page is not this record."""

    def __init__(self, number: int) -> None:
        super().__init__(f"This is not the record of gate {number} that counts. Nothing was signed. Read it again.")


_RECORDS = table_of(GateRecord)
_HASH = select(_RECORDS.c.hash).where(_RECORDS.c.run_id == bindparam("run_id"))


def sign_gate(work: Work, ask: SignGate) -> GateSigned:
    """Signs the record's hash, by somebody who neither defined nor ran the gate."""
    study = lock_study(work, ask.study_id)
    grant = require_may_gate(work, study, Permission.SIGN_GATE)
    gate = gate_numbered(work, study, ask.gate)
    run = run_numbered(work, gate, ask.run)
    _require_passed(work, ask)
    for first in (gate["account_id"], run["account_id"]):
        refuse_same_person(first, work.actor.account_id, OWN_GATE)
    record = work.row(_HASH, run_id=run["id"])
    if record is None or record["hash"] != ask.hash:
        raise AnotherRecord(ask.gate)
    version = gate["version_number"]
    content = {"gate": ask.gate, "run": ask.run, "version": version, "record_hash": ask.hash}
    signable = Signable(Meaning.APPROVE, "go-live gate", str(ask.gate), content, study_id=study.id)
    signature_id = sign_record(work, ask.signing, signable, grant)
    facts = {"run_id": run["id"], "signature_id": signature_id, "account_id": work.actor.account_id}
    work.append(GateSignature, **study.owner, **facts, at=work.at)
    work.audit(
        AuditDraft(
            act="gate_signed",
            record_kind="go-live gate",
            record=str(ask.gate),
            study_id=study.id,
            new={"run": ask.run, "version": version, "signature": signature_id},
            secret={"record_hash": ask.hash},
        )
    )
    return GateSigned(gate=ask.gate, run=ask.run, version=version, signature_id=signature_id)


def _require_passed(work: Work, ask: SignGate) -> None:
    """What the gate is worth is looked at under the study's lock: nothing changes until the signature stands."""
    line = gate_line(work.connection, ask.study_id, ask.gate)
    if line.standing == GateStanding.SIGNED:
        raise GateSignedAlready(ask.gate)
    if line.standing == GateStanding.VOID:
        raise GateVoid(ask.gate, line.why)
    if line.standing != GateStanding.UNSIGNED:
        raise GateNotPassed(ask.gate, line.why)
