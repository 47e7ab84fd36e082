"""Delivery to homes: there are kits and a way, and neither the parcels nor the carrier can tell the arm."""

from collections.abc import Iterator

from irt.study.checks.check import check
from irt.study.draft import Draft
from irt.study.network import HOME
from irt.study.part import Code
from irt.study.problems import Finding
from irt.study.source import Path


def nothing_to_deliver(draft: Draft) -> Iterator[Finding]:
    """Kits go home only from a visit that gives some."""
    for position, visit in _visits(draft):
        if any(each.code == visit and not each.dispenses for each in draft.study.visits):
            sentence = f"no kits are given at visit `{visit}`, so none can go home"
            yield Finding("NothingToDeliver", _at(position), sentence)


def depots_without_way_home(draft: Draft) -> Iterator[Finding]:
    """The depot of every country, and of every site, reaches homes, for all arms on the one lane."""
    if draft.study.delivery is None:
        return
    origins = {lane.origin for lane in draft.study.lanes if lane.target == HOME}
    for index, country in enumerate(draft.study.countries):
        if draft.study.delivery.leaves_from_site(country.code):
            continue
        if country.depot in draft.codes("depots") and country.depot not in origins:
            sentence = f"kits go to homes, but no lane leads from depot `{country.depot}` to `{HOME}`"
            yield Finding("NoWayHome", ("countries", index, "depot"), sentence)
    for index, site in enumerate(draft.study.sites):
        from_depot = not draft.study.delivery.leaves_from_site(site.country)
        if from_depot and site.depot in draft.codes("depots") and site.depot not in origins:
            sentence = f"kits go to homes, but no lane leads from depot `{site.depot}` to `{HOME}`"
            yield Finding("NoWayHome", ("sites", index, "depot"), sentence)


def countries_unknown(draft: Draft) -> Iterator[Finding]:
    """A country whose depots may not send to patients is one of the study."""
    named = draft.study.delivery.not_from_depot_in if draft.study.delivery else ()
    for position, code in enumerate(named):
        if code not in draft.codes("countries"):
            sentence = f"`{code}` is no country of this study"
            yield Finding("UnknownCountry", ("delivery", "not_from_depot_in", position), sentence)


def unlike_parcels(draft: Draft) -> Iterator[Finding]:
    """All kits of one delivery are stored alike: else an arm is known by a second parcel or a cooled one."""
    group_of = {kit_type.code: kit_type.blinding_group for kit_type in draft.study.kit_types}
    storage_of = {group.code: group.storage for group in draft.study.blinding_groups}
    for position, visit in _visits(draft):
        given = _kit_types_at(draft, visit)
        storages = sorted({storage_of[group_of[code]] for code in given if group_of.get(code) in storage_of})
        if len(storages) > 1:
            sentence = (
                f"kits of visit `{visit}` are stored at {' and '.join(storages)}: the parcels would tell the arm"
            )
            yield Finding("UnlikeParcels", _at(position), sentence)


def _visits(draft: Draft) -> Iterator[tuple[int, Code]]:
    return iter(enumerate(draft.study.delivery.visits if draft.study.delivery else ()))


def _at(position: int) -> Path:
    return ("delivery", "visits", position)


def _kit_types_at(draft: Draft, visit: Code) -> set[Code]:
    rules = [rule for rule in draft.study.dispensing if visit in rule.visits]
    given = {need.kit_type for rule in rules for need in rule.kits}
    return given | {rule.by_weight.kit_type for rule in rules if rule.by_weight is not None}


CHECKS = (
    check(nothing_to_deliver, "visits"),
    check(depots_without_way_home, "lanes", "delivery", "sites"),
    check(countries_unknown, "delivery"),
    check(unlike_parcels, "kit_types", "blinding_groups", "dispensing"),
)
