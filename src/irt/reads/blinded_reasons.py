"""Why a shipment holds as many kits as it does, as blinded people may know it: sums by blinding group."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from irt.blinding.views import BlindedView
from irt.errors import NotFound
from irt.states.shipment import OPEN
from irt.tables.columns import table_of
from irt.tables.shipment import Shipment
from irt.tables.study import Site


@dataclass(frozen=True)
class GroupReason(BlindedView):
    """Kits of one blinding group that were there or coming when so many were ordered."""

    blinding_group: str
    there_or_coming: int
    ordered: int


@dataclass(frozen=True)
class ShipmentReasons(BlindedView):
    """What raised a shipment (the night, a person, a site that opened), and its groups."""

    number: str
    site: str
    raised_by: str
    groups: tuple[GroupReason, ...]


_SHIPMENTS, _SITES = table_of(Shipment), table_of(Site)
_REASONS = (
    select(_SHIPMENTS.c.number, _SHIPMENTS.c.raised_by, _SHIPMENTS.c.reasons, _SITES.c.number.label("site"))
    .outerjoin(_SITES, _SITES.c.id == _SHIPMENTS.c.site_id)
    .where(_SHIPMENTS.c.study_id == bindparam("study_id"))
)
_UNDER_WAY = _REASONS.where(_SHIPMENTS.c.status.in_(sorted(OPEN)))
_NUMBERED = _REASONS.where(_SHIPMENTS.c.number == bindparam("number"))


def reasons_under_way(connection: Connection, study_id: int) -> dict[str, ShipmentReasons]:
    """The reasons of every shipment that is not received yet, by its number."""
    rows = connection.execute(_UNDER_WAY, {"study_id": study_id})
    return {row.number: _reasons(row.number, row.site, row.raised_by, row.reasons) for row in rows}


def reasons_of(connection: Connection, study_id: int, number: str) -> ShipmentReasons:
    """The reasons of one shipment; NotFound where the study has none of that number."""
    row = connection.execute(_NUMBERED, {"study_id": study_id, "number": number}).first()
    if row is None:
        raise NotFound("No such shipment. Check the number.")
    return _reasons(row.number, row.site, row.raised_by, row.reasons)


def _reasons(
    number: str, site: str | None, raised_by: str, stored: Mapping[str, Mapping[str, int]] | None
) -> ShipmentReasons:
    groups = tuple(
        GroupReason(code, sums["there_or_coming"], sums["ordered"]) for code, sums in sorted((stored or {}).items())
    )
    return ShipmentReasons(number, site or "", raised_by, groups)
