"""Supply: expiry windows, lanes, lots and stock settings that can work."""

from collections.abc import Iterator
from functools import cache
from zoneinfo import available_timezones

from irt.study.checks.check import check
from irt.study.draft import Draft
from irt.study.kit_types import Windows
from irt.study.network import HOME
from irt.study.part import Code
from irt.study.problems import Finding, did_you_mean
from irt.study.resupply import MinMax
from irt.study.source import Path

HOURS_IN_DAY = 24


def order_of_windows(draft: Draft) -> Iterator[Finding]:
    """Do not ship before do not count before do not dispense: DNS >= DNC >= DND."""
    for index, kit_type in enumerate(draft.study.kit_types):
        here: Path = ("kit_types", index)
        yield from _order((*here, "windows"), kit_type.windows)
        for country, windows in kit_type.country_windows.items():
            yield from _order((*here, "country_windows", country), windows)


def _order(path: Path, windows: Windows) -> Iterator[Finding]:
    if not windows.dns_days >= windows.dnc_days >= windows.dnd_days:
        days = f"{windows.dns_days}, {windows.dnc_days}, {windows.dnd_days} days"
        yield Finding("WindowOrder", path, f"DNS >= DNC >= DND does not hold for {days}")


def least_above_most(draft: Draft) -> Iterator[Finding]:
    """A minimum is no higher than its maximum."""
    for path, settings in settings_of(draft):
        for kit_type, pair in settings.items():
            if pair.minimum > pair.maximum:
                sentence = f"the minimum {pair.minimum} is above the maximum {pair.maximum}"
                yield Finding("MinimumAboveMaximum", (*path, kit_type), sentence)


def settings_of(draft: Draft) -> Iterator[tuple[Path, dict[Code, MinMax]]]:
    """Every scope of levels, by its path."""
    resupply = draft.study.resupply
    yield ("resupply", "study"), resupply.study
    for country, settings in resupply.countries.items():
        yield ("resupply", "countries", country), settings
    for site, settings in resupply.sites.items():
        yield ("resupply", "sites", site), settings
    for depot, settings in resupply.depots.items():
        yield ("resupply", "depots", depot), settings


def kit_types_without_setting(draft: Draft) -> Iterator[Finding]:
    """A kit type that no site would ever order; not asked where everything goes to homes."""
    study = draft.study
    if study.resupply.method == "optimizer" or all(lane.target == HOME for lane in study.lanes):
        return
    for index, kit_type in enumerate(study.kit_types):
        unset = [country.code for country in study.countries
                 if study.resupply.setting(kit_type.code, country.code, "") is None]  # fmt: skip
        if unset:
            sentence = f"kit type `{kit_type.code}` has no minimum and maximum in {_few(unset)}: no site orders it"
            yield Finding("NoResupplySetting", ("kit_types", index), sentence, "warning")


def countries_without_lane(draft: Draft) -> Iterator[Finding]:
    """From a country's depot a lane leads there, to its sites, or to homes."""
    lanes = {(lane.origin, lane.target) for lane in draft.study.lanes}
    for index, country in enumerate(draft.study.countries):
        sites = [site.number for site in draft.study.sites if site.country == country.code]
        if country.depot not in draft.codes("depots"):
            continue
        by_site = bool(sites) and all((country.depot, site) in lanes for site in sites)
        if not by_site and not {(country.depot, country.code), (country.depot, HOME)} & lanes:
            sentence = f"no lane leads from depot `{country.depot}` to {country.name}"
            yield Finding("CountryWithoutLane", ("countries", index, "depot"), sentence)


def sites_without_lane(draft: Draft) -> Iterator[Finding]:
    """A site that another depot than its country's supplies is on a lane from it."""
    lanes = {(lane.origin, lane.target) for lane in draft.study.lanes}
    for index, site in enumerate(draft.study.sites):
        known = site.depot in draft.codes("depots")
        if known and not {(site.depot, site.number), (site.depot, site.country), (site.depot, HOME)} & lanes:
            sentence = f"no lane leads from depot `{site.depot}` to site `{site.number}` or to its country"
            yield Finding("SiteWithoutLane", ("sites", index, "depot"), sentence)


def depots_without_lane(draft: Draft) -> Iterator[Finding]:
    """A depot that is supplied by another is on a lane from it."""
    lanes = {(lane.origin, lane.target) for lane in draft.study.lanes}
    for index, depot in enumerate(draft.study.depots):
        known = depot.supplied_by in draft.codes("depots")
        if known and (depot.supplied_by, depot.code) not in lanes:
            sentence = f"no lane leads from depot `{depot.supplied_by}` to `{depot.code}`"
            yield Finding("DepotWithoutLane", ("depots", index, "supplied_by"), sentence)


def depots_in_a_circle(draft: Draft) -> Iterator[Finding]:
    """Depots supply each other from one or more central depots, not in a circle."""
    supplier = {depot.code: depot.supplied_by for depot in draft.study.depots}
    for index, depot in enumerate(draft.study.depots):
        above = depot.supplied_by
        for _ in supplier:
            above = supplier.get(above) if above not in (None, depot.code) else above
        if above == depot.code:
            sentence = f"depot `{depot.code}` is in the end supplied by itself"
            yield Finding("DepotsInACircle", ("depots", index, "supplied_by"), sentence)


