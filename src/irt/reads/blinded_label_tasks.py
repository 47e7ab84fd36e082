"""Labels with a later date that sites owe: kits that wait for one, and labels that wait for a second person."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Connection, and_, bindparam, func, select

from irt.reads.blinded_relabelling import IN_FORCE, LABELLABLE
from irt.reads.blinded_sites import WorkSite
from irt.states.kit import Custody
from irt.tables.columns import table_of
from irt.tables.expiry import ExpiryApproval, ExpiryChange, RelabelCheck, RelabelledKit, Relabelling
from irt.tables.kit import Kit
from irt.tables.study import Site


@dataclass(frozen=True, slots=True)
class LabelsOwed:
    """Kits of one change at a site: to label until their date, or, with a number, labelled and unchecked."""

    change: str
    kits: int
    new_expiry: date
    until: date | None = None
    number: str = ""


_KITS, _SITES, _CHANGES = table_of(Kit), table_of(Site), table_of(ExpiryChange)
_APPROVALS, _DONE = table_of(ExpiryApproval), table_of(Relabelling)
_LABELLED, _CHECKS = table_of(RelabelledKit), table_of(RelabelCheck)
_HERE: BindParameter[Any] = bindparam("sites", expanding=True)
_UNCHECKED = (
    select(_LABELLED.c.id)
    .join(_DONE, _DONE.c.id == _LABELLED.c.relabelling_id)
    .outerjoin(_CHECKS, _CHECKS.c.relabelling_id == _DONE.c.id)
    .where(_LABELLED.c.kit_id == _KITS.c.id, _DONE.c.change_id == _CHANGES.c.id, _CHECKS.c.id.is_(None))
    .correlate(_KITS, _CHANGES)
    .exists()
)
_TO_LABEL = (
    select(
        _KITS.c.place_id.label("site_id"),
        _CHANGES.c.number.label("change"),
        _CHANGES.c.new_expiry,
        func.count().label("kits"),
        func.min(_KITS.c.expiry).label("until"),
    )
    .join(_CHANGES, _CHANGES.c.blinded_lot_id == _KITS.c.blinded_lot_id)
    .join(_SITES, _SITES.c.id == _KITS.c.place_id)
    .join(
        _APPROVALS,
        and_(_APPROVALS.c.change_id == _CHANGES.c.id, _APPROVALS.c.country == _SITES.c.country),
    )
    .where(
        _KITS.c.custody == Custody.SITE,
        _KITS.c.place_id.in_(_HERE),
        _KITS.c.quality.in_(LABELLABLE),
        _KITS.c.expiry < _CHANGES.c.new_expiry,
        IN_FORCE,
        ~_UNCHECKED,
    )
    .group_by(_KITS.c.place_id, _CHANGES.c.number, _CHANGES.c.new_expiry)
    .order_by(_CHANGES.c.number)
)
_TO_CHECK = (
    select(
        _DONE.c.place_id.label("site_id"),
        _CHANGES.c.number.label("change"),
        _CHANGES.c.new_expiry,
        _DONE.c.labels_used.label("kits"),
        _DONE.c.number,
    )
    .join(_CHANGES, _CHANGES.c.id == _DONE.c.change_id)
    .outerjoin(_CHECKS, _CHECKS.c.relabelling_id == _DONE.c.id)
    .where(
        _DONE.c.custody == Custody.SITE,
        _DONE.c.place_id.in_(_HERE),
        _DONE.c.account_id != bindparam("account_id"),
        _CHECKS.c.id.is_(None),
        IN_FORCE,
    )
    .order_by(_DONE.c.number)
)


def labels_owed(
    connection: Connection, sites: Sequence[WorkSite], account_id: int
) -> Mapping[int, tuple[LabelsOwed, ...]]:
    """By site; what this person put on is not theirs to check. Asked where a study has changed a date at all."""
    asked = {"sites": [site.site_id for site in sites]}
    owed: dict[int, list[LabelsOwed]] = defaultdict(list)
    for row in connection.execute(_TO_LABEL, asked):
        owed[row.site_id].append(LabelsOwed(row.change, row.kits, row.new_expiry, row.until))
    for row in connection.execute(_TO_CHECK, {**asked, "account_id": account_id}):
        owed[row.site_id].append(LabelsOwed(row.change, row.kits, row.new_expiry, number=row.number))
    return {site_id: tuple(lines) for site_id, lines in owed.items()}
