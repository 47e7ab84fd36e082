"""Tasks about kits that go to subjects' homes: a release to sign, a try in vain, a patient to be called."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, and_, bindparam, func, select

from irt.blinding.roles import Permission
from irt.reads.blinded_sites import WorkSite
from irt.reads.blinded_tasks import HomeBound, SiteFacts, Task, about_visit, kit_words
from irt.states.home_delivery import ENDED_IN_VAIN, DeliveryStatus
from irt.states.records import KitCheck
from irt.states.shipment import ShipmentStatus
from irt.tables.columns import table_of
from irt.tables.home import HomeDelivery
from irt.tables.kit import DispensedKit, Dispensing
from irt.tables.shipment import Shipment
from irt.tables.subject import Subject, Visit

_DELIVERIES, _DISPENSINGS, _LINES = table_of(HomeDelivery), table_of(Dispensing), table_of(DispensedKit)
_SUBJECTS, _VISITS, _SHIPMENTS = table_of(Subject), table_of(Visit), table_of(Shipment)
_HERE: BindParameter[Any] = bindparam("sites", expanding=True)
_OVER = (*sorted(ENDED_IN_VAIN), DeliveryStatus.DELIVERED)
_HERE_YET = (ShipmentStatus.REQUESTED, ShipmentStatus.PACKED)
"""A parcel that its site has still to pack, or to give to the carrier."""
_KITS = (
    select(func.count())
    .select_from(_LINES)
    .where(_LINES.c.dispensing_id == _DISPENSINGS.c.id, _LINES.c.status != KitCheck.REPLACED)
    .correlate(_DISPENSINGS)
    .scalar_subquery()
)
_OPEN = (
    select(
        _DELIVERIES.c.site_id,
        _DISPENSINGS.c.id,
        _SUBJECTS.c.number.label("subject"),
        _VISITS.c.code,
        _VISITS.c.occurrence,
        _DELIVERIES.c.status,
        _DELIVERIES.c.attempts,
        _DISPENSINGS.c.assigned_at,
        _SHIPMENTS.c.expected_on,
        and_(_DELIVERIES.c.depot_id.is_(None), _SHIPMENTS.c.status.in_(_HERE_YET)).label("to_pack"),
        _KITS.label("kits"),
    )
    .join(_DISPENSINGS, _DISPENSINGS.c.id == _DELIVERIES.c.dispensing_id)
    .join(_SUBJECTS, _SUBJECTS.c.id == _DELIVERIES.c.subject_id)
    .join(_VISITS, _VISITS.c.id == _DISPENSINGS.c.visit_id)
    .outerjoin(_SHIPMENTS, _SHIPMENTS.c.id == _DELIVERIES.c.shipment_id)
    .where(_DELIVERIES.c.site_id.in_(_HERE), _DELIVERIES.c.status.not_in(_OVER))
    .order_by(_DISPENSINGS.c.id)
)


def home_bound(connection: Connection, sites: Sequence[WorkSite]) -> Mapping[int, tuple[HomeBound, ...]]:
    """Deliveries that have not ended, by site; asked only of sites whose study sends kits home."""
    if not sites:
        return {}
    found: dict[int, list[HomeBound]] = defaultdict(list)
    for row in connection.execute(_OPEN, {"sites": [site.site_id for site in sites]}):
        one = HomeBound(
            id=row.id,
            subject=row.subject,
            visit=row.code,
            occurrence=row.occurrence,
            kits=row.kits,
            status=DeliveryStatus(row.status),
            attempts=row.attempts,
            assigned_at=row.assigned_at,
            expected_on=row.expected_on,
            to_pack=bool(row.to_pack),
        )
        found[row.site_id].append(one)
    return {site_id: tuple(lines) for site_id, lines in found.items()}


def home_tasks(facts: SiteFacts) -> Iterator[Task]:
    """What each delivery asks of the site: its release, a call after a try in vain, or a code for the patient."""
    for one in facts.homes:
        if one.status == DeliveryStatus.AWAITING_RELEASE:
            yield _to_release(facts, one)
        elif one.to_pack:
            yield _to_pack(facts, one)
        elif one.status == DeliveryStatus.ATTEMPTED:
            yield _in_vain(facts, one)
        else:
            yield _on_its_way(facts, one)


def _to_release(facts: SiteFacts, one: HomeBound) -> Task:
    late = facts.site.day_of(one.assigned_at) < facts.today
    return _task(
        facts,
        one,
        "Release to the home",
        f"{kit_words(one.kits)} assigned, not released",
        group="overdue" if late else "today",
        urgency="late" if late else "soon",
        due=facts.site.day_of(one.assigned_at),
        button="Release" if facts.may(Permission.RELEASE_DELIVERY) else "View",
        primary=facts.may(Permission.RELEASE_DELIVERY),
    )


def _to_pack(facts: SiteFacts, one: HomeBound) -> Task:
    return _task(
        facts,
        one,
        "Pack for the home",
        f"{kit_words(one.kits)} released; scan them into the parcel and give it to the carrier",
        group="today",
        urgency="soon",
        due=one.expected_on,
        button="Pack",
        primary=facts.may(Permission.DISPENSE),
    )


def _in_vain(facts: SiteFacts, one: HomeBound) -> Task:
    rules = facts.study.delivery
    most = f" of {rules.attempts_max}" if rules else ""
    return _task(
        facts,
        one,
        "Delivery failed",
        f"attempt {one.attempts}{most} in vain; call the patient, the carrier agrees another time",
        group="today",
        urgency="soon",
        due=one.expected_on,
        primary=facts.may(Permission.DISPENSE),
    )


def _on_its_way(facts: SiteFacts, one: HomeBound) -> Task:
    """From the day it is awaited on, the patient needs a code; a day later somebody should ask."""
    there = one.status == DeliveryStatus.UNDERWAY
    due = there and one.expected_on is not None and one.expected_on <= facts.today
    late = due and one.expected_on is not None and one.expected_on < facts.today
    words = "on the way" if there else "the depot prepares it"
    asked = "not confirmed yet; call the patient" if late else "give the patient a code"
    if not due:
        return _task(facts, one, "Delivery to the home", f"{kit_words(one.kits)} · {words}", due=one.expected_on)
    return _task(
        facts,
        one,
        "Confirm delivery",
        f"{kit_words(one.kits)} · {asked}",
        group="overdue" if late else "today",
        urgency="late" if late else "soon",
        due=one.expected_on,
        primary=facts.may(Permission.DISPENSE),
    )


def _task(facts: SiteFacts, one: HomeBound, title: str, details: str, **said: Any) -> Task:
    waiting = "group" not in said
    return Task(
        kind="waiting" if waiting else "home",
        icon="waiting" if waiting else "shipment",
        title=title,
        about=about_visit(facts, one.subject, one.visit, one.occurrence),
        study_id=facts.site.study_id,
        study=facts.site.study,
        details=details,
        href=facts.at("subjects", one.subject, "home", one.id),
        owner="Carrier" if waiting else "",
        **{"group": "waiting", "button": "Open", **said},
    )
