"""Import licences, shippers and stops of supply as blinded people read them: by country, box and blinding group."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, bindparam, select

from irt.blinding.views import BlindedView
from irt.reads.blinded_sites import study_at
from irt.reads.blinded_supply import approved_version
from irt.reads.imports import licences_on, shippers_on
from irt.reads.plan_ways import WayFacts, ways_known, ways_to_come
from irt.study.comparison import told
from irt.supply.imports import LicenceFacts
from irt.tables.columns import table_of
from irt.tables.study import Site
from irt.tables.supply import SupplyStop


@dataclass(frozen=True)
class CoveredGroup(BlindedView):
    """Kits of a blinding group that a licence covers, and those sent under it so far."""

    blinding_group: str
    product: str
    kits: int
    used: int


@dataclass(frozen=True)
class LicenceLine(BlindedView):
    """An import licence; `state` is valid, to come or ended. No `groups`: any number of kits."""

    country: str
    number: str
    valid_from: date
    valid_until: date
    state: str
    groups: tuple[CoveredGroup, ...]


@dataclass(frozen=True)
class ShipperLine(BlindedView):
    """A shipper and its qualified hold times, as `2-8C 72 h`."""

    code: str
    name: str
    holds: tuple[str, ...]


@dataclass(frozen=True)
class WayLine(BlindedView):
    """A further way that plans may take, or no more, from a day on. Amounts are in cents."""

    code: str
    origin: str
    target: str
    lead_time_days: int
    leaves: str
    consignment_cents: int | None
    travel_cents: int | None
    open: bool
    effective_from: date
    coming: bool


@dataclass(frozen=True)
class StopLine(BlindedView):
    """From which day nothing is sent to a site or a country; no day: it was stopped, and goes on."""

    where: str
    stops_on: date | None


def licence_lines(connection: Connection, study_id: int, today: date) -> tuple[LicenceLine, ...]:
    """The licences of a study as they stand, by country and last day."""
    study = study_at(connection, study_id, approved_version(connection, study_id))
    names = {group.code: group.name for group in study.blinding_groups}
    return tuple(
        LicenceLine(
            country=one.country,
            number=one.number,
            valid_from=one.valid_from,
            valid_until=one.valid_until,
            state=_state(one, today),
            groups=tuple(
                CoveredGroup(group, names.get(group, group), kits, one.used.get(group, 0))
                for group, kits in sorted(one.kits.items())
            ),
        )
        for one in licences_on(connection, study_id, today)
    )


def _state(licence: LicenceFacts, today: date) -> str:
    if licence.covers(today):
        return "valid"
    return "to come" if today < licence.valid_from else "ended"


def shipper_lines(connection: Connection, study_id: int, today: date) -> tuple[ShipperLine, ...]:
    """The shippers of a study as they stand, by code."""
    return tuple(
        ShipperLine(
            one.code, one.name, tuple(f"{kept} {hours} h" for kept, hours in sorted(one.hold_hours.items()))
        )
        for _, one in sorted(shippers_on(connection, study_id, today).items())
    )


def way_lines(connection: Connection, study_id: int, today: date) -> tuple[WayLine, ...]:
    """What people agreed of further ways, by code and target; the study file's own stand in its specification."""
    known = [(one, False) for one in ways_known(connection, study_id, (), today)]
    coming = [(one, True) for one in ways_to_come(connection, study_id, today)]
    return tuple(_way(one, later) for one, later in known + coming)


def _way(one: WayFacts, coming: bool) -> WayLine:
    way = one.way
    return WayLine(
        code=way.code,
        origin=way.origin,
        target=way.target,
        lead_time_days=way.lead_time_days,
        leaves=f"{told([day.capitalize() for day in way.dispatch_days])}, by {way.cut_off:%H:%M}",
        consignment_cents=way.consignment_cents,
        travel_cents=way.travel_cents,
        open=one.open,
        effective_from=one.effective_from,
        coming=coming,
    )


_STOPS, _SITES = table_of(SupplyStop), table_of(Site)
_ALL_STOPS = (
    select(_STOPS.c.country, _SITES.c.number.label("site"), _STOPS.c.stops_on)
    .outerjoin(_SITES, _SITES.c.id == _STOPS.c.site_id)
    .where(_STOPS.c.study_id == bindparam("study_id"))
    .order_by(_STOPS.c.id)
)


def stop_lines(connection: Connection, study_id: int) -> tuple[StopLine, ...]:
    """What people last agreed of each country and site; stops of the study file stand in its specification."""
    found: dict[str, date | None] = {}
    for row in connection.execute(_ALL_STOPS, {"study_id": study_id}):
        found[f"Site {row.site}" if row.site else row.country] = row.stops_on
    return tuple(StopLine(where, day) for where, day in sorted(found.items()))
