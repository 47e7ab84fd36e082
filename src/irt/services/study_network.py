"""Depots, lanes, sites and levels as the rows of a study: with its first version, and what an amendment adds."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import bindparam, select

from irt.errors import BadInput
from irt.services.supply_study import depot_ids
from irt.services.work import Work
from irt.states.records import SiteStatus
from irt.study.definition import StudyDefinition
from irt.study.network import Depot as DepotPart
from irt.study.network import ImportLicence as LicencePart
from irt.study.network import Lane as LanePart
from irt.study.network import Shipper as ShipperPart
from irt.study.network import Site as SitePart
from irt.study.part import Code
from irt.study.resupply import MinMax
from irt.tables.columns import table_of
from irt.tables.network import ImportLicence, Shipper
from irt.tables.secret import ResupplySetting
from irt.tables.study import Depot, Lane, Site, SiteDetail

Owner = Mapping[str, int]
Level = tuple[str | None, int | None, int | None, Code, MinMax]
"""Country, site, regional depot, kit type, levels; none of the three for the whole study."""

_SITES = table_of(Site)


def record_depots(
    work: Work, depots: Sequence[DepotPart], owner: Owner, known: Mapping[str, int]
) -> dict[str, int]:
    """Appends depots; the ids of all, by code. `known` are those that are there already."""
    ids = dict(known)
    for depot in suppliers_first(depots, known):
        facts = depot.model_dump(exclude={"supplied_by"})
        supplier = ids[depot.supplied_by] if depot.supplied_by else None
        ids[depot.code] = work.record(Depot, **owner, **facts, supplied_by_id=supplier)
    return ids


def record_lanes(
    work: Work,
    lanes: Iterable[LanePart],
    owner: Owner,
    depots: Mapping[str, int],
    effective_from: date,
    change_id: int | None = None,
) -> None:
    """Appends lanes that hold from a day on."""
    for lane in lanes:
        work.append(
            Lane,
            **owner,
            origin_id=depots[lane.origin],
            target=lane.target,
            lead_time_days=lane.lead_time_days,
            calendar=lane.model_dump(mode="json", exclude={"origin", "target", "lead_time_days"}),
            effective_from=effective_from,
            change_id=change_id,
        )


def record_import_licences(work: Work, licences: Iterable[LicencePart], common: Mapping[str, Any]) -> None:
    """Appends import licences; `common` has the keys of the study, the day from which they hold and the change."""
    for licence in licences:
        work.append(ImportLicence, **{"change_id": None, **common}, **licence.model_dump())


def record_shippers(work: Work, shippers: Iterable[ShipperPart], common: Mapping[str, Any]) -> None:
    """Appends shippers; `common` as for licences."""
    for shipper in shippers:
        work.append(Shipper, **{"change_id": None, **common}, **shipper.model_dump())


def suppliers_first(depots: Sequence[DepotPart], known: Iterable[str] = ()) -> list[DepotPart]:
    """Every depot after the one that supplies it; BadInput where no order is possible."""
    ordered: list[DepotPart] = []
    waiting = list(depots)
    while waiting:
        there = {None, *known, *(depot.code for depot in ordered)}
        ready = [depot for depot in waiting if depot.supplied_by in there]
        if not ready:
            codes = ", ".join(depot.code for depot in waiting)
            raise BadInput(f"No central depot supplies these depots: {codes}. Nothing was loaded.")
        ordered += ready
        waiting = [depot for depot in waiting if depot not in ready]
    return ordered


def record_site(
    work: Work,
    definition: StudyDefinition,
    site: SitePart,
    owner: Owner,
    depot_id: int,
    version: int,
    effective_from: date,
    change_id: int | None = None,
) -> int:
    """Appends a planned site with its first details; its id."""
    country = definition.country(site.country)
    zone = site.zone or country.zone
    main = None if site.satellite_of is None else main_site(work, owner["study_id"], site)
    site_id = work.record(
        Site,
        **owner,
        number=site.number,
        name=site.name,
        country=site.country,
        region=country.region,
        zone=zone,
        label_group=country.label_group,
        depot_id=depot_id,
        status=SiteStatus.PLANNED,
        version_number=version,
        main_site_id=main,
    )
    details = {"name": site.name, "zone": zone, "depot_id": depot_id}
    work.append(SiteDetail, **owner, **details, site_id=site_id, effective_from=effective_from, change_id=change_id)
    return site_id


_MAINS = select(_SITES.c.id, _SITES.c.country, _SITES.c.main_site_id).where(
    _SITES.c.study_id == bindparam("study_id"), _SITES.c.number == bindparam("number")
)


def main_site(work: Work, study_id: int, satellite: SitePart) -> int:
    """The id of a satellite's main site; BadInput where that is unknown, abroad or a satellite itself."""
    row = work.row(_MAINS, study_id=study_id, number=satellite.satellite_of)
    if row is None or row["country"] != satellite.country or row["main_site_id"] is not None:
        raise BadInput(
            f"Site {satellite.satellite_of} cannot supply site {satellite.number}. Nothing was booked. A main site "
            "is a site of the study in the same country, and no satellite itself."
        )
    return int(row["id"])


