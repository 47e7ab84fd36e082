"""The accountability log of a site: every kit that was ever there, from its receipt to its end."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select

from irt.reads.blinded_satellites import kits_sent_on
from irt.reads.blinded_sites import WorkSite, study_at
from irt.states.kit import Accountability, Custody, KitEvent
from irt.states.table import words
from irt.study.schedule import visit_name
from irt.supply.pharmacy_log import DEFAULT, Column, layout_of
from irt.tables.columns import table_of
from irt.tables.controlled import WitnessedKit
from irt.tables.kit import BlindedLot, DispensedKit, Dispensing, Kit, KitReturn, Movement
from irt.tables.people import Account
from irt.tables.pharmacy_log import LogLayout
from irt.tables.record import Signature
from irt.tables.shipment import Shipment
from irt.tables.subject import Subject, Visit

_KITS, _LOTS, _MOVES = table_of(Kit), table_of(BlindedLot), table_of(Movement)
_ACCOUNTS, _SUBJECTS, _SHIPMENTS = table_of(Account), table_of(Subject), table_of(Shipment)
_RETURNS, _GIVEN, _DISPENSINGS, _VISITS = (
    table_of(KitReturn),
    table_of(DispensedKit),
    table_of(Dispensing),
    table_of(Visit),
)
_LAYOUTS, _SEEN, _SIGNATURES = table_of(LogLayout), table_of(WitnessedKit), table_of(Signature)
_EVER_THERE = select(_MOVES.c.kit_id).where(
    _MOVES.c.custody == Custody.SITE, _MOVES.c.place_id == bindparam("site_id")
)
_HERE = _KITS.c.id.in_(_EVER_THERE)
_OF_SITE = (
    select(_KITS, _LOTS.c.number.label("lot"))
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .where(_HERE)
    .order_by(_KITS.c.number)
)
_STEPS = (
    select(
        _MOVES.c.kit_id,
        _MOVES.c.event,
        _MOVES.c.occurred_at,
        _MOVES.c.reason,
        _ACCOUNTS.c.printed_name.label("person"),
        _SUBJECTS.c.number.label("subject"),
        _SHIPMENTS.c.number.label("shipment"),
        _SIGNATURES.c.printed_name.label("witness"),
    )
    .outerjoin(_ACCOUNTS, _ACCOUNTS.c.id == _MOVES.c.account_id)
    .outerjoin(_SUBJECTS, _SUBJECTS.c.id == _MOVES.c.subject_id)
    .outerjoin(_SHIPMENTS, _SHIPMENTS.c.id == _MOVES.c.shipment_id)
    .outerjoin(_SEEN, and_(_SEEN.c.kit_id == _MOVES.c.kit_id, _SEEN.c.at == _MOVES.c.recorded_at))
    .outerjoin(_SIGNATURES, _SIGNATURES.c.id == _SEEN.c.signature_id)
    .where(_MOVES.c.kit_id.in_(_EVER_THERE))
    .order_by(_MOVES.c.id)
)
_COUNTS = select(_RETURNS).join(_KITS, _KITS.c.id == _RETURNS.c.kit_id).where(_HERE).order_by(_RETURNS.c.id)
_VISITS_OF = (
    select(_GIVEN.c.kit_id, _VISITS.c.code, _VISITS.c.occurrence)
    .join(_DISPENSINGS, _DISPENSINGS.c.id == _GIVEN.c.dispensing_id)
    .join(_VISITS, _VISITS.c.id == _DISPENSINGS.c.visit_id)
    .where(
        _DISPENSINGS.c.site_id == bindparam("site_id"),
        or_(_GIVEN.c.status == "handed_over", _GIVEN.c.status == "misallocated"),
    )
)
_LAYOUT = (
    select(_LAYOUTS.c.columns)
    .where(_LAYOUTS.c.site_id == bindparam("site_id"))
    .order_by(_LAYOUTS.c.id.desc())
    .limit(1)
)
_RECEIPTS = (KitEvent.RECEIVE, KitEvent.RECEIVE_QUARANTINED, KitEvent.RECEIVE_DAMAGED, KitEvent.FIND_AT_SITE)
_GIVINGS = (KitEvent.HAND_OVER, KitEvent.HAND_OVER_WRONGLY, KitEvent.DELIVER)
_REMARKED = (
    KitEvent.GO_MISSING,
    KitEvent.DAMAGE,
    KitEvent.QUARANTINE,
    KitEvent.REVERSE,
    KitEvent.FIND_AT_SITE,
    KitEvent.RECEIVE_DAMAGED,
)


def log_layout(connection: Connection, site: WorkSite) -> tuple[Column, ...]:
    """The columns as the site chose them last, or the default."""
    stored = connection.execute(_LAYOUT, {"site_id": site.site_id}).scalar()
    return DEFAULT if stored is None else layout_of((field, heading) for field, heading in stored)


def log_lines(connection: Connection, site: WorkSite, subject: str = "") -> list[Mapping[str, object]]:
    """A line for each kit that ever was at the site, by number; with a subject, the kits given to that one."""
    study = study_at(connection, site.study_id, site.version)
    names = {group.code: group.name for group in study.blinding_groups}
    asked = {"site_id": site.site_id}
    lines: dict[int, dict[str, object]] = {}
    for row in connection.execute(_OF_SITE, asked).mappings():
        over = row["accountability"]
        lines[row["id"]] = {
            "kit": row["number"],
            "product": names.get(row["blinding_group"], row["blinding_group"]),
            "lot": row["lot"],
            "use_by": row["expiry"].isoformat(),
            "storage_place": row["storage_place"],
            "state": words(row["custody"] if over == Accountability.NONE else over),
        }
    # What a satellite does with a kit stands in its own log.
    sent_on, gone = kits_sent_on(connection, site.site_id), set[int]()
    for step in connection.execute(_STEPS, asked):
        if step.kit_id in sent_on and step.event == KitEvent.SEND_ON:
            day = site.day_of(step.occurred_at).isoformat()
            lines[step.kit_id] |= {
                "state": "sent to satellite",
                "remarks": f"sent to satellite {day}: {step.shipment}",
            }
            gone.add(step.kit_id)
        elif step.kit_id in lines and step.kit_id not in gone:
            _note(lines[step.kit_id], step, site)
    for count in connection.execute(_COUNTS, asked):
        if count.kit_id in lines and count.kit_id not in gone:
            facts = {"units_returned": count.units_returned, "units_used": count.units_used}
            facts["units_lost"] = count.units_lost
            lines[count.kit_id] |= {name: "" if units is None else units for name, units in facts.items()}
    for given in connection.execute(_VISITS_OF, asked):
        if given.kit_id in lines:
            lines[given.kit_id]["visit"] = visit_name(study, given.code, given.occurrence)
    return [line for line in lines.values() if not subject or line.get("subject") == subject]


def _note(line: dict[str, object], step: Any, site: WorkSite) -> None:
    """What one movement says in the log."""
    day = site.day_of(step.occurred_at).isoformat()
    if step.event in _RECEIPTS:
        line |= {"received_on": day, "received_by": step.person or "", "shipment": step.shipment or ""}
    elif step.event in _GIVINGS:
        line |= {"dispensed_on": day, "dispensed_by": step.person or "", "subject": step.subject or ""}
        line["witness"] = step.witness or ""
    elif step.event == KitEvent.TAKE_BACK:
        line |= {"returned_on": day, "returned_by": step.person or ""}
    elif step.event == KitEvent.VERIFY:
        line |= {"verified_on": day, "verified_by": step.person or ""}
    elif step.event == KitEvent.MONITOR:
        line |= {"monitored_on": day, "monitored_by": step.person or ""}
    elif step.event == KitEvent.DESTROY:
        line |= {"destroyed_on": day, "certificate": (step.reason or "").removeprefix("Certificate ")}
    if step.event in _REMARKED:
        said = f"{words(step.event)} {day}" + (f": {step.reason}" if step.reason else "")
        line["remarks"] = "; ".join(part for part in (str(line.get("remarks", "")), said) if part)