def levels_of_central_depots(draft: Draft) -> Iterator[Finding]:
    """Only a depot that another one supplies can be filled up to a level."""
    supplied = {depot.code for depot in draft.study.depots if depot.supplied_by is not None}
    for code in draft.study.resupply.depots:
        if code in draft.codes("depots") and code not in supplied:
            sentence = f"no other depot supplies `{code}`, so nothing keeps these levels"
            yield Finding("LevelsOfCentralDepot", ("resupply", "depots", code), sentence)


def lanes_to_nowhere(draft: Draft) -> Iterator[Finding]:
    """A lane leads somewhere else, and leaves on some day."""
    for index, lane in enumerate(draft.study.lanes):
        if lane.origin == lane.target:
            yield Finding("LaneToItself", ("lanes", index, "target"), "a lane leads from one place to another")
        if not lane.dispatch_days:
            yield Finding("NeverDispatched", ("lanes", index, "dispatch_days"), "nothing ever leaves on this lane")


def satellites_out_of_reach(draft: Draft) -> Iterator[Finding]:
    """A satellite's main site is another site of its country, and no satellite itself."""
    sites = {site.number: site for site in draft.study.sites}
    for index, site in enumerate(draft.study.sites):
        main = sites.get(site.satellite_of or "")
        if main is None:
            continue
        here: Path = ("sites", index, "satellite_of")
        if main.satellite_of is not None:
            sentence = f"site `{main.number}` is a satellite itself and supplies no other"
            yield Finding("SatelliteOfSatellite", here, sentence)
        if main.country != site.country:
            sentence = f"site `{main.number}` lies in `{main.country}`, its satellite in `{site.country}`"
            yield Finding("SatelliteAbroad", here, sentence)


def short_holds(draft: Draft) -> Iterator[Finding]:
    """The shipper keeps its temperature for at least the lead time."""
    for index, lane in enumerate(draft.study.lanes):
        if lane.hold_hours is not None and lane.hold_hours < lane.lead_time_days * HOURS_IN_DAY:
            sentence = f"the shipper holds {lane.hold_hours} hours, the way takes {lane.lead_time_days} days"
            yield Finding("HoldTooShort", ("lanes", index, "hold_hours"), sentence, "warning")


def unknown_zones(draft: Draft) -> Iterator[Finding]:
    """A time zone by its IANA name, as Europe/Oslo."""
    zones = [(("countries", index, "zone"), country.zone) for index, country in enumerate(draft.study.countries)]
    zones += [(("depots", index, "zone"), depot.zone) for index, depot in enumerate(draft.study.depots)]
    zones += [(("sites", index, "zone"), site.zone) for index, site in enumerate(draft.study.sites) if site.zone]
    for path, zone in zones:
        if zone not in _zones():
            hint = did_you_mean(zone, _zones())
            yield Finding("UnknownZone", path, f"{zone!r} is no IANA time zone{hint}")


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def lots_past_their_date(draft: Draft) -> Iterator[Finding]:
    """A lot is released before it expires, and early enough to be shipped at all."""
    windows = {kit_type.code: kit_type.windows for kit_type in draft.study.kit_types}
    for name, size in draft.study.sizes.items():
        for index, lot in enumerate(size.lots):
            here: Path = ("sizes", name, "lots", index)
            days = (lot.expiry - lot.released).days
            if days <= 0:
                sentence = f"lot `{lot.lot}` expires on {lot.expiry}, not after its release on {lot.released}"
                yield Finding("LotExpiredAtRelease", (*here, "expiry"), sentence)
            elif lot.kit_type in windows and days <= windows[lot.kit_type].dns_days:
                sentence = f"lot `{lot.lot}` has {days} days on release, too few to be shipped"
                yield Finding("LotNeverShipped", (*here, "expiry"), sentence, "warning")


def kit_types_without_lot(draft: Draft) -> Iterator[Finding]:
    """A kit type of which a size has lots of others, and none of it."""
    for name, size in draft.study.sizes.items():
        packed = {lot.kit_type for lot in size.lots}
        for kit_type in draft.study.kit_types if packed else ():
            if kit_type.code not in packed:
                sentence = f"size {name} has no lot of kit type `{kit_type.code}`"
                yield Finding("KitTypeWithoutLot", ("sizes", name, "lots"), sentence, "warning")


def negative_site_counts(draft: Draft) -> Iterator[Finding]:
    """A country has a number of sites, or is left out."""
    for name, size in draft.study.sizes.items():
        for country, sites in size.sites.items():
            if sites < 1:
                where = ("sizes", name, "sites", country)
                yield Finding("OutOfRange", where, f"{sites} sites: leave the country out, or give it one or more")


def sizes_without_sites(draft: Draft) -> Iterator[Finding]:
    """Where the study lists no sites, each size says how many."""
    for name, size in draft.study.sizes.items():
        if not draft.study.sites and not size.sites:
            yield Finding("NoSites", ("sizes", name), f"the study lists no sites, and size {name} counts none")


def _few(words: list[Code]) -> str:
    return ", ".join(words[:3]) + (f" and {len(words) - 3} more" if len(words) > 3 else "")


CHECKS = (
    check(order_of_windows),
    check(least_above_most),
    check(kit_types_without_setting, "resupply", "countries", "lanes"),
    check(countries_without_lane, "lanes", "sites"),
    check(sites_without_lane, "lanes", "sites"),
    check(depots_without_lane, "lanes"),
    check(depots_in_a_circle),
    check(levels_of_central_depots),
    check(lanes_to_nowhere),
    check(satellites_out_of_reach, "sites"),
    check(short_holds),
    check(unknown_zones),
    check(lots_past_their_date),
    check(kit_types_without_lot, "sizes"),
    check(negative_site_counts),
    check(sizes_without_sites, "sites"),
)