def levels_in(
    definition: StudyDefinition, sites: Mapping[str, int], depots: Mapping[str, int] = MappingProxyType({})
) -> list[Level]:
    """The resupply levels of a study file, those of sites and depots that the study has."""
    settings = definition.resupply
    scopes: list[tuple[str | None, int | None, int | None, Mapping[Code, MinMax]]] = [
        (None, None, None, settings.study),
        *((country, None, None, levels) for country, levels in settings.countries.items()),
        *((None, sites[site], None, levels) for site, levels in settings.sites.items() if site in sites),
        *((None, None, depots[depot], levels) for depot, levels in settings.depots.items() if depot in depots),
    ]
    return [
        (country, site_id, depot_id, code, level)
        for country, site_id, depot_id, levels in scopes
        for code, level in levels.items()
    ]


def record_levels(work: Work, levels: Iterable[Level], owner: Owner, effective_from: date) -> None:
    """Appends resupply levels that hold from a day on."""
    work.record_all(
        ResupplySetting,
        (
            {
                **owner,
                "country": country,
                "site_id": site_id,
                "depot_id": depot_id,
                "kit_type": kit_type,
                "minimum": level.minimum,
                "maximum": level.maximum,
                "trigger_days": level.trigger_days,
                "resupply_days": level.resupply_days,
                "effective_from": effective_from,
                "change_id": None,
            }
            for country, site_id, depot_id, kit_type, level in levels
        ),
    )


_SITE_IDS = select(_SITES.c.number, _SITES.c.id).where(_SITES.c.study_id == bindparam("study_id"))


def extend_network(work: Work, before: StudyDefinition, after: StudyDefinition, owner: Owner, day: date) -> None:
    """Appends the depots, lanes, licences, shippers and levels that a version has and the one before it had not."""
    depots = depot_ids(work, owner["study_id"])
    sites = {row["number"]: row["id"] for row in work.rows(_SITE_IDS, study_id=owner["study_id"])}
    new_depots = [depot for depot in after.depots if depot.code not in depots]
    depots = record_depots(work, new_depots, owner, depots)
    ways = {(lane.origin, lane.target) for lane in before.lanes}
    record_lanes(work, (lane for lane in after.lanes if (lane.origin, lane.target) not in ways), owner, depots, day)
    common = {**owner, "effective_from": day}
    new_licences = [one for one in after.import_licences if one not in before.import_licences]
    record_import_licences(work, new_licences, common)
    record_shippers(work, (one for one in after.shippers if one not in before.shippers), common)
    known = levels_in(before, sites, depots)
    record_levels(work, (level for level in levels_in(after, sites, depots) if level not in known), owner, day)
