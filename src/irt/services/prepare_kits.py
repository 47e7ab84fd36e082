"""Kits prepared for a visit before they are given: times, what was used and wasted, corrections as new rows."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import bindparam, func, select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, NotAllowed, NotFound, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.dispensings import LockedDispensing, lock_dispensing
from irt.services.site_kits import need_reason
from irt.services.supply_study import lock_row
from irt.services.work import Work
from irt.states.records import DispensingStatus
from irt.study.preparation import Preparation as PreparationRule
from irt.study.preparation import PreparedTimes, check_vial, use_before
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.preparation import Preparation, PreparationEnd, PreparedKit

FIRST_NUMBER = 1
QUANTITY_MAX = 100_000


class PreparedVial(SQLModel):
    """One kit: what was drawn up, what was thrown away; both add up to what is in it."""

    number: str
    used: Decimal = Field(ge=0, le=QUANTITY_MAX)
    wasted: Decimal = Field(ge=0, le=QUANTITY_MAX)


class PrepareKits(SQLModel):
    """A preparation for a dispensing whose kits are assigned; `corrects` names the one it replaces."""

    study_id: int
    dispensing_id: int
    kits: list[PreparedVial] = Field(min_length=1)
    prepared_at: datetime
    thaw_started_at: datetime | None = None
    thaw_ended_at: datetime | None = None
    corrects: str | None = None
    reason: str = ""


class KitsPrepared(SQLModel):
    """The preparation's number, and until when it may be given."""

    number: str
    use_before: datetime


class DiscardPreparation(SQLModel):
    """A prepared syringe is thrown away."""

    study_id: int
    number: str
    reason: str


class PreparationDiscarded(SQLModel):
    """The preparation."""

    number: str


class NotPrepared(Refusal):
    """A kit that is prepared before it is given was not."""

    def __init__(self, numbers: list[str]) -> None:
        super().__init__(
            f"{', '.join(numbers)}: not prepared yet. Nothing was booked. The pharmacy prepares the kits of this "
            "visit and books it; then hand them over."
        )


class PastInUse(Refusal):
    """The time in which a prepared syringe may be given is over."""

    def __init__(self, number: str, until: datetime) -> None:
        super().__init__(
            f"Preparation {number} could be given until {until:%d %b %Y %H:%M} UTC. Nothing was booked. "
            "Do not give it. Throw it away; the pharmacy prepares another."
        )


