"""Destruction: kits that site and monitor have verified, with the destroyer's dated certificate and a signature."""

import hashlib
from dataclasses import replace
from datetime import date

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.controlled_drugs import schedules_anywhere, study_rules
from irt.services.move_kits import lock_kits_by_number, move_kits
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.supply_study import lock_row
from irt.services.witness import Witnessing, note_witness, sign_as_witness
from irt.services.work import Work
from irt.states.kit import KitEvent
from irt.tables.columns import table_of
from irt.tables.destruction import Certificate
from irt.tables.kit import Kit

PAPER_MAX_BYTES = 10_000_000


class DestroyKits(SQLModel):
    """The certificate as its maker numbered and dated it, the paper itself, and every kit it names."""

    # A paper is any bytes; as JSON, in which a command is hashed, it is base64.
    model_config = {"ser_json_bytes": "base64", "val_json_bytes": "base64"}

    study_id: int
    certificate: str = Field(min_length=1, max_length=64)
    destroyer: str = Field(min_length=1, max_length=200)
    on_day: date
    file_name: str = Field(min_length=1, max_length=200)
    paper: bytes = Field(min_length=1, max_length=PAPER_MAX_BYTES)
    kits: list[str] = Field(min_length=1)
    signing: Signing = Field(exclude=True)
    witness: Witnessing | None = Field(default=None, exclude=True, description="for a controlled drug")


class KitsDestroyed(SQLModel):
    """The certificate, the hash of its paper, and the kits that are no more."""

    certificate: str
    sha256: str
    kits: list[str]


class CertificateKnown(Refusal):
    """The certificate was used before."""


_CERTIFICATES = table_of(Certificate)
_KITS = table_of(Kit)
_GROUPS = select(_KITS.c.blinding_group).where(
    _KITS.c.study_id == bindparam("study_id"), _KITS.c.number.in_(bindparam("numbers", expanding=True))
)
_KNOWN = select(_CERTIFICATES.c.id).where(
    _CERTIFICATES.c.study_id == bindparam("study_id"), _CERTIFICATES.c.number == bindparam("number")
)


def destroy_kits(work: Work, ask: DestroyKits) -> KitsDestroyed:
    """Signs that kits were destroyed; TransitionRefused where one was not verified by site and monitor before."""
    grant = work.actor.require(Permission.DECIDE_QUALITY, ask.study_id)
    if ask.on_day > work.at.date():
        raise BadInput("The day of destruction lies ahead. Nothing was booked. Enter the day on the certificate.")
    sponsor_id = lock_row(work, ask.study_id)
    if work.row(_KNOWN, study_id=ask.study_id, number=ask.certificate):
        raise CertificateKnown(f"Certificate {ask.certificate} was booked before. Nothing was changed.")
    digest = hashlib.sha256(ask.paper).hexdigest()
    numbers = sorted(set(ask.kits))
    content = {"kits": numbers, "sha256": digest, "on_day": ask.on_day.isoformat(), "destroyer": ask.destroyer}
    signable = Signable(Meaning.DECIDE_QUALITY, "destruction", ask.certificate, content, ask.study_id)
    signature_id = sign_record(work, ask.signing, signable, grant)
    witness_id = _witnessed(work, ask, signable, numbers)
    kits = lock_kits_by_number(work, ask.study_id, numbers)
    move_kits(work, kits, KitEvent.DESTROY, reason=f"Certificate {ask.certificate}")
    if witness_id is not None:
        owner = {"sponsor_id": sponsor_id, "study_id": ask.study_id}
        note_witness(work, owner, (kit.id for kit in kits), KitEvent.DESTROY, witness_id)
    work.append(
        Certificate,
        sponsor_id=sponsor_id,
        study_id=ask.study_id,
        number=ask.certificate,
        destroyer=ask.destroyer,
        on_day=ask.on_day,
        file_name=ask.file_name,
        sha256=digest,
        paper=ask.paper,
        kits=len(kits),
        signature_id=signature_id,
        at=work.at,
        account_id=work.actor.account_id,
    )
    work.audit(
        AuditDraft(
            act="kits_destroyed",
            record_kind="destruction",
            record=ask.certificate,
            study_id=ask.study_id,
            new={"kits": numbers, "sha256": digest, "on_day": ask.on_day.isoformat(), "signature": signature_id},
        )
    )
    return KitsDestroyed(certificate=ask.certificate, sha256=digest, kits=numbers)


def _witnessed(work: Work, ask: DestroyKits, signable: Signable, numbers: list[str]) -> int | None:
    """The witness's signature, where one of the kits is a controlled drug in any country; else nothing."""
    definition = study_rules(work, ask.study_id)
    if definition is None:
        return None
    groups = definition.controlled_in(*schedules_anywhere(definition))
    named = {row["blinding_group"] for row in work.rows(_GROUPS, study_id=ask.study_id, numbers=numbers)}
    if not named & groups:
        return None
    seen = replace(signable, meaning=Meaning.WITNESS)
    return sign_as_witness(work, ask.witness, seen, Permission.DECIDE_QUALITY, "decisions on quality")
