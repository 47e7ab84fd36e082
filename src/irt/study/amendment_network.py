"""What of the network an amendment cannot change: it may add to it; what is there changes as operational data."""

from collections.abc import Iterator, Mapping

from irt.study.definition import StudyDefinition
from irt.study.in_use import InUse
from irt.study.part import Code, Part
from irt.study.problems import Finding
from irt.study.resupply import MinMax

_HOW = "it is operational data, changed by a proposal and its approval, not by amendment"
_WORDS_OF_A_COUNTRY = {"name", "aliases"}


def _countries_stay(before: StudyDefinition, after: StudyDefinition, in_use: InUse) -> Iterator[Finding]:
    known = {country.code: country for country in after.countries}
    for country in before.countries:
        now = known.get(country.code)
        fixed = country.model_dump(exclude=_WORDS_OF_A_COUNTRY)
        if now is None or now.model_dump(exclude=_WORDS_OF_A_COUNTRY) != fixed:
            sentence = f"country {country.code} stays as it is, but for its name and what files call it"
            yield Finding("CountryChanged", ("countries",), sentence)


def _depots_stay(before: StudyDefinition, after: StudyDefinition, in_use: InUse) -> Iterator[Finding]:
    yield from _kept(
        "DepotChanged",
        "depots",
        {f"depot {depot.code}": depot for depot in before.depots},
        {f"depot {depot.code}": depot for depot in after.depots},
    )


def _sites_stay(before: StudyDefinition, after: StudyDefinition, in_use: InUse) -> Iterator[Finding]:
    old = {f"site {site.number}": site for site in before.sites}
    yield from _kept("SiteChanged", "sites", old, {f"site {site.number}": site for site in after.sites})
    for site in after.sites:
        if f"site {site.number}" not in old and site.number not in in_use.sites:
            yield Finding("SiteNotAdded", ("sites",), f"site {site.number} is new; {_HOW}")
    for name, size in before.sizes.items():
        if name not in after.sizes or after.sizes[name].sites != size.sites:
            yield Finding("SiteNotAdded", ("sizes", name, "sites"), f"the number of sites changes; {_HOW}")


def _lanes_stay(before: StudyDefinition, after: StudyDefinition, in_use: InUse) -> Iterator[Finding]:
    old = {f"lane {lane.origin} to {lane.target}": lane for lane in before.lanes}
    new = {f"lane {lane.origin} to {lane.target}": lane for lane in after.lanes}
    yield from _kept("LaneChanged", "lanes", old, new)
    places = {country.code for country in before.countries} | {depot.code for depot in before.depots}
    for words, lane in new.items():
        if words not in old and lane.origin in places and (lane.target in places or lane.target in in_use.sites):
            yield Finding("LaneChanged", ("lanes",), f"{words} is new between places that were there; {_HOW}")


def _levels_stay(before: StudyDefinition, after: StudyDefinition, in_use: InUse) -> Iterator[Finding]:
    """Levels of what is new may come along: without them nobody would be supplied with it."""
    kit_types = {kit_type.code for kit_type in before.kit_types}
    countries = {country.code for country in before.countries}
    old, new = _levels(before), _levels(after)
    for scope, kit_type in sorted({*old, *new}, key=lambda key: [key[0] or "", key[1]]):
        where = old.get((scope, kit_type)), new.get((scope, kit_type))
        known = kit_type in kit_types and (not scope.startswith("country ") or scope[8:] in countries)
        if known and where[0] != where[1]:
            yield Finding("LevelsChanged", ("resupply",), f"the levels of {kit_type} for {scope} differ; {_HOW}")


def _levels(definition: StudyDefinition) -> dict[tuple[str, Code], MinMax]:
    resupply = definition.resupply
    scopes: dict[str, Mapping[Code, MinMax]] = {
        "the study": resupply.study,
        **{f"country {code}": levels for code, levels in resupply.countries.items()},
        **{f"site {number}": levels for number, levels in resupply.sites.items()},
        **{f"depot {code}": levels for code, levels in resupply.depots.items()},
    }
    return {(scope, kit_type): pair for scope, levels in scopes.items() for kit_type, pair in levels.items()}


def _kept(name: str, part: str, before: Mapping[str, Part], after: Mapping[str, Part]) -> Iterator[Finding]:
    for words, old in before.items():
        if words not in after:
            yield Finding(name, (part,), f"{words} is gone; {_HOW}")
        elif after[words] != old:
            yield Finding(name, (part,), f"{words} changes; {_HOW}")


NETWORK_RULES = (_countries_stay, _depots_stay, _sites_stay, _lanes_stay, _levels_stay)
