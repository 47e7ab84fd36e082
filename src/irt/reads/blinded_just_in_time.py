"""Kits that get the label of a country at the depot: which of a shipment need it, and what waits for a check."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, and_, bindparam, func, select

from irt.blinding.views import BlindedView
from irt.reads.blinded_sites import study_at
from irt.reads.blinded_supply import approved_version
from irt.supply.kit_selection import ANY_LABEL
from irt.tables.columns import table_of
from irt.tables.expiry import ExpiryChange, RelabelCheck, RelabelledKit, Relabelling
from irt.tables.kit import Kit
from irt.tables.people import Account
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Site
from irt.tables.subject import Subject


@dataclass(frozen=True)
class LabelsToCheck(BlindedView):
    """Labels put on the kits of one shipment that nobody has checked yet."""

    number: str
    kits: tuple[str, ...]
    labels_issued: int
    labels_used: int
    labels_spoiled: int
    labels_destroyed: int
    masters: tuple[str, ...]
    at: datetime
    put_on_by: str
    account_id: int


@dataclass(frozen=True)
class ShipmentLabels(BlindedView):
    """What is left to label of a shipment to one country; nothing where kits are not labelled at the depot."""

    country: str
    just_in_time: bool
    left: tuple[str, ...]
    to_check: tuple[LabelsToCheck, ...]
    kits: int

    @property
    def complete(self) -> bool:
        """Whether the parcel may be closed."""
        return not self.left and not self.to_check

    @property
    def waiting(self) -> int:
        """Kits that have their label and wait for the second person."""
        return sum(len(one.kits) for one in self.to_check)


_KITS, _SHIPMENTS, _SHIPPED, _SITES = table_of(Kit), table_of(Shipment), table_of(ShipmentKit), table_of(Site)
_DONE, _LABELLED, _CHECKS = table_of(Relabelling), table_of(RelabelledKit), table_of(RelabelCheck)
_ACCOUNTS, _SUBJECTS, _CHANGES = table_of(Account), table_of(Subject), table_of(ExpiryChange)
_LAST = (
    select(func.max(_DONE.c.id))
    .join(_LABELLED, _LABELLED.c.relabelling_id == _DONE.c.id)
    .join(_CHECKS, _CHECKS.c.relabelling_id == _DONE.c.id)
    .where(_LABELLED.c.kit_id == _KITS.c.id, _DONE.c.country.is_not(None), _CHECKS.c.passed)
    .correlate(_KITS)
    .scalar_subquery()
)
# A label put on before its lot was given an earlier date shows one that no longer holds.
_OUTDATED = (
    select(_CHANGES.c.id)
    .where(
        _CHANGES.c.blinded_lot_id == _KITS.c.blinded_lot_id,
        _CHANGES.c.new_expiry < _CHANGES.c.old_expiry,
        _CHANGES.c.at > _DONE.c.at,
    )
    .correlate(_KITS, _DONE)
    .exists()
)
_KITS_OF = (
    select(
        _KITS.c.id,
        _KITS.c.number,
        _KITS.c.blinding_group,
        _KITS.c.label_group,
        _DONE.c.country,
        _OUTDATED.label("outdated"),
    )
    .join(_SHIPPED, and_(_SHIPPED.c.kit_id == _KITS.c.id, _SHIPPED.c.outcome.is_(None)))
    .outerjoin(_DONE, _DONE.c.id == _LAST)
    .where(_SHIPPED.c.shipment_id == bindparam("shipment_id"))
    .order_by(_KITS.c.number)
)
_UNCHECKED = (
    select(_DONE, _ACCOUNTS.c.printed_name, _KITS.c.number.label("kit"))
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _DONE.c.account_id)
    .join(_LABELLED, _LABELLED.c.relabelling_id == _DONE.c.id)
    .join(_KITS, _KITS.c.id == _LABELLED.c.kit_id)
    .outerjoin(_CHECKS, _CHECKS.c.relabelling_id == _DONE.c.id)
    .where(_DONE.c.shipment_id == bindparam("shipment_id"), _CHECKS.c.id.is_(None))
    .order_by(_DONE.c.id, _KITS.c.number)
)
_GOES_TO = (
    select(_SHIPMENTS.c.id, _SITES.c.country)
    .outerjoin(_SUBJECTS, _SUBJECTS.c.id == _SHIPMENTS.c.subject_id)
    # A patient's home is where the site is that cares for them.
    .join(_SITES, _SITES.c.id == func.coalesce(_SHIPMENTS.c.site_id, _SUBJECTS.c.site_id))
    .where(
        _SHIPMENTS.c.study_id == bindparam("study_id"),
        _SHIPMENTS.c.number == bindparam("number"),
        _SHIPMENTS.c.origin_depot_id.is_not(None),
    )
)


def shipment_labels(connection: Connection, study_id: int, number: str) -> ShipmentLabels:
    """The work on one shipment's labels; the caller has checked that the reader works at its depot."""
    found = connection.execute(_GOES_TO, {"study_id": study_id, "number": number}).first()
    settings = study_at(connection, study_id, approved_version(connection, study_id)).labels
    if found is None or not settings.just_in_time_for(found.country):
        return ShipmentLabels(found.country if found else "", False, (), (), 0)
    rows = kits_to_label(connection, found.id, found.country)
    to_check = _to_check(connection, found.id)
    waiting = {kit for one in to_check for kit in one.kits}
    left = tuple(row["number"] for row in rows if row["number"] not in waiting)
    kits = len(connection.execute(_KITS_OF, {"shipment_id": found.id}).all())
    return ShipmentLabels(found.country, True, left, to_check, kits)


def country_of_parcel(connection: Connection, study_id: int, number: str) -> str:
    """Where a depot's shipment goes, homes among it; empty where it goes to another depot."""
    found = connection.execute(_GOES_TO, {"study_id": study_id, "number": number}).first()
    return str(found.country) if found else ""


def kits_to_label(connection: Connection, shipment_id: int, country: str) -> Sequence[RowMapping]:
    """Kits of a shipment without a checked label of its country: none, another's, or one whose date has changed."""
    rows = connection.execute(_KITS_OF, {"shipment_id": shipment_id}).mappings().all()
    return [row for row in rows if row["outdated"] or lacks_label(row["label_group"], row["country"], country)]


def lacks_label(label_group: str, labelled_for: str | None, country: str) -> bool:
    """Whether a kit needs the country's label: its own is nobody's, or was put on for another country."""
    return labelled_for != country if labelled_for else label_group == ANY_LABEL


def _to_check(connection: Connection, shipment_id: int) -> tuple[LabelsToCheck, ...]:
    rows = connection.execute(_UNCHECKED, {"shipment_id": shipment_id}).mappings().all()
    kits: dict[int, list[str]] = {}
    for row in rows:
        kits.setdefault(row["id"], []).append(row["kit"])
    first = {row["id"]: row for row in reversed(rows)}
    return tuple(
        LabelsToCheck(
            number=first[each]["number"],
            kits=tuple(numbers),
            labels_issued=first[each]["labels_issued"],
            labels_used=first[each]["labels_used"],
            labels_spoiled=first[each]["labels_spoiled"],
            labels_destroyed=first[each]["labels_destroyed"],
            masters=tuple(first[each]["masters"]),
            at=first[each]["at"],
            put_on_by=first[each]["printed_name"],
            account_id=first[each]["account_id"],
        )
        for each, numbers in kits.items()
    )
