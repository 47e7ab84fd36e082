"""Returns: what came back, in whole kits or in units as the study counts; a sum that fails names what lacks."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.services.collect_returns import note_arrival, open_pickups
from irt.services.move_kits import HeldKit, lock_kits_by_number, move_kits
from irt.services.subjects import LockedSubject, audit_subject, lock_subject, refusals_concern
from irt.services.work import Work
from irt.states.kit import Custody, KitEvent
from irt.states.records import KitFate
from irt.tables.columns import table_of
from irt.tables.kit import Kit, KitReturn
from irt.tables.secret import KitContent


class ReturnedKit(SQLModel):
    """One kit that came back, or did not. A study counts whole kits, by `fate`, or the units in them.

    Units used, left, lost and damaged add up to the pack. One of the four may be left out (null): it is the rest
    of the pack. A kit lost as a whole needs no counts.
    """

    number: str
    fate: KitFate | None = Field(default=None, description="where the study counts whole kits")
    units_returned: int | None = Field(default=None, ge=0)
    units_used: int | None = Field(default=None, ge=0)
    units_lost: int | None = Field(default=0, ge=0)
    units_damaged: int | None = Field(default=0, ge=0)
    kit_lost: bool = False


class TakeBackKits(SQLModel):
    """Kits a subject brings back, or reports as lost."""

    study_id: int
    subject: str
    kits: list[ReturnedKit] = Field(min_length=1)
    on_day: date


class ReturnReceipt(SQLModel):
    """What was taken back."""

    study_id: int
    subject: str
    returned: list[str]
    lost: list[str]


class CountsDoNotAddUp(Refusal):
    """The units of a kit do not add up to its content."""

    status_code = 400


class CountedInKits(BadInput):
    """The study counts whole kits, and units were entered, or no fate."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"This study counts whole kits. Nothing was booked. Say of kit {number} only how it came back: unused, "
            "used, damaged or lost."
        )


