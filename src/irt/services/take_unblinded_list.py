"""The list of a planned unblinding that was granted: one file, with its count and its hash, on record."""

import csv
import hashlib
from collections.abc import Sequence
from io import StringIO

from sqlalchemy import RowMapping
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import BadInput, NotFound, Refusal
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.studies import definition_of
from irt.services.supply_study import lock_row
from irt.services.unblinding_scope import NUMBERED, audit_plan, covered_by
from irt.services.work import Work
from irt.tables.secret import UnblindedList

HEADS = ("subject", "randomization number", "stage", "randomized on", "arm", "treatment")


class TakeUnblindedList(SQLModel):
    """The plan whose list is taken, its number typed again."""

    study_id: int
    number: str
    again: str
    signing: Signing = Field(exclude=True)


class UnblindedListTaken(SQLModel):
    """The file's name and how many subjects are in it; content and hash are told once and are in no record."""

    number: str
    file_name: str
    subjects: int
    sha256: str | None = Field(default=None, exclude=True)
    content: bytes | None = Field(default=None, exclude=True)


class UnblindingNotGranted(Refusal):
    """Nobody has granted the plan."""


def take_unblinded_list(work: Work, ask: TakeUnblindedList) -> UnblindedListTaken:
    """The list of a granted plan, to the one who holds unblinded lists; each taking is on record with its hash."""
    grant = work.actor.require(Permission.PLAN_UNBLINDING, ask.study_id)
    sponsor_id = lock_row(work, ask.study_id)
    row = work.row(NUMBERED, study_id=ask.study_id, number=ask.number)
    if row is None:
        raise NotFound("No such planned unblinding. Check its number.")
    if not row["granted"]:
        raise UnblindingNotGranted(f"{ask.number} is not granted. Nothing was told. Another person decides first.")
    if ask.again.strip() != ask.number:
        raise BadInput("The number typed again is another one. Nothing was told. Type the number of the plan.")
    rows = covered_by(work, ask.study_id, row["scope"])
    content, subjects = _file(work, ask.study_id, rows), sorted({each["subject"] for each in rows})
    digest, name = hashlib.sha256(content).hexdigest(), f"unblinded-{ask.number}.csv"
    # Signed for by name and subjects; the hash of what they get is bound to this act in the second chain.
    signed = {"file": name, "subjects": subjects}
    signable = Signable(Meaning.PLAN_UNBLINDING, "planned unblinding", ask.number, signed, ask.study_id)
    sign_record(work, ask.signing, signable, grant)
    work.append(
        UnblindedList,
        sponsor_id=sponsor_id,
        study_id=ask.study_id,
        unblinding_id=row["id"],
        file_name=name,
        subjects=subjects,
        sha256=digest,
        at=work.at,
        account_id=work.actor.account_id,
    )
    new, secret = {"subjects": len(subjects), "file": name}, {"sha256": digest}
    audit_plan(work, ask.study_id, ask.number, "unblinded_list_taken", new, secret=secret)
    return UnblindedListTaken(
        number=ask.number, file_name=name, subjects=len(subjects), sha256=digest, content=content
    )


def _file(work: Work, study_id: int, rows: Sequence[RowMapping]) -> bytes:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADS)
    for row in rows:
        names = {arm.code: arm.name for arm in definition_of(work, study_id, row["version_number"]).arms}
        facts = (row["subject"], row["number"], row["stage"], row["on_day"].isoformat(), row["arm"])
        writer.writerow((*facts, names.get(row["arm"], row["arm"])))
    return text.getvalue().encode()
