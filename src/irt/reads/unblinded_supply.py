"""The supply of a study by kit type: what counts at each site against its levels, and what depots hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from irt.blinding.views import UnblindedView
from irt.reads.asking import Asking
from irt.reads.inventory import network_view
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_network import subjects_by_site, supply_sites
from irt.study.definition import StudyDefinition
from irt.supply.planners import explain_by, settings_of
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit
from irt.tables.secret import KitContent, ManufacturingLot
from irt.tables.study import Depot


@dataclass(frozen=True)
class LevelRow(UnblindedView):
    """What counts of one kit type (or of a whole blinding group) at one site, beside its levels."""

    name: str
    on_site: int
    on_the_way: int
    past_dnc: int
    considered: int
    minimum: int
    maximum: int
    why: str
    wanted: int = 0
    granted: int = 0
    lots: str = ""

    @property
    def low(self) -> bool:
        """Whether less counts than the minimum."""
        return self.considered < self.minimum


@dataclass(frozen=True)
class SiteLevels(UnblindedView):
    """One site's stock; `grouped`: too few subjects for kit types to be shown."""

    site: str
    name: str
    country: str
    depot: str
    subjects: int
    grouped: bool
    rows: tuple[LevelRow, ...]

    @property
    def low(self) -> bool:
        """Whether anything is below its minimum."""
        return any(row.low for row in self.rows)


@dataclass(frozen=True)
class DepotStock(UnblindedView):
    """Free, released kits of one type and blinded lot at one depot."""

    depot: str
    name: str
    kit_type: str
    lot: str
    manufacturing_lot: str
    expiry: date
    kits: int


_KITS, _LOTS, _CONTENTS = table_of(Kit), table_of(BlindedLot), table_of(KitContent)
_MADE, _DEPOTS = table_of(ManufacturingLot), table_of(Depot)


def stock_levels(connection: Connection, study_id: int, now: datetime) -> tuple[SiteLevels, ...]:
    """Every active site's stock against its levels, those that are low first, then by site number."""
    definition, day = definition_in_force(connection, study_id), now.date()
    settings = settings_of(definition)
    subjects = subjects_by_site(connection, study_id)
    names = {site.number: site.name for site in supply_sites(connection, study_id)}
    network = network_view(connection, Asking(study_id, definition, day, now))
    found = [
        _levels(definition, site.number, names[site.number], site.country, site.depot, told, subjects)
        for site in network.sites
        for told in [explain_by(definition, site, day, settings)]
    ]
    return tuple(sorted(found, key=lambda one: (not one.low, one.site)))


def _levels(
    definition: StudyDefinition,
    site: str,
    name: str,
    country: str,
    depot: str,
    told: Mapping[str, Mapping[str, Any]],
    subjects: Mapping[str, int],
) -> SiteLevels:
    grouped = is_small(definition, subjects.get(site, 0))
    return SiteLevels(
        site=site,
        name=name,
        country=country,
        depot=depot,
        subjects=subjects.get(site, 0),
        grouped=grouped,
        rows=level_rows(definition, told, grouped=grouped),
    )


def is_small(definition: StudyDefinition, subjects: int) -> bool:
    """Whether a site has too few subjects on treatment for kit types to be shown."""
    return definition.blinded and subjects < definition.conduct.small_site_subjects


def level_rows(
    definition: StudyDefinition, told: Mapping[str, Mapping[str, Any]], *, grouped: bool
) -> tuple[LevelRow, ...]:
    """What a calculation told, by kit type, or added up over each blinding group."""
    if not grouped:
        return tuple(_row(code, facts) for code, facts in sorted(told.items()))
    by_group: dict[str, list[Mapping[str, Any]]] = {}
    for code, facts in told.items():
        group = definition.blinding_group(definition.kit_type(code).blinding_group)
        by_group.setdefault(group.name, []).append(facts)
    return tuple(_row(name, _added(facts)) for name, facts in sorted(by_group.items()))


_ADDED = ("on_site", "on_the_way", "past_dnc", "considered", "minimum", "maximum", "wanted")


def _added(facts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    whys = {one["why"] for one in facts}
    why = "enough stock" if whys == {"enough stock"} else "topped up with its blinding group"
    granted = sum(sum(one["granted"].values()) for one in facts)
    return {**{name: sum(one[name] for one in facts) for name in _ADDED}, "why": why, "granted": {"": granted}}


def _row(name: str, facts: Mapping[str, Any]) -> LevelRow:
    refused = ", ".join(f"{lot}: {rule}" for lot, rule in sorted(facts.get("lots_refused", {}).items()))
    return LevelRow(
        name=name,
        **{key: facts[key] for key in (*_ADDED, "why")},
        granted=sum(facts["granted"].values()),
        lots=refused,
    )


# Counted by numbers first; names are given to the few piles, not to the many kits.
_ALIKE = (_KITS.c.place_id, _KITS.c.blinded_lot_id, _KITS.c.expiry, _CONTENTS.c.manufacturing_lot_id)
_PILES = (
    select(*_ALIKE, func.count().label("kits"))
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .where(_KITS.c.place_id.in_(select(_DEPOTS.c.id).where(_DEPOTS.c.study_id == bindparam("study_id"))))
    .where(_KITS.c.custody == "depot", _KITS.c.quality == "released", _KITS.c.assignment == "free")
    .group_by(*_ALIKE)
    .subquery()
)
_DEPOT_STOCK = (
    select(
        _DEPOTS.c.code,
        _DEPOTS.c.name,
        _MADE.c.kit_type,
        _LOTS.c.number.label("lot"),
        _MADE.c.number.label("made"),
        _PILES.c.expiry,
        _PILES.c.kits,
    )
    .join(_DEPOTS, _DEPOTS.c.id == _PILES.c.place_id)
    .join(_LOTS, _LOTS.c.id == _PILES.c.blinded_lot_id)
    .join(_MADE, _MADE.c.id == _PILES.c.manufacturing_lot_id)
    .order_by(_DEPOTS.c.code, _MADE.c.kit_type, _PILES.c.expiry, _LOTS.c.number, _MADE.c.number)
)


def depot_stock(connection: Connection, study_id: int) -> tuple[DepotStock, ...]:
    """What depots could ship, by type and lot."""
    return tuple(
        DepotStock(row.code, row.name, row.kit_type, row.lot, row.made, row.expiry, row.kits)
        for row in connection.execute(_DEPOT_STOCK, {"study_id": study_id})
    )
