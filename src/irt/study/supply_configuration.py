"""How a running study is supplied, as it was last decided, apart from its version."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from irt.study.definition import StudyDefinition
from irt.study.network import Depot, ImportLicence, Lane, Shipper, Site
from irt.study.part import Code, Part
from irt.study.planning import Way
from irt.study.resupply import MinMax, Stops

Levels = dict[Code, dict[Code, MinMax]]
GOES_ON = date.max
"""The day of a stop that was lifted at a site, though its country may have one."""


class PlaceLevel(Part):
    """Levels of one kit type at one place; of the whole study where no place is named."""

    kit_type: Code
    country: Code | None = None
    site: Code | None = None
    depot: Code | None = None
    level: MinMax


class PlaceSite(Part):
    """A site that is supplied, whether it is open yet or not: from which depot, or from which main site."""

    number: Code
    country: Code
    depot: Code
    satellite_of: Code | None = None


class PlaceStop(Part):
    """The day from which nothing is sent to a country or a site; without a day, supply goes on."""

    country: Code | None = None
    site: Code | None = None
    stops_on: date | None = None


class PlaceWay(Part):
    """A further way that plans may take, or take no more."""

    way: Way
    open: bool


class SupplyConfiguration(Part):
    """What operational changes may alter while a version stays as it is; each part in a fixed order."""

    depots: tuple[Depot, ...]
    lanes: tuple[Lane, ...]
    levels: tuple[PlaceLevel, ...]
    sites: tuple[PlaceSite, ...] = ()
    stops: tuple[PlaceStop, ...] = ()
    ways: tuple[PlaceWay, ...] = ()
    licences: tuple[ImportLicence, ...] = ()
    shippers: tuple[Shipper, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As it is stored."""
        return self.model_dump(mode="json")

    @property
    def hash(self) -> str:
        """SHA-256 of its canonical JSON: another one for any change."""
        text = json.dumps(self.plain(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def configured(definition: StudyDefinition, configuration: SupplyConfiguration) -> StudyDefinition:
    """The study with depots, lanes, levels, sites, stops, ways, licences and shippers as they were last decided."""
    resupply = definition.resupply
    planning = resupply.planning.model_copy(update={"ways": _ways(resupply.planning.ways, configuration.ways)})
    said = {"stops": _stops(resupply.stops, configuration.stops), "planning": planning}
    goods = {"import_licences": configuration.licences, "shippers": configuration.shippers}
    return definition.model_copy(
        update={
            "depots": configuration.depots,
            "lanes": configuration.lanes,
            "sites": tuple(_site(definition, site) for site in configuration.sites) or definition.sites,
            "resupply": resupply.model_copy(update={**_levels(configuration.levels), **said}),
            **goods,
        }
    )


def _levels(rows: Iterable[PlaceLevel]) -> dict[str, Any]:
    places: dict[str, Levels] = {where: defaultdict(dict) for where in ("country", "site", "depot")}
    study: dict[Code, MinMax] = {}
    for row in rows:
        named = next(((where, code) for where in places if (code := getattr(row, where)) is not None), None)
        scope = study if named is None else places[named[0]][named[1]]
        scope[row.kit_type] = row.level
    levels = {f"{where}s" if where != "country" else "countries": dict(found) for where, found in places.items()}
    return {"study": study, **levels}


def _site(definition: StudyDefinition, site: PlaceSite) -> Site:
    """Its number is name enough for who plays it."""
    depot = agreed_depot(definition, site.country, site.depot)
    return Site(
        number=site.number, name=site.number, country=site.country, satellite_of=site.satellite_of, depot=depot
    )


def agreed_depot(definition: StudyDefinition, country: Code, depot: Code) -> Code | None:
    """The depot of a site, where it is another than its country's."""
    return None if definition.country(country).depot == depot else depot


def _stops(in_file: Stops, decided: Iterable[PlaceStop]) -> Stops:
    countries, sites = dict(in_file.countries), dict(in_file.sites)
    for each in decided:
        if each.site is not None:
            sites[each.site] = each.stops_on or GOES_ON
        elif each.country is not None:
            countries[each.country] = each.stops_on or GOES_ON
    return Stops(countries=countries, sites=sites)


def _ways(in_file: Iterable[Way], decided: Iterable[PlaceWay]) -> tuple[Way, ...]:
    """What was decided comes before the study file."""
    known = {(way.code, way.target): PlaceWay(way=way, open=True) for way in in_file}
    known |= {(each.way.code, each.way.target): each for each in decided}
    return tuple(known[key].way for key in sorted(known) if known[key].open)
