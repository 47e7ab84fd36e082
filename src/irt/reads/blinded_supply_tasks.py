"""Tasks about kits of a site as such: shipments to receive, kits that expire or wait for a decision."""

from collections.abc import Iterator
from datetime import timedelta

from irt.blinding.roles import Permission
from irt.reads.blinded_label_tasks import LabelsOwed
from irt.reads.blinded_tasks import AHEAD_DAYS, EXPIRY_AHEAD_DAYS, Coming, Group, SiteFacts, Task, kit_words
from irt.states.shipment import ShipmentStatus

_ARRIVED = (ShipmentStatus.DELIVERED, ShipmentStatus.RECEIVED_PARTLY)


def shipment_tasks(facts: SiteFacts) -> Iterator[Task]:
    """Every shipment to the site that was not received yet."""
    for shipment in facts.shipments:
        if shipment.status in _ARRIVED or (_moving(shipment) and _due(facts, shipment)):
            yield _to_receive(facts, shipment)
        else:
            yield _to_expect(facts, shipment)


def _moving(shipment: Coming) -> bool:
    return shipment.status == ShipmentStatus.IN_TRANSIT


def _due(facts: SiteFacts, shipment: Coming) -> bool:
    return shipment.expected_on is not None and shipment.expected_on <= facts.today


def _to_receive(facts: SiteFacts, shipment: Coming) -> Task:
    arrived = shipment.status in _ARRIVED
    return Task(
        kind="receive",
        group="today",
        icon="shipment",
        title="Receive shipment",
        about=_about(shipment),
        study_id=facts.site.study_id,
        study=facts.site.study,
        details=f"{kit_words(shipment.kits)} · {_way(shipment)}",
        due=shipment.expected_on,
        at=shipment.delivered_at,
        zone=facts.site.zone,
        urgency="soon",
        button="Receive",
        href=f"/shipments/{facts.site.study_id}/{shipment.number}/receive",
        primary=arrived and facts.may(Permission.RECEIVE_SHIPMENT),
    )


def _to_expect(facts: SiteFacts, shipment: Coming) -> Task:
    moving = _moving(shipment)
    return Task(
        kind="receive" if moving else "waiting",
        group="week" if moving else "waiting",
        icon="shipment" if moving else "waiting",
        title="Expect shipment" if moving else "Shipment",
        about=_about(shipment),
        study_id=facts.site.study_id,
        study=facts.site.study,
        details=f"{kit_words(shipment.kits)} · {_way(shipment)}",
        due=shipment.expected_on,
        owner="" if moving else "Depot",
        button="View",
        href=f"/shipments/{facts.site.study_id}/{shipment.number}",
    )


def _about(shipment: Coming) -> str:
    return f"{shipment.number} · {shipment.storage}"


def _way(shipment: Coming) -> str:
    words = {
        ShipmentStatus.DELIVERED: "the carrier says delivered",
        ShipmentStatus.RECEIVED_PARTLY: "received in part",
        ShipmentStatus.IN_TRANSIT: "on the way",
        ShipmentStatus.CUSTOMS_HOLD: "held at customs",
    }
    return words.get(shipment.status, "the depot prepares it")


def stock_tasks(facts: SiteFacts) -> Iterator[Task]:
    """Kits that are past their date, will be soon, or wait for a quality decision."""
    if facts.expired:
        yield _of_stock(facts, "Put apart", f"{kit_words(facts.expired)} past the expiry date", "overdue")
    if facts.expiring:
        kits, _ = facts.expiring
        details = f"{kit_words(kits)} within {EXPIRY_AHEAD_DAYS} days"
        yield _of_stock(facts, "Expiring soon", details, "week")
    if facts.quarantined:
        details = f"{kit_words(facts.quarantined)} in quarantine; keep apart, do not use"
        yield _of_stock(facts, "Quality decision", details, "waiting")
    if facts.may(Permission.COUNT_STOCK):
        yield from (_of_labels(facts, owed) for owed in facts.labels)


def _of_labels(facts: SiteFacts, owed: LabelsOwed) -> Task:
    """Labels to put on, or to check; the same words whatever is inside, for a lot is labelled as a whole."""
    where = f"/relabel/{facts.site.study_id}"
    soon = owed.until is None or owed.until <= facts.today + timedelta(days=EXPIRY_AHEAD_DAYS)
    date_words = f"new date {owed.new_expiry:%d %b %Y}".replace(" 0", " ")
    return Task(
        kind="stock",
        group="today" if soon else "week",
        icon="stock",
        title="Check labels" if owed.number else "Relabel",
        about=f"Site {facts.site.site} · {owed.number or owed.change}",
        study_id=facts.site.study_id,
        study=facts.site.study,
        details=f"{kit_words(owed.kits)}: {date_words}",
        due=owed.until,
        urgency="soon" if soon else "ok",
        button="Check" if owed.number else "Relabel",
        href=f"{where}/checks/{owed.number}" if owed.number else f"{where}/{owed.change}/site/{facts.site.site}",
        primary=soon,
    )


def _of_stock(facts: SiteFacts, title: str, details: str, group: Group) -> Task:
    first = facts.expiring[1] if facts.expiring and group == "week" else None
    soon = first is not None and first <= facts.today + timedelta(days=AHEAD_DAYS)
    waiting = group == "waiting"
    return Task(
        kind="waiting" if waiting else "stock",
        group=group,
        icon="waiting" if waiting else "stock",
        title=title,
        about=f"Site {facts.site.site}",
        study_id=facts.site.study_id,
        study=facts.site.study,
        details=details,
        due=first,
        urgency="late" if group == "overdue" else "soon" if soon else "ok",
        owner="Quality" if waiting else "",
        button="View",
        href=f"/stock?study={facts.site.study_id}",
    )
