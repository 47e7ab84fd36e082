"""The supply of a study by kit type: what counts at each site against its levels."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from irt.blinding.views import UnblindedView
from irt.reads.asking import Asking
from irt.reads.inventory import network_view
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_network import subjects_by_site
from irt.study.definition import StudyDefinition
from irt.supply.planner import SiteView
from irt.supply.planners import explain_by, settings_of
from irt.supply.standing import missing_by_group, missing_by_type
from irt.tables.columns import table_of
from irt.tables.study import Site


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


_SITES = table_of(Site)
_NAMES = select(_SITES.c.number, _SITES.c.name).where(_SITES.c.study_id == bindparam("study_id"))


class SiteStanding(NamedTuple):
    """One active site beside its levels, as it is known of all sites of a page."""

    site: SiteView
    name: str
    subjects: int
    grouped: bool
    low: bool


class StockAgainstLevels:
    """Every active site's stock against its levels: whether it is low of all, why only of those that are shown."""

    def __init__(self, connection: Connection, study_id: int, now: datetime) -> None:
        self._definition, self._day = definition_in_force(connection, study_id), now.date()
        self._settings = settings_of(self._definition)
        self._groups = group_names(self._definition)
        network = network_view(connection, Asking(study_id, self._definition, self._day, now))
        names = {row.number: row.name for row in connection.execute(_NAMES, {"study_id": study_id})}
        subjects = subjects_by_site(connection, study_id)
        found = [self._standing(one, names[one.number], subjects.get(one.number, 0)) for one in network.sites]
        self.sites = tuple(sorted(found, key=lambda one: (not one.low, one.site.number)))
        """Those that are low first, then by number."""

    def told(self, sites: Iterable[SiteStanding]) -> tuple[SiteLevels, ...]:
        """What counts at some of the sites, and why an order follows or not."""
        return tuple(self._told(one) for one in sites)

    def _standing(self, site: SiteView, name: str, subjects: int) -> SiteStanding:
        grouped = is_small(self._definition, subjects)
        missing = missing_by_type(self._definition, site, self._day, self._settings)
        if grouped:
            missing = missing_by_group(missing, self._groups)
        return SiteStanding(site, name, subjects, grouped, any(kits > 0 for kits in missing.values()))

    def _told(self, one: SiteStanding) -> SiteLevels:
        told = explain_by(self._definition, one.site, self._day, self._settings)
        return SiteLevels(
            site=one.site.number,
            name=one.name,
            country=one.site.country,
            depot=one.site.depot,
            subjects=one.subjects,
            grouped=one.grouped,
            rows=level_rows(self._definition, told, grouped=one.grouped),
        )


def group_names(definition: StudyDefinition) -> dict[str, str]:
    """Kit type -> name of its blinding group."""
    return {one.code: definition.blinding_group(one.blinding_group).name for one in definition.kit_types}


def is_small(definition: StudyDefinition, subjects: int) -> bool:
    """Whether a site has too few subjects on treatment for kit types to be shown."""
    return definition.blinded and subjects < definition.conduct.small_site_subjects


def level_rows(
    definition: StudyDefinition, told: Mapping[str, Mapping[str, Any]], *, grouped: bool
) -> tuple[LevelRow, ...]:
    """What a calculation told, by kit type, or added up over each blinding group."""
    if not grouped:
        return tuple(_row(code, facts) for code, facts in sorted(told.items()))
    groups = group_names(definition)
    by_group: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for code, facts in told.items():
        by_group[groups[code]].append(facts)
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