class CountedInUnits(BadInput):
    """The study counts units, and a whole kit was entered."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"This study counts the units in a kit. Nothing was booked. Enter for kit {number} what is left, used, "
            "lost and damaged."
        )


class NotWithSubject(Refusal):
    """The kit is not one this subject has."""


_KITS, _CONTENTS = table_of(Kit), table_of(KitContent)
_TYPES = (
    select(_KITS.c.number, _CONTENTS.c.kit_type)
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .where(_KITS.c.study_id == bindparam("study_id"), _KITS.c.number.in_(bindparam("numbers", expanding=True)))
)


def take_back_kits(work: Work, ask: TakeBackKits) -> ReturnReceipt:
    """Books returned kits at the site and lost ones as lost, with their counts."""
    subject = lock_subject(work, ask.study_id, ask.subject, Permission.TAKE_BACK)
    with refusals_concern(subject.about("return")):
        return _take_back(work, ask, subject)


def _take_back(work: Work, ask: TakeBackKits, subject: LockedSubject) -> ReturnReceipt:
    subject.require_day(ask.on_day, work.at)
    numbers = [kit.number for kit in ask.kits]
    if len(set(numbers)) != len(numbers):
        raise BadInput("A kit is listed twice. Nothing was booked.")
    pickups = open_pickups(work, subject)
    held = lock_kits_by_number(work, ask.study_id, numbers)
    theirs = {(Custody.SUBJECT, subject.id), *((Custody.SHIPMENT, pickup.shipment.id) for pickup in pickups)}
    for kit in held:
        if (kit.state.custody, kit.place_id) not in theirs:
            raise NotWithSubject(f"{kit.number} was not handed over to this subject. Nothing was booked.")
    # Only now: the answer tells how much is in a kit, and that is said of the subject's own kits only.
    counted = _counted(work, subject, ask)
    lost = [kit.number for kit in ask.kits if _event(kit) == KitEvent.LOSE]
    returned = [number for number in numbers if number not in lost]
    _move(work, subject, held, {kit.number: _event(kit) for kit in ask.kits})
    _record_counts(work, subject, ask, counted, {kit.number: kit.id for kit in held})
    note_arrival(work, pickups, [kit.id for kit in held])
    audit_subject(
        work,
        subject,
        "kits_taken_back",
        new={
            "returned": returned,
            "lost": lost,
            "on_day": ask.on_day.isoformat(),
            "counts": [_told(kit) for kit in counted],
        },
    )
    return ReturnReceipt(study_id=ask.study_id, subject=subject.number, returned=returned, lost=lost)


def _event(kit: ReturnedKit) -> KitEvent:
    """What happens to the kit."""
    if kit.kit_lost or kit.fate == KitFate.LOST:
        return KitEvent.LOSE
    return KitEvent.SPOIL if kit.fate == KitFate.DAMAGED else KitEvent.TAKE_BACK


def _move(work: Work, subject: LockedSubject, held: Sequence[HeldKit], events: dict[str, KitEvent]) -> None:
    """Each kit to where it really is."""
    for event in (KitEvent.TAKE_BACK, KitEvent.SPOIL, KitEvent.LOSE):
        place = None if event == KitEvent.LOSE else subject.site.id
        if kits := [kit for kit in held if events[kit.number] == event]:
            move_kits(work, kits, event, place_id=place, subject_id=subject.id)


def _counted(work: Work, subject: LockedSubject, ask: TakeBackKits) -> list[ReturnedKit]:
    """The kits as the study counts them; CountsDoNotAddUp, naming the missing units, where they cannot be."""
    if subject.definition.conduct.returns_counted_in == "kits":
        return [_whole(kit) for kit in ask.kits]
    if whole := [kit.number for kit in ask.kits if kit.fate is not None]:
        raise CountedInUnits(whole[0])
    rows = work.rows(_TYPES, study_id=ask.study_id, numbers=[kit.number for kit in ask.kits])
    units = {row["number"]: subject.definition.kit_type(row["kit_type"]).units_per_kit for row in rows}
    return [_filled(kit, units[kit.number]) if kit.number in units else kit for kit in ask.kits]


def _whole(kit: ReturnedKit) -> ReturnedKit:
    """A kit told by its fate alone."""
    units = (kit.units_returned, kit.units_used, kit.units_lost, kit.units_damaged)
    if kit.fate is None or kit.kit_lost or any(units):
        raise CountedInKits(kit.number)
    return kit.model_copy(update=dict.fromkeys(_COUNTS))


def _told(kit: ReturnedKit) -> dict[str, Any]:
    """A kit in the audit trail: its fate, or its counts."""
    return kit.model_dump(include={"number", "fate"} if kit.fate else {"number", "kit_lost", *_COUNTS})


_COUNTS = ("units_returned", "units_used", "units_lost", "units_damaged")


def _filled(kit: ReturnedKit, units: int) -> ReturnedKit:
    said = {name: getattr(kit, name) for name in _COUNTS}
    open_ones = [name for name, count in said.items() if count is None]
    counted = sum(count for count in said.values() if count is not None)
    if kit.kit_lost and counted <= units:
        return kit.model_copy(update=dict.fromkeys(open_ones, 0))
    if len(open_ones) > 1 or counted > units or (counted < units and not open_ones):
        raise CountsDoNotAddUp(
            f"Kit {kit.number}: {counted} units are accounted for, {units} were in it. "
            "Nothing was booked. Count again, and enter missing units as lost."
        )
    return kit.model_copy(update=dict.fromkeys(open_ones, units - counted))


def _record_counts(
    work: Work, subject: LockedSubject, ask: TakeBackKits, counted: list[ReturnedKit], ids: dict[str, int]
) -> None:
    work.record_all(
        KitReturn,
        (
            {
                **subject.owner,
                "kit_id": ids[kit.number],
                "subject_id": subject.id,
                **kit.model_dump(exclude={"number", "kit_lost"}),
                "on_day": ask.on_day,
                "at": work.at,
                "account_id": work.actor.account_id,
            }
            for kit in counted
        ),
    )
