"""Satellites of a person's sites: where kits may be sent on, and which kits were."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from irt.blinding.views import BlindedView
from irt.reads.blinded_sites import WorkSite
from irt.states.records import SiteStatus
from irt.tables.columns import table_of
from irt.tables.shipment import SATELLITE, Shipment, ShipmentKit
from irt.tables.study import Site


@dataclass(frozen=True)
class SatelliteHere(BlindedView):
    """An active satellite of a main site."""

    study_id: int
    study: str
    number: str
    name: str
    main: str


_SITES, _SHIPMENTS, _SHIPPED = table_of(Site), table_of(Shipment), table_of(ShipmentKit)
_SATELLITES = (
    select(_SITES.c.number, _SITES.c.name, _SITES.c.main_site_id)
    .where(_SITES.c.main_site_id.in_(bindparam("sites", expanding=True)), _SITES.c.status == SiteStatus.ACTIVE)
    .order_by(_SITES.c.study_id, _SITES.c.number)
)
_SENT_ON = (
    select(_SHIPPED.c.kit_id)
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _SHIPPED.c.shipment_id)
    .join(_SITES, _SITES.c.id == _SHIPMENTS.c.site_id)
    .where(_SHIPMENTS.c.raised_by == SATELLITE, _SITES.c.main_site_id == bindparam("site_id"))
)


def satellites_of(connection: Connection, sites: Sequence[WorkSite]) -> tuple[SatelliteHere, ...]:
    """Active satellites of these sites, by study and number."""
    mains = {site.site_id: site for site in sites}
    if not mains:
        return ()
    found = []
    for number, name, main_id in connection.execute(_SATELLITES, {"sites": sorted(mains)}):
        main = mains[main_id]
        found.append(SatelliteHere(main.study_id, main.study, number, name, main.site))
    return tuple(found)


def kits_sent_on(connection: Connection, site_id: int) -> frozenset[int]:
    """Ids of kits that a site sent to its satellites."""
    return frozenset(connection.execute(_SENT_ON, {"site_id": site_id}).scalars())
