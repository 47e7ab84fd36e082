"""A deviation is followed to its end: its kits are decided on, quality says what came of it, and signs."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.move_kits import HeldKit, lock_kits_by_number
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.supply_study import lock_row
from irt.services.work import Work
from irt.states.kit import Accountability, Custody, Quality
from irt.tables.columns import table_of
from irt.tables.deviation import DeviationClosure
from irt.tables.subject import Deviation

ASSESSMENT_MAX = 1000


class CloseDeviation(SQLModel):
    """What came of a deviation: its assessment and what was done."""

    study_id: int
    number: str
    assessment: str = Field(min_length=1, max_length=ASSESSMENT_MAX)
    signing: Signing = Field(exclude=True)


class DeviationClosed(SQLModel):
    """The deviation, and where each of its kits is."""

    number: str
    kits: dict[str, str]


class DeviationKnown(Refusal):
    """Somebody closed it before."""


class KitsUndecided(Refusal):
    """A kit of the deviation still waits for quality, or nobody knows where it is."""

    def __init__(self, number: str, missing: bool) -> None:
        why = "is missing" if missing else "waits for a quality decision"
        super().__init__(
            f"Kit {number} {why}. Nothing was booked. A deviation is closed once each of its kits is decided on."
        )


_DEVIATIONS, _CLOSURES = table_of(Deviation), table_of(DeviationClosure)
_NUMBERED = select(_DEVIATIONS).where(
    _DEVIATIONS.c.study_id == bindparam("study_id"), _DEVIATIONS.c.number == bindparam("number")
)
_CLOSED = select(_CLOSURES.c.id).where(_CLOSURES.c.deviation_id == bindparam("deviation_id"))


def close_deviation(work: Work, ask: CloseDeviation) -> DeviationClosed:
    """Signs what came of a deviation; KitsUndecided while the kit that stayed, or the one given, is left open."""
    grant = work.actor.require(Permission.DECIDE_QUALITY, ask.study_id)
    sponsor_id = lock_row(work, ask.study_id)
    row = work.one("deviation", _NUMBERED, study_id=ask.study_id, number=ask.number)
    if work.row(_CLOSED, deviation_id=row["id"]):
        raise DeviationKnown(f"Deviation {ask.number} is closed already. Nothing was changed.")
    assessment = ask.assessment.strip()
    if not assessment:
        raise BadInput("Say what came of the deviation. Nothing was booked.")
    named = [row["details"][name] for name in ("given", "assigned") if row["details"].get(name)]
    kits = lock_kits_by_number(work, ask.study_id, named) if named else []
    _require_decided(kits)
    where = {kit.number: _words(kit) for kit in kits}
    content = {"assessment": assessment, "kits": where, "sentence": row["sentence"]}
    signable = Signable(
        Meaning.DECIDE_QUALITY, "deviation", ask.number, content, ask.study_id, site_id=row["site_id"]
    )
    signature_id = sign_record(work, ask.signing, signable, grant)
    work.append(
        DeviationClosure,
        sponsor_id=sponsor_id,
        study_id=ask.study_id,
        deviation_id=row["id"],
        assessment=assessment,
        kits=where,
        signature_id=signature_id,
        at=work.at,
        account_id=work.actor.account_id,
    )
    work.audit(
        AuditDraft(
            act="deviation_closed",
            record_kind="deviation",
            record=ask.number,
            study_id=ask.study_id,
            site_id=row["site_id"],
            new={"kits": where, "signature": signature_id},
            reason=assessment,
        )
    )
    return DeviationClosed(number=ask.number, kits=where)


def _require_decided(kits: Sequence[HeldKit]) -> None:
    """What a subject has, or what is accounted for, is at its end; a kit on the shelf or missing is not."""
    for kit in kits:
        if kit.state.accountability != Accountability.NONE:
            continue
        if kit.state.custody == Custody.UNKNOWN:
            raise KitsUndecided(kit.number, missing=True)
        if kit.state.quality == Quality.QUARANTINED:
            raise KitsUndecided(kit.number, missing=False)


def _words(kit: HeldKit) -> str:
    """Where a kit is and what it counts as."""
    state = kit.state
    return f"{state.custody}, {state.quality}, {state.assignment}, {state.accountability}"
