"""References: everything that is named by its code must exist."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from irt.study.checks.check import check
from irt.study.draft import Draft
from irt.study.network import HOME
from irt.study.part import Code
from irt.study.problems import Finding, did_you_mean
from irt.study.randomization_plan import (
    Factorial,
    Listed,
    Minimization,
    OtherDesign,
    PermutedBlocks,
    Platform,
)
from irt.study.resupply import MinMax
from irt.study.source import Path


class Reference(NamedTuple):
    """A code written at a path, and the kind of thing it should name."""

    kind: str
    path: Path
    code: Code


# The words of each kind: the problem's name, and what a reader calls it.
KINDS = {
    "arms": ("UnknownArm", "arm"),
    "factors": ("UnknownFactor", "factor"),
    "levels": ("UnknownLevel", "level of a factor"),
    "cohorts": ("UnknownCohort", "cohort"),
    "blinding_groups": ("UnknownBlindingGroup", "blinding group"),
    "kit_types": ("UnknownKitType", "kit type"),
    "dose_levels": ("UnknownDoseLevel", "dose level"),
    "visits": ("UnknownVisit", "visit"),
    "countries": ("UnknownCountry", "country"),
    "depots": ("UnknownDepot", "depot"),
    "shippers": ("UnknownShipper", "shipper"),
    "label_groups": ("UnknownLabelGroup", "label group of a country"),
    "sites": ("UnknownSite", "site"),
    "places": ("UnknownPlace", f"country, site or depot, nor `{HOME}`"),
}


def dangling_references(draft: Draft) -> Iterator[Finding]:
    """A code that names nothing in the file."""
    known = {kind: _known(draft, kind) for kind in KINDS}
    for reference in _all(draft):
        names = known[reference.kind]
        if names is not None and reference.code not in names:
            name, noun = KINDS[reference.kind]
            hint = did_you_mean(reference.code, names)
            yield Finding(name, reference.path, f"`{reference.code}` is no {noun} of this study{hint}")


def _known(draft: Draft, kind: str) -> frozenset[Code] | None:
    """Codes of that kind, or None where the file cannot know them."""
    study = draft.study
    if kind == "levels":
        return None if "factors" in draft.broken else frozenset(_levels(draft))
    if kind == "label_groups":
        return None if "countries" in draft.broken else frozenset(land.label_group for land in study.countries)
    if kind == "sites":
        return draft.codes("sites", "number") or None
    if kind == "places":
        sites = draft.codes("sites", "number")
        return draft.codes("countries") | draft.codes("depots") | sites | {HOME}
    return draft.codes(kind)


def _levels(draft: Draft) -> Iterator[str]:
    """`factor=level` for every level, those that sites bring included."""
    for factor in draft.study.factors:
        for level in draft.study.levels_of(factor.code):
            yield f"{factor.code}={level}"


def _all(draft: Draft) -> Iterator[Reference]:
    yield from _of_treatment(draft)
    yield from _of_randomization(draft)
    yield from _of_later(draft)
    yield from _of_dispensing(draft)
    yield from _of_caps(draft)
    yield from _of_routes(draft)
    yield from _of_pool(draft)
    yield from _of_network(draft)
    yield from _of_resupply(draft)
    yield from _of_sizes(draft)


def _each(kind: str, path: Path, codes: Iterable[Code]) -> Iterator[Reference]:
    return (Reference(kind, (*path, index), code) for index, code in enumerate(codes))


def _of_treatment(draft: Draft) -> Iterator[Reference]:
    for index, cohort in enumerate(draft.study.cohorts):
        yield Reference("arms", ("cohorts", index, "arm"), cohort.arm)
    for index, kit_type in enumerate(draft.study.kit_types):
        here: Path = ("kit_types", index)
        yield Reference("blinding_groups", (*here, "blinding_group"), kit_type.blinding_group)
        yield from _each("label_groups", (*here, "label_groups"), kit_type.label_groups)
        for country in kit_type.country_windows:
            yield Reference("countries", (*here, "country_windows", country), country)
    for index, move in enumerate(draft.study.titration):
        yield Reference("dose_levels", ("titration", index, "origin"), move.origin)
        yield Reference("dose_levels", ("titration", index, "target"), move.target)
        yield from _each("arms", ("titration", index, "sham_in_arms"), move.sham_in_arms)


def _of_randomization(draft: Draft) -> Iterator[Reference]:
    plan = draft.study.randomization
    here: Path = ("randomization",)
    if isinstance(plan, PermutedBlocks | Listed):
        yield from _each("factors", (*here, "strata"), plan.strata)
    elif isinstance(plan, Minimization):
        yield from _of_minimization(plan, here)
    elif isinstance(plan, OtherDesign):
        yield from _each("factors", (*here, "strata"), plan.strata)
        yield from _of_minimization(plan, here)
    elif isinstance(plan, Factorial):
        for index, component in enumerate(plan.components):
            for level, arms in component.groups.items():
                yield from _each("arms", (*here, "components", index, "groups", level), arms)
            yield from _of_minimization(component.minimization, (*here, "components", index, "minimization"))
    elif isinstance(plan, Platform):
        for index, agent in enumerate(plan.agents):
            yield Reference("arms", (*here, "agents", index, "active"), agent.active)
            yield Reference("arms", (*here, "agents", index, "placebo"), agent.placebo)


def _of_later(draft: Draft) -> Iterator[Reference]:
    for index, later in enumerate(draft.study.later_randomizations):
        here: Path = ("later_randomizations", index)
        yield from _each("arms", (*here, "arms"), later.arms)
        yield from _each("factors", (*here, "design", "strata"), later.design.strata)
        yield from _of_minimization(later.design, (*here, "design"))


def _of_minimization(plan: Minimization | OtherDesign, path: Path) -> Iterator[Reference]:
    for index, weighted in enumerate(plan.factors):
        yield Reference("factors", (*path, "factors", index, "factor"), weighted.factor)


def _of_dispensing(draft: Draft) -> Iterator[Reference]:
    for index, rule in enumerate(draft.study.dispensing):
        here: Path = ("dispensing", index)
        yield from _each("visits", (*here, "visits"), rule.visits)
        yield from _each("arms", (*here, "arms"), rule.arms)
        yield from _each("dose_levels", (*here, "dose_levels"), rule.dose_levels)
        for position, need in enumerate(rule.kits):
            yield Reference("kit_types", (*here, "kits", position, "kit_type"), need.kit_type)
        if rule.by_weight is not None:
            yield Reference("kit_types", (*here, "by_weight", "kit_type"), rule.by_weight.kit_type)
    if draft.study.delivery is not None:
        yield from _each("visits", ("delivery", "visits"), draft.study.delivery.visits)


def _of_pool(draft: Draft) -> Iterator[Reference]:
    for index, served in enumerate(draft.study.serves):
        for kit_type in served.kit_types:
            yield Reference("kit_types", ("serves", index, "kit_types", kit_type), kit_type)


def _of_routes(draft: Draft) -> Iterator[Reference]:
    for index, route in enumerate(draft.study.release_routes):
        yield from _each("countries", ("release_routes", index, "countries"), route.countries)


def _of_caps(draft: Draft) -> Iterator[Reference]:
    kinds = {"country": "countries", "site": "sites", "stratum": "levels", "cohort": "cohorts"}
    for index, cap in enumerate(draft.study.caps):
        if cap.key is not None and cap.scope in kinds:
            yield Reference(kinds[cap.scope], ("caps", index, "key"), cap.key)


def _of_carbon(draft: Draft) -> Iterator[Reference]:
    carbon = draft.study.resupply.planning.carbon
    for index, lane in enumerate(carbon.lanes if carbon else ()):
        path = ("resupply", "planning", "carbon", "lanes", index)
        yield Reference("depots", (*path, "origin"), lane.origin)
        yield Reference("places", (*path, "target"), lane.target)


def _of_network(draft: Draft) -> Iterator[Reference]:
    for index, country in enumerate(draft.study.countries):
        yield Reference("depots", ("countries", index, "depot"), country.depot)
    for index, depot in enumerate(draft.study.depots):
        if depot.supplied_by is not None:
            yield Reference("depots", ("depots", index, "supplied_by"), depot.supplied_by)
    for index, lane in enumerate(draft.study.lanes):
        yield Reference("depots", ("lanes", index, "origin"), lane.origin)
        yield Reference("places", ("lanes", index, "target"), lane.target)
        if lane.shipper is not None:
            yield Reference("shippers", ("lanes", index, "shipper"), lane.shipper)
    for index, way in enumerate(draft.study.resupply.planning.ways):
        yield Reference("depots", ("resupply", "planning", "ways", index, "origin"), way.origin)
        yield Reference("places", ("resupply", "planning", "ways", index, "target"), way.target)
    yield from _of_carbon(draft)
    for index, licence in enumerate(draft.study.import_licences):
        yield Reference("countries", ("import_licences", index, "country"), licence.country)
        for group in licence.kits:
            yield Reference("blinding_groups", ("import_licences", index, "kits", group), group)
    for index, site in enumerate(draft.study.sites):
        yield Reference("countries", ("sites", index, "country"), site.country)
        if site.satellite_of is not None:
            yield Reference("sites", ("sites", index, "satellite_of"), site.satellite_of)
        if site.depot is not None:
            yield Reference("depots", ("sites", index, "depot"), site.depot)


def _of_resupply(draft: Draft) -> Iterator[Reference]:
    resupply = draft.study.resupply
    yield from _of_settings(resupply.study, ("resupply", "study"))
    for country, settings in resupply.countries.items():
        yield Reference("countries", ("resupply", "countries", country), country)
        yield from _of_settings(settings, ("resupply", "countries", country))
    for site, settings in resupply.sites.items():
        yield Reference("sites", ("resupply", "sites", site), site)
        yield from _of_settings(settings, ("resupply", "sites", site))
    for depot, settings in resupply.depots.items():
        yield Reference("depots", ("resupply", "depots", depot), depot)
        yield from _of_settings(settings, ("resupply", "depots", depot))
    for kit_type in resupply.seeding:
        yield Reference("kit_types", ("resupply", "seeding", kit_type), kit_type)
    for country in resupply.stops.countries:
        yield Reference("countries", ("resupply", "stops", "countries", country), country)
    for site in resupply.stops.sites:
        yield Reference("sites", ("resupply", "stops", "sites", site), site)


def _of_settings(settings: dict[Code, MinMax], path: Path) -> Iterator[Reference]:
    return (Reference("kit_types", (*path, kit_type), kit_type) for kit_type in settings)


def _of_sizes(draft: Draft) -> Iterator[Reference]:
    for name, size in draft.study.sizes.items():
        for country in size.sites:
            yield Reference("countries", ("sizes", name, "sites", country), country)
        for index, lot in enumerate(size.lots):
            yield Reference("kit_types", ("sizes", name, "lots", index, "kit_type"), lot.kit_type)
            yield Reference("depots", ("sizes", name, "lots", index, "depot"), lot.depot)


CHECKS = (check(dangling_references),)
