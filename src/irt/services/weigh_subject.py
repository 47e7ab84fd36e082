"""The body weight a dose follows, typed by one person and again by another, who is not shown the first number."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.blinding.two_persons import refuse_same_person
from irt.errors import BadInput, Refusal
from irt.services.subjects import LockedSubject, audit_subject, lock_subject, refusals_concern
from irt.services.visits import next_unscheduled
from irt.services.work import Work
from irt.study.dispensing_schedule import second_check_visits
from irt.study.schedule import UNSCHEDULED
from irt.tables.columns import table_of
from irt.tables.subject import Weighing


class EnterWeight(SQLModel):
    """A weight for the kits of a visit; for an unscheduled one the visit is named whose kits will be given."""

    study_id: int
    subject: str
    visit: str
    occurrence: int = Field(default=0, ge=0)
    unscheduled: bool = False
    weight_kg: Decimal = Field(gt=0)
    on_day: date


class ConfirmWeight(EnterWeight):
    """The same weight, typed again by somebody else."""


class WeightReceipt(SQLModel):
    """A weight on record. The number itself is told to nobody before it is confirmed."""

    study_id: int
    subject: str
    visit: str
    occurrence: int
    confirmed: bool
    at: datetime


OWN_WEIGHT = "You entered this weight yourself. Nothing was booked. Another person must type it again."


class NoSecondCheck(BadInput):
    """The study does not ask two people at this visit."""

    def __init__(self, visit: str) -> None:
        super().__init__(
            f"At visit {visit} the study does not ask two people for the weight. Nothing was booked. "
            "Assign the kits; the page asks for a weight where the dose follows it."
        )


class NoWeightYet(Refusal):
    """There is nothing to confirm."""

    def __init__(self) -> None:
        super().__init__(
            "No weight was entered for this visit. Nothing was booked. Enter it; another person confirms it."
        )


class WeightKnown(Refusal):
    """The weight was confirmed before."""

    def __init__(self, at: datetime) -> None:
        super().__init__(f"The weight was confirmed at {at:%H:%M:%S} UTC. Nothing was done twice.")


class WeightsDiffer(Refusal):
    """The second number is not the first; neither is shown."""

    def __init__(self, first_kg: Decimal, second_kg: Decimal) -> None:
        super().__init__(
            "This is not the weight that was entered first. Nothing was booked. Read the scale again, together. "
            "If the first entry was wrong, enter the weight anew, and the other person confirms it.",
            trace=f"first {first_kg} kg, second {second_kg} kg",
        )


class WeightNotConfirmed(Refusal):
    """Kits wait until two people typed the same weight."""

    def __init__(self, *, entered: bool) -> None:
        done = "it was typed once" if entered else "nobody did so far"
        super().__init__(
            f"Two people type the body weight before kits are assigned at this visit; {done}. Nothing was booked. "
            f"{'Another person types it again' if entered else 'Enter the weight'} on the page ‘Body weight’."
        )


_WEIGHINGS = table_of(Weighing)
_SECOND = _WEIGHINGS.alias("second")
_IN_FORCE = (
    select(
        _WEIGHINGS.c.id,
        _WEIGHINGS.c.weight_kg,
        _WEIGHINGS.c.account_id,
        _SECOND.c.at.label("confirmed_at"),
    )
    .outerjoin(_SECOND, _SECOND.c.confirms_id == _WEIGHINGS.c.id)
    .where(
        _WEIGHINGS.c.subject_id == bindparam("subject_id"),
        _WEIGHINGS.c.visit_code == bindparam("code"),
        _WEIGHINGS.c.occurrence == bindparam("occurrence"),
        _WEIGHINGS.c.confirms_id.is_(None),
    )
    .order_by(_WEIGHINGS.c.id.desc())
    .limit(1)
)


def enter_weight(work: Work, ask: EnterWeight) -> WeightReceipt:
    """Puts a weight on record, to be confirmed by another person; an earlier one holds no more."""
    subject = lock_subject(work, ask.study_id, ask.subject, Permission.DISPENSE)
    with refusals_concern(subject.about("weight")):
        code, occurrence = _checked(work, subject, ask)
    entry = _record(work, subject, ask, (code, occurrence), None)
    # The number is not in the trail yet: whoever confirms it may read the trail.
    audit_subject(work, subject, "weight_entered", new={**_visit(ask, code, occurrence), "weighing": entry})
    return _receipt(work, ask, code, occurrence, confirmed=False)


def confirm_weight(work: Work, ask: ConfirmWeight) -> WeightReceipt:
    """Confirms the weight entered by somebody else, by typing the same number."""
    subject = lock_subject(work, ask.study_id, ask.subject, Permission.DISPENSE)
    with refusals_concern(subject.about("weight_confirmation")):
        code, occurrence = _checked(work, subject, ask)
        first = work.row(_IN_FORCE, subject_id=subject.id, code=code, occurrence=occurrence)
        if first is None:
            raise NoWeightYet
        if first["confirmed_at"] is not None:
            raise WeightKnown(first["confirmed_at"])
        refuse_same_person(first["account_id"], work.actor.account_id, OWN_WEIGHT)
        if (first_kg := Decimal(first["weight_kg"])) != ask.weight_kg:
            raise WeightsDiffer(first_kg, ask.weight_kg)
    _record(work, subject, ask, (code, occurrence), first["id"])
    new = {**_visit(ask, code, occurrence), "weighing": first["id"], "weight_kg": str(ask.weight_kg)}
    audit_subject(work, subject, "weight_confirmed", new=new)
    return _receipt(work, ask, code, occurrence, confirmed=True)


def confirmed_weight(
    work: Work, subject: LockedSubject, visit: str, occurrence: int, typed: Decimal | None, *, unscheduled: bool
) -> Decimal:
    """The weight two people typed for the visit; refused where there is none, or where `typed` is another."""
    code, number = _place(work, subject, visit, occurrence, unscheduled=unscheduled)
    found = work.row(_IN_FORCE, subject_id=subject.id, code=code, occurrence=number)
    if found is None or found["confirmed_at"] is None:
        raise WeightNotConfirmed(entered=found is not None)
    weight_kg = Decimal(found["weight_kg"])
    if typed is not None and typed != weight_kg:
        raise BadInput(
            "The weight is another than the one that two people typed. Nothing was booked. Leave it out, or enter "
            "the weight of this visit anew."
        )
    return weight_kg


def _checked(work: Work, subject: LockedSubject, ask: EnterWeight) -> tuple[str, int]:
    """The visit of the weight, where the study asks two people at it."""
    visit = next((each for each in subject.definition.visits if each.code == ask.visit), None)
    if visit is None or not visit.occurs(ask.occurrence):
        raise BadInput(f"{ask.visit} is not a visit of this study. Nothing was booked.")
    if ask.visit not in second_check_visits(subject.definition):
        raise NoSecondCheck(ask.visit)
    subject.require_day(ask.on_day, work.at)
    return _place(work, subject, ask.visit, ask.occurrence, unscheduled=ask.unscheduled)


def _place(
    work: Work, subject: LockedSubject, visit: str, occurrence: int, *, unscheduled: bool
) -> tuple[str, int]:
    """Code and occurrence that the kits will be booked under; a weight holds for one visit only."""
    return (UNSCHEDULED, next_unscheduled(work, subject.id)) if unscheduled else (visit, occurrence)


def _record(
    work: Work, subject: LockedSubject, ask: EnterWeight, place: tuple[str, int], confirms_id: int | None
) -> int:
    return work.record(
        Weighing,
        **subject.owner,
        subject_id=subject.id,
        visit_code=place[0],
        occurrence=place[1],
        weight_kg=str(ask.weight_kg),
        on_day=ask.on_day,
        confirms_id=confirms_id,
        at=work.at,
        account_id=work.actor.account_id,
    )


def _visit(ask: EnterWeight, code: str, occurrence: int) -> dict[str, object]:
    return {"visit": code, "occurrence": occurrence, "on_day": ask.on_day.isoformat()}


def _receipt(work: Work, ask: EnterWeight, code: str, occurrence: int, *, confirmed: bool) -> WeightReceipt:
    return WeightReceipt(
        study_id=ask.study_id,
        subject=ask.subject,
        visit=code,
        occurrence=occurrence,
        confirmed=confirmed,
        at=work.at,
    )
