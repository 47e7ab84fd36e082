"""The depots of a study at a glance: usable kits, the sites they serve, and what comes in next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, bindparam, func, select

from irt.blinding.views import BlindedView
from irt.reads.blinded_supply import UnusedKits
from irt.states.kit import Custody
from irt.states.records import SiteStatus
from irt.states.shipment import OPEN
from irt.tables.columns import table_of
from irt.tables.shipment import Shipment
from irt.tables.study import Depot, Site


@dataclass(frozen=True)
class DepotLine(BlindedView):
    """One depot; `next_inbound` is the day the next goods are expected, none where none are under way."""

    code: str
    name: str
    kits: int
    sites: int
    next_inbound: date | None


_DEPOTS, _SITES, _SHIPMENTS = table_of(Depot), table_of(Site), table_of(Shipment)
_SERVED = (
    select(func.count())
    .where(_SITES.c.depot_id == _DEPOTS.c.id, _SITES.c.status == SiteStatus.ACTIVE)
    .scalar_subquery()
)
_INBOUND = (
    select(func.min(_SHIPMENTS.c.expected_on))
    .where(_SHIPMENTS.c.target_depot_id == _DEPOTS.c.id, _SHIPMENTS.c.status.in_(sorted(OPEN)))
    .scalar_subquery()
)
_LINES = (
    select(_DEPOTS.c.id, _DEPOTS.c.code, _DEPOTS.c.name, _SERVED.label("sites"), _INBOUND.label("inbound"))
    .where(_DEPOTS.c.study_id == bindparam("study_id"))
    .order_by(_DEPOTS.c.code)
)


def depot_lines(connection: Connection, study_id: int, unused: Sequence[UnusedKits]) -> tuple[DepotLine, ...]:
    """Every depot of the study, by code; `unused` are the study's kits as counted for the page."""
    kits: dict[int | None, int] = {}
    for pile in unused:
        if pile.custody == Custody.DEPOT and pile.on_a_shelf:
            kits[pile.place_id] = kits.get(pile.place_id, 0) + pile.kits
    return tuple(
        DepotLine(row.code, row.name, kits.get(row.id, 0), row.sites, row.inbound)
        for row in connection.execute(_LINES, {"study_id": study_id})
    )
