"""The facts that an amendment is held against: subjects under way, stock, sites. For services only."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import BindParameter, Connection, RowMapping, bindparam, func, select

from irt.reads.blinded_lock import ENDED
from irt.reads.blinded_visits import anchors, treatment_anchors
from irt.reads.piles import piles_at
from irt.reads.subjects_ahead import held_visits
from irt.states.kit import Assignment, Custody, Quality
from irt.states.records import SiteStatus
from irt.study.impact import KitPile, SubjectFacts
from irt.study.visits import Visit
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.study import Depot, Site
from irt.tables.subject import Subject

_SITES, _DEPOTS, _SUBJECTS, _KITS = table_of(Site), table_of(Depot), table_of(Subject), table_of(Kit)
_STUDY: BindParameter[int] = bindparam("study_id")
_ALL_SITES = select(_SITES).where(_SITES.c.study_id == _STUDY).order_by(_SITES.c.number)
_ALL_DEPOTS = select(_DEPOTS.c.id, _DEPOTS.c.code).where(_DEPOTS.c.study_id == _STUDY).order_by(_DEPOTS.c.code)
_UNDER_WAY = (
    select(
        _SUBJECTS.c.id,
        _SUBJECTS.c.number,
        _SUBJECTS.c.dose_level,
        _SUBJECTS.c.screened_on,
        _SUBJECTS.c.randomized_on,
        _SITES.c.number.label("site"),
    )
    .join(_SITES, _SITES.c.id == _SUBJECTS.c.site_id)
    .where(_SUBJECTS.c.study_id == _STUDY, _SUBJECTS.c.status.not_in(sorted(ENDED)))
    .order_by(_SUBJECTS.c.number)
)
_BY_LOOK = (
    select(_KITS.c.custody, _KITS.c.place_id, _KITS.c.blinding_group, func.count().label("kits"))
    .where(
        _KITS.c.study_id == _STUDY,
        _KITS.c.custody.in_((Custody.SITE, Custody.DEPOT)),
        _KITS.c.assignment == Assignment.FREE,
        _KITS.c.quality == Quality.RELEASED,
    )
    .group_by(_KITS.c.custody, _KITS.c.place_id, _KITS.c.blinding_group)
)


def every_site(connection: Connection, study_id: int) -> Sequence[RowMapping]:
    """The sites of a study by number."""
    return connection.execute(_ALL_SITES, {"study_id": study_id}).mappings().all()


def depots_by_id(connection: Connection, study_id: int) -> dict[int, str]:
    """Codes of depots."""
    return {row.id: row.code for row in connection.execute(_ALL_DEPOTS, {"study_id": study_id})}


def subjects_under_way(
    connection: Connection, study_id: int, visits: Iterable[Visit], day: date
) -> dict[str, list[SubjectFacts]]:
    """Subjects who have not ended, by site; `visits`: of every version that they may be under."""
    held = held_visits(connection, study_id, visits, day)
    found: dict[str, list[SubjectFacts]] = defaultdict(list)
    for row in connection.execute(_UNDER_WAY, {"study_id": study_id}):
        dates = treatment_anchors(anchors(row.screened_on, row.randomized_on))
        over = frozenset(held.get(row.id, ()))
        found[row.site].append(SubjectFacts(row.number, row.site, row.dose_level, dates, over))
    return found


def stock_by_look(
    connection: Connection, study_id: int, sites: Sequence[RowMapping], depots: Mapping[int, str]
) -> dict[str, tuple[tuple[str, int], ...]]:
    """Free, released kits of each blinding group, by place in words: depots first."""
    numbers = {row["id"]: row["number"] for row in sites}
    found: dict[str, Counter[tuple[int, str]]] = defaultdict(Counter)
    for custody, place_id, group, kits in connection.execute(_BY_LOOK, {"study_id": study_id}):
        at_depot = custody == Custody.DEPOT
        place = f"Depot {depots[place_id]}" if at_depot else f"Site {numbers[place_id]}"
        found[group][0 if at_depot else 1, place] += kits
    return {
        group: tuple((place, kits) for (_, place), kits in sorted(places.items()))
        for group, places in found.items()
    }


def kit_piles(
    connection: Connection, study_id: int, sites: Sequence[RowMapping], depots: Mapping[int, str]
) -> Iterator[KitPile]:
    """Usable kits by type: at sites that are not closed, and at depots for each country that they supply."""
    here = {row["id"]: row for row in sites if row["status"] != SiteStatus.CLOSED}
    for place_id, _, _, expiry, kit_type, kits in piles_at(connection, study_id, Custody.SITE, here):
        site = here[place_id]
        yield KitPile(f"Site {site['number']}", False, site["country"], kit_type, expiry, kits)
    supplied: dict[int, set[str]] = defaultdict(set)
    for site in here.values():
        supplied[site["depot_id"]].add(site["country"])
    for place_id, _, _, expiry, kit_type, kits in piles_at(connection, study_id, Custody.DEPOT, depots):
        for country in sorted(supplied[place_id]):
            yield KitPile(f"Depot {depots[place_id]}", True, country, kit_type, expiry, kits)
