"""A replacement for a kit of an open dispensing that is damaged or missing, or of one lost after hand-over."""

from datetime import date
from typing import Any, Literal

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.reads.candidates import candidates_at
from irt.services.assign_kits import book_kits, chance_for
from irt.services.dispensings import (
    DispensingReceipt,
    LockedDispensing,
    audit_dispensing,
    lock_dispensing,
    receipt_of,
    set_lines,
)
from irt.services.move_kits import lock_kits, move_kits
from irt.services.randomize_subject import dispensing_windows
from irt.services.unit_of_work import Work
from irt.states.kit import KitEvent
from irt.states.records import DispensingStatus, KitCheck
from irt.study.dispensing import KitNeed
from irt.study.schedule import treatment_days
from irt.supply.kit_selection import Choice, choose_kits
from irt.tables.columns import table_of
from irt.tables.secret import KitContent


class ReplaceKit(SQLModel):
    """A kit of an open dispensing that cannot be given, and why."""

    study_id: int
    dispensing_id: int
    number: str
    problem: Literal["damaged", "missing"]
    reason: str = Field(min_length=1)
    on_day: date


class NotReplaceable(Refusal):
    """Only a kit still to be handed over is replaced here."""


_EVENTS = {"damaged": KitEvent.DAMAGE, "missing": KitEvent.GO_MISSING}
_CONTENTS = table_of(KitContent)
_KIT_TYPE = select(_CONTENTS.c.kit_type).where(_CONTENTS.c.kit_id == bindparam("kit_id"))


def replace_kit(work: Work, ask: ReplaceKit) -> DispensingReceipt:
    """Takes the kit out of stock and assigns another for the same visit; refused neutrally where there is none."""
    dispensing = lock_dispensing(work, ask.study_id, ask.dispensing_id, Permission.DISPENSE)
    try:
        return _replace(work, ask, dispensing)
    except Refusal as refusal:
        raise refusal.concerning(dispensing.subject.about("replacement"), refusal.candidates) from None


def _replace(work: Work, ask: ReplaceKit, dispensing: LockedDispensing) -> DispensingReceipt:
    _require_replaceable(dispensing, ask.number)
    subject, kit_id = dispensing.subject, dispensing.id_of(ask.number)
    choice = _choose(work, ask, dispensing, kit_id)
    place = None if ask.problem == "missing" else subject.site.id
    kits = lock_kits(work, [kit_id])
    move_kits(work, kits, _EVENTS[ask.problem], place_id=place, subject_id=subject.id, reason=ask.reason)
    set_lines(work, dispensing, [kit_id], KitCheck.REPLACED)
    book_kits(work, subject, dispensing.id, choice.chosen, replaces_kit_id=kit_id)
    audit_dispensing(
        work,
        dispensing,
        "kit_replaced",
        old={"kit": ask.number},
        new={"kit": choice.chosen[0].number, "problem": ask.problem},
        reason=ask.reason,
        secret=choice.trace,
    )
    after = lock_dispensing(work, ask.study_id, ask.dispensing_id, Permission.DISPENSE)
    return receipt_of(after, after.status, after.kits)


def _require_replaceable(dispensing: LockedDispensing, number: str) -> None:
    if not dispensing.subject.definition.conduct.replacement_kits:
        raise NotReplaceable("This study gives no replacement kits. Nothing was booked. Call the help line.")
    if dispensing.status != DispensingStatus.ASSIGNED or number not in dispensing.open_kits():
        raise NotReplaceable(f"{number} is not a kit waiting to be handed over at this visit. Nothing was booked.")


def _choose(work: Work, ask: ReplaceKit, dispensing: LockedDispensing, kit_id: int) -> Choice:
    """Another kit of the same type, by the same rule as the first."""
    subject = dispensing.subject
    if ask.on_day > subject.site.today(work.at):
        raise BadInput("The day has not come yet at this site. Enter the day it happened.")
    row: Any = work.one("kit", _KIT_TYPE, kit_id=kit_id)
    kit_type, site = row["kit_type"], subject.site
    candidates = candidates_at(
        work.connection, subject.study_id, site.id, site.country, site.label_group, [kit_type], lock=True
    )
    known = {visit.code for visit in subject.definition.visits}
    days = (
        treatment_days(subject.definition, dispensing.visit, dispensing.occurrence)
        if dispensing.visit in known
        else 0
    )
    windows = dispensing_windows(subject.definition, site.country, {kit_type}, days)
    occasion = f"{dispensing.visit}|{dispensing.occurrence}|replaces {ask.number}"
    return choose_kits(
        candidates, [KitNeed(kit_type=kit_type)], ask.on_day, windows, chance_for(work, subject, occasion)
    )
