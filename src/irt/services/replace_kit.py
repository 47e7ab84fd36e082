"""A replacement for a kit of an open dispensing that is damaged or missing, or of one lost after hand-over."""

from datetime import date
from typing import Any, Literal

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import Refusal
from irt.reads.candidates import candidates_at
from irt.services.assign_kits import book_kits, lock_stock
from irt.services.dispensings import (
    DispensingReceipt,
    LockedDispensing,
    audit_dispensing,
    lock_dispensing,
    receipt_of,
    set_lines,
)
from irt.services.kit_chance import chance_for
from irt.services.move_kits import lock_kits, move_kits
from irt.services.subjects import refusals_concern
from irt.services.work import Work
from irt.states.kit import KitEvent
from irt.states.records import DispensingStatus, KitCheck
from irt.study.definition import StudyDefinition
from irt.study.dispensing import KitNeed
from irt.study.schedule import UNSCHEDULED, treatment_days
from irt.supply.dispensing_window import dispensing_windows
from irt.supply.kit_selection import Candidate, Choice, choose_kits
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
    with refusals_concern(dispensing.subject.about("replacement")):
        return _replace(work, ask, dispensing)


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
    subject.site.require_come(ask.on_day, work.at)
    row: Any = work.one("kit", _KIT_TYPE, kit_id=kit_id)
    needs = [KitNeed(kit_type=row["kit_type"])]
    candidates = _lock_candidates(work, dispensing, kit_id, row["kit_type"])
    days = _days_to_last(subject.definition, dispensing)
    windows = dispensing_windows(subject.definition, subject.site.country, {row["kit_type"]}, days)
    occasion = f"{dispensing.visit}|{dispensing.occurrence}|replaces {ask.number}"
    return choose_kits(candidates, needs, subject.site.today(work.at), windows, chance_for(work, subject, occasion))


def _lock_candidates(work: Work, dispensing: LockedDispensing, kit_id: int, kit_type: str) -> list[Candidate]:
    """The kits to choose from, locked together with the one to replace, in order of id.

    A kit that stood on this dispensing before, and is usable again, is not given a second line on it.
    """
    subject, site = dispensing.subject, dispensing.subject.site
    lock_stock(work, subject)
    place = (work.connection, subject.study_id, site.id, site.country, site.label_group, [kit_type])
    locked = {kit.id for kit in lock_kits(work, [kit_id, *(c.id for c in candidates_at(*place, lock=False))])}
    fresh = locked.difference(dispensing.kit_ids)
    return [candidate for candidate in candidates_at(*place, lock=False) if candidate.id in fresh]


def _days_to_last(definition: StudyDefinition, dispensing: LockedDispensing) -> int:
    """To the next visit; for an unscheduled visit as long as for any, which is never too short."""
    if dispensing.visit == UNSCHEDULED:
        return max(treatment_days(definition, visit.code) for visit in definition.visits if visit.dispenses)
    return treatment_days(definition, dispensing.visit, dispensing.occurrence)
