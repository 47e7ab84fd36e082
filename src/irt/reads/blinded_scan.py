"""What a scanned or typed code is, for this person: a kit to hand over, a shipment, a subject, or just a kit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, RowMapping, Select, and_, bindparam, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_sites import WorkSite, sites_reached
from irt.states.kit import Accountability, Assignment, Custody, DisplayStatus, KitState, Quality, display_status
from irt.states.records import DispensingStatus, KitCheck
from irt.states.shipment import ShipmentStatus
from irt.states.table import words
from irt.supply.barcode import kit_number_in, misread
from irt.tables.columns import table_of
from irt.tables.kit import DispensedKit, Dispensing, Kit
from irt.tables.shipment import Shipment
from irt.tables.subject import Subject


@dataclass(frozen=True)
class Scanned(BlindedView):
    """What was found: an address to go to, or words to say. A kit of an open dispensing names that dispensing."""

    kind: str
    title: str
    words: str = ""
    href: str = ""
    study_id: int | None = None
    dispensing_id: int | None = None


_KITS, _LINES, _DISPENSINGS = table_of(Kit), table_of(DispensedKit), table_of(Dispensing)
_SUBJECTS, _SHIPMENTS = table_of(Subject), table_of(Shipment)
_SITES_HERE: BindParameter[Any] = bindparam("sites", expanding=True)
_CODE: BindParameter[Any] = bindparam("code")
_TO_HAND_OVER = (
    select(_DISPENSINGS.c.id, _DISPENSINGS.c.study_id, _SUBJECTS.c.number)
    .join(_LINES, _LINES.c.dispensing_id == _DISPENSINGS.c.id)
    .join(_KITS, _KITS.c.id == _LINES.c.kit_id)
    .join(_SUBJECTS, _SUBJECTS.c.id == _DISPENSINGS.c.subject_id)
    .where(
        _KITS.c.number == _CODE,
        _DISPENSINGS.c.site_id.in_(_SITES_HERE),
        _DISPENSINGS.c.status == DispensingStatus.ASSIGNED,
        _LINES.c.status.in_((KitCheck.WAITING, KitCheck.CHECKED)),
    )
    .order_by(_DISPENSINGS.c.id)
)
_SUBJECT = (
    select(_SUBJECTS.c.study_id, _SUBJECTS.c.number)
    .where(_SUBJECTS.c.number == _CODE, _SUBJECTS.c.site_id.in_(_SITES_HERE))
    .order_by(_SUBJECTS.c.id)
)
_SHIPMENT = (
    select(_SHIPMENTS.c.study_id, _SHIPMENTS.c.number, _SHIPMENTS.c.status)
    .where(_SHIPMENTS.c.number == _CODE, _SHIPMENTS.c.site_id.in_(_SITES_HERE))
    .order_by(_SHIPMENTS.c.id)
)
_AT_SITE = select(_KITS).where(
    _KITS.c.number == _CODE,
    and_(_KITS.c.custody == Custody.SITE, _KITS.c.place_id.in_(_SITES_HERE)),
)
_WITH_SUBJECT = (
    select(_SUBJECTS.c.study_id, _SUBJECTS.c.number)
    .join(_KITS, and_(_KITS.c.custody == Custody.SUBJECT, _KITS.c.place_id == _SUBJECTS.c.id))
    .where(_KITS.c.number == _CODE, _SUBJECTS.c.site_id.in_(_SITES_HERE))
)
_RECEIVABLE = (ShipmentStatus.IN_TRANSIT, ShipmentStatus.DELIVERED, ShipmentStatus.RECEIVED_PARTLY)


def find_scanned(connection: Connection, actor: Actor, read: str, now: datetime) -> Scanned:
    """What the code is among the records of the person's sites; others' records read as unknown."""
    sites = {site.site_id: site for site in sites_reached(connection, actor, Permission.DISPENSE)}
    typed = read.strip()
    kit = kit_number_in(typed)
    search = _Search(connection, list(sites))
    found = (_as_kit(search, kit) if kit else None) or _as_subject(search, typed) or _as_shipment(search, typed)
    if found:
        return found
    wrong = misread(typed)
    if wrong:
        return Scanned("stop", wrong.title, wrong.sentence)
    if kit is None:
        return Scanned(
            "stop",
            "This is not a number of your sites",
            "Scan the square code on the kit, the shipment’s or the subject’s card, or type the number.",
        )
    return _lying_here(search, sites, kit, now) or Scanned(
        "stop",
        f"{kit} is not a kit of your sites",
        "Nothing was booked. Keep it apart and ask the study coordinator.",
    )


class _Search:
    """Questions about one code at the same sites."""

    def __init__(self, connection: Connection, sites: list[int]) -> None:
        self._connection, self._sites = connection, sites

    def one(self, statement: Select[Any], code: str) -> RowMapping | None:
        """The first record of that number."""
        return self._connection.execute(statement, {"sites": self._sites, "code": code}).mappings().first()


def _as_kit(search: _Search, kit: str) -> Scanned | None:
    if row := search.one(_TO_HAND_OVER, kit):
        href = f"/studies/{row['study_id']}/subjects/{row['number']}/dispense/{row['id']}"
        return Scanned("ok", kit, href=href, study_id=row["study_id"], dispensing_id=row["id"])
    if row := search.one(_WITH_SUBJECT, kit):
        return Scanned("ok", kit, href=f"/studies/{row['study_id']}/subjects/{row['number']}/returns?kit={kit}")
    return None


def _as_subject(search: _Search, typed: str) -> Scanned | None:
    row = search.one(_SUBJECT, typed)
    return Scanned("ok", typed, href=f"/studies/{row['study_id']}/subjects/{row['number']}") if row else None


def _as_shipment(search: _Search, typed: str) -> Scanned | None:
    row = search.one(_SHIPMENT, typed.upper())
    if row is None:
        return None
    here = f"/shipments/{row['study_id']}/{row['number']}"
    return Scanned("ok", typed, href=f"{here}/receive" if row["status"] in _RECEIVABLE else here)


def _lying_here(search: _Search, sites: dict[int, WorkSite], kit: str, now: datetime) -> Scanned | None:
    row = search.one(_AT_SITE, kit)
    if row is None:
        return None
    site = sites[row["place_id"]]
    state = KitState(
        Custody(row["custody"]),
        Quality(row["quality"]),
        Assignment(row["assignment"]),
        Accountability(row["accountability"]),
    )
    expiry = row["expiry"]
    meaning = _meaning(display_status(state, expiry, site.today(now)))
    where = f" It lies in {row['storage_place']}." if row["storage_place"] else ""
    return Scanned(
        "info",
        f"{kit} is a kit of {site.study} at site {site.site}",
        f"{meaning}{where} Use by {expiry.day} {expiry:%b} {expiry.year}. Nothing was booked.",
    )


def _meaning(status: DisplayStatus) -> str:
    if status == DisplayStatus.AVAILABLE:
        return "It is free: assigned to nobody."
    return f"Its state: {words(status).lower()}."