class KitUsedUp(Refusal):
    """What was in the kit went into a syringe that was given or thrown away."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"Kit {number} was drawn up before and is empty. Nothing was booked. Replace it at the visit, or give "
            "the kits of the visit back."
        )


class AlreadyEnded(Refusal):
    """A preparation that was given, thrown away or corrected is not changed that way any more."""

    def __init__(self, number: str) -> None:
        super().__init__(f"Preparation {number} is over. Nothing was booked. Look at the list again.")


_PREPARED, _VIALS, _ENDS, _KITS = (
    table_of(Preparation),
    table_of(PreparedKit),
    table_of(PreparationEnd),
    table_of(Kit),
)
_CORRECTIONS = _PREPARED.alias("correction")
_COUNT = select(func.count()).select_from(_PREPARED).where(_PREPARED.c.study_id == bindparam("study_id"))
_NUMBERED = (
    select(_PREPARED, _ENDS.c.fate, _CORRECTIONS.c.id.label("corrected_by"))
    .outerjoin(_ENDS, _ENDS.c.preparation_id == _PREPARED.c.id)
    .outerjoin(_CORRECTIONS, _CORRECTIONS.c.corrects_id == _PREPARED.c.id)
    .where(_PREPARED.c.study_id == bindparam("study_id"), _PREPARED.c.number == bindparam("number"))
)
_OPEN = (
    select(_PREPARED.c.id, _PREPARED.c.number, _PREPARED.c.use_before, _VIALS.c.kit_id)
    .join(_VIALS, _VIALS.c.preparation_id == _PREPARED.c.id)
    .outerjoin(_ENDS, _ENDS.c.preparation_id == _PREPARED.c.id)
    .outerjoin(_CORRECTIONS, _CORRECTIONS.c.corrects_id == _PREPARED.c.id)
    .where(
        _PREPARED.c.dispensing_id == bindparam("dispensing_id"),
        _ENDS.c.id.is_(None),
        _CORRECTIONS.c.id.is_(None),
    )
    .order_by(_PREPARED.c.id)
)
_DRAWN_UP = (
    select(_VIALS.c.kit_id, _ENDS.c.fate)
    .join(_PREPARED, _PREPARED.c.id == _VIALS.c.preparation_id)
    .outerjoin(_ENDS, _ENDS.c.preparation_id == _PREPARED.c.id)
    .outerjoin(_CORRECTIONS, _CORRECTIONS.c.corrects_id == _PREPARED.c.id)
    .where(
        _VIALS.c.kit_id.in_(bindparam("ids", expanding=True)),
        _CORRECTIONS.c.id.is_(None),
        _PREPARED.c.id != bindparam("but"),
    )
)
_GROUPS = select(_KITS.c.id, _KITS.c.blinding_group).where(_KITS.c.id.in_(bindparam("ids", expanding=True)))


def prepare_kits(work: Work, ask: PrepareKits) -> KitsPrepared:
    """Books a preparation or corrects one; where the study has an unblinded pharmacist, nobody else prepares."""
    dispensing = lock_dispensing(work, ask.study_id, ask.dispensing_id, Permission.PREPARE_KITS)
    lock_row(work, ask.study_id)
    subject = dispensing.subject
    if subject.definition.study.unblinded_pharmacist and not work.actor.unblinded_in(ask.study_id):
        raise NotAllowed("In this study the unblinded pharmacist prepares. Nothing was booked.")
    corrected, given = _corrected(work, ask, dispensing)
    if corrected is None and dispensing.status != DispensingStatus.ASSIGNED:
        raise BadInput("The kits of this visit are not assigned any more. Nothing was booked.")
    rules = _rules(work, dispensing, [vial.number for vial in ask.kits])
    times = PreparedTimes(ask.thaw_started_at, ask.thaw_ended_at, ask.prepared_at)
    until = min(use_before(rule, times, work.at) for rule in rules.values())
    for vial in ask.kits:
        check_vial(rules[vial.number], vial.number, vial.used, vial.wasted)
    _refuse_twice(work, dispensing, ask, corrected)
    number, preparation_id = _record(work, ask, dispensing, until, corrected)
    if given:
        _end(work, dispensing, preparation_id, "handed_over", f"As {ask.corrects}")
    _audit(work, ask, dispensing, number, until)
    return KitsPrepared(number=number, use_before=until)


def discard_preparation(work: Work, ask: DiscardPreparation) -> PreparationDiscarded:
    """Throws a prepared syringe away; its kits are given back on the page of the visit."""
    reason = need_reason(ask.reason)
    row = work.one("preparation", _NUMBERED, study_id=ask.study_id, number=ask.number)
    dispensing = lock_dispensing(work, ask.study_id, row["dispensing_id"], Permission.PREPARE_KITS)
    row = work.one("preparation", _NUMBERED, study_id=ask.study_id, number=ask.number)
    if row["fate"] is not None or row["corrected_by"] is not None:
        raise AlreadyEnded(ask.number)
    _end(work, dispensing, row["id"], "discarded", reason)
    work.audit(_draft(dispensing, "preparation_discarded", ask.number, {"visit": dispensing.visit}, reason))
    return PreparationDiscarded(number=ask.number)


def require_prepared(work: Work, dispensing: LockedDispensing, given: list[str]) -> None:
    """NotPrepared or PastInUse where a kit that has to be prepared was not, or not in time; else they are given.

    The study's definition is in memory, so studies without preparations ask nothing.
    """
    groups = {g.code for g in dispensing.subject.definition.blinding_groups if g.preparation is not None}
    if not groups or not given:
        return
    ids = {dispensing.id_of(number): number for number in given}
    needed = {row["id"] for row in work.rows(_GROUPS, ids=sorted(ids)) if row["blinding_group"] in groups}
    open_ones = work.rows(_OPEN, dispensing_id=dispensing.id)
    by_kit = {row["kit_id"]: row for row in open_ones}
    if missing := sorted(ids[kit_id] for kit_id in needed if kit_id not in by_kit):
        raise NotPrepared(missing)
    used = {by_kit[kit_id]["id"]: by_kit[kit_id] for kit_id in needed}
    for row in used.values():
        if work.at > row["use_before"]:
            raise PastInUse(row["number"], row["use_before"])
    for preparation_id in used:
        _end(work, dispensing, preparation_id, "handed_over", "")


def _corrected(work: Work, ask: PrepareKits, dispensing: LockedDispensing) -> tuple[int | None, bool]:
    """The id of what is put right, of the same visit and not put right before; and whether it was given."""
    if ask.corrects is None:
        return None, False
    need_reason(ask.reason)
    row = work.row(_NUMBERED, study_id=ask.study_id, number=ask.corrects)
    if row is None or row["dispensing_id"] != dispensing.id:
        raise NotFound(f"Preparation {ask.corrects} is not one of this visit. Nothing was booked.")
    if row["corrected_by"] is not None or row["fate"] == "discarded":
        raise AlreadyEnded(ask.corrects)
    return int(row["id"]), row["fate"] == "handed_over"


def _rules(work: Work, dispensing: LockedDispensing, numbers: list[str]) -> dict[str, PreparationRule]:
    """The rule of each kit named; BadInput for a kit of another visit, or one that is not prepared."""
    known = {kit.number: dispensing.id_of(kit.number) for kit in dispensing.kits}
    if len(set(numbers)) != len(numbers) or not set(numbers) <= set(known):
        raise BadInput("Name each kit of this visit once. Nothing was booked.")
    group_of = {row["id"]: row["blinding_group"] for row in work.rows(_GROUPS, ids=sorted(known.values()))}
    rules = {g.code: g.preparation for g in dispensing.subject.definition.blinding_groups if g.preparation}
    found = {number: rules.get(group_of[known[number]]) for number in numbers}
    if none := [number for number, rule in found.items() if rule is None]:
        raise BadInput(f"Kit {none[0]} is given as it is. Nothing was booked. Leave it out.")
    return {number: rule for number, rule in found.items() if rule is not None}


def _refuse_twice(work: Work, dispensing: LockedDispensing, ask: PrepareKits, corrected: int | None) -> None:
    """A kit is drawn up once, whichever visit it was for; a correction stands in for what it corrects."""
    ids = {dispensing.id_of(vial.number): vial.number for vial in ask.kits}
    drawn_up = {row["kit_id"]: row["fate"] for row in work.rows(_DRAWN_UP, ids=sorted(ids), but=corrected or 0)}
    for kit_id, number in ids.items():
        if drawn_up.get(kit_id) is not None:
            raise KitUsedUp(number)
        if kit_id in drawn_up:
            raise BadInput(f"Kit {number} was prepared before. Nothing was booked. Correct that preparation.")


def _record(
    work: Work, ask: PrepareKits, dispensing: LockedDispensing, until: datetime, corrects_id: int | None
) -> tuple[str, int]:
    """The number and the id of the new preparation."""
    subject = dispensing.subject
    count = int(work.connection.execute(_COUNT, {"study_id": ask.study_id}).scalar_one())
    number = f"P-{count + FIRST_NUMBER:05d}"
    preparation_id = work.record(
        Preparation,
        **subject.owner,
        number=number,
        site_id=subject.site.id,
        subject_id=subject.id,
        dispensing_id=dispensing.id,
        visit_code=dispensing.visit,
        occurrence=dispensing.occurrence,
        thaw_started_at=ask.thaw_started_at,
        thaw_ended_at=ask.thaw_ended_at,
        prepared_at=ask.prepared_at,
        use_before=until,
        corrects_id=corrects_id,
        reason=ask.reason.strip(),
        at=work.at,
        account_id=work.actor.account_id,
    )
    rows = (
        {
            **subject.owner,
            "preparation_id": preparation_id,
            "kit_id": dispensing.id_of(vial.number),
            "used": str(vial.used),
            "wasted": str(vial.wasted),
        }
        for vial in ask.kits
    )
    work.record_all(PreparedKit, rows)
    return number, preparation_id


def _end(work: Work, dispensing: LockedDispensing, preparation_id: int, fate: str, reason: str) -> None:
    work.append(
        PreparationEnd,
        **dispensing.subject.owner,
        preparation_id=preparation_id,
        fate=fate,
        reason=reason,
        at=work.at,
        account_id=work.actor.account_id,
    )


def _audit(work: Work, ask: PrepareKits, dispensing: LockedDispensing, number: str, until: datetime) -> None:
    new = {
        "visit": dispensing.visit,
        "occurrence": dispensing.occurrence,
        "kits": sorted(vial.number for vial in ask.kits),
        "use_before": until.isoformat(),
        "corrects": ask.corrects or "–",
    }
    act = "preparation_corrected" if ask.corrects else "kits_prepared"
    work.audit(_draft(dispensing, act, number, new, ask.reason.strip() or None))


def _draft(
    dispensing: LockedDispensing, act: str, number: str, new: dict[str, object], reason: str | None
) -> AuditDraft:
    site = dispensing.subject.site
    return AuditDraft(
        act=act,
        record_kind="preparation",
        record=number,
        study_id=dispensing.subject.study_id,
        site_id=site.id,
        zone=site.zone,
        new={**new, "subject": dispensing.subject.number},
        reason=reason,
    )
