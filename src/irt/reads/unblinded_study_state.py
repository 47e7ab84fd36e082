"""A running study as it stands: places, levels, stock, goods on their way, subjects with their arms."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import BindParameter, Connection, bindparam, select

from irt.reads.asking import Asking
from irt.reads.inventory import levels_on, network_view
from irt.reads.operational_data import lane_in_force
from irt.reads.regional import regional_view
from irt.reads.supply_configuration import supply_configuration
from irt.reads.unblinded_definition import definition_in_force
from irt.states.records import SiteStatus, VisitStatus
from irt.states.subject import BEFORE_RANDOMIZATION, ON_STUDY_TREATMENT, SubjectStatus
from irt.study.definition import StudyDefinition
from irt.study.network import Lane
from irt.study.network import Site as SitePart
from irt.study.resupply import MinMax
from irt.study.supply_configuration import agreed_depot
from irt.supply.level_rows import LevelRow
from irt.supply.study_state import SiteNow, StudyState, SubjectNow
from irt.tables.columns import table_of
from irt.tables.secret import TreatmentAssignment
from irt.tables.study import Depot, Site, SiteVersion
from irt.tables.subject import Randomization, Subject, Visit

_SITES, _DEPOTS, _OPENED = table_of(Site), table_of(Depot), table_of(SiteVersion)
_SUBJECTS, _VISITS = table_of(Subject), table_of(Visit)
_R, _T = table_of(Randomization), table_of(TreatmentAssignment)
_OF_STUDY: BindParameter[int] = bindparam("study_id")
_ALL_SITES = select(_SITES).where(_SITES.c.study_id == _OF_STUDY).order_by(_SITES.c.number)
_ACTIVATED = select(_OPENED.c.site_id, _OPENED.c.activated_at).where(_OPENED.c.study_id == _OF_STUDY)
_DEPOT_CODES = select(_DEPOTS.c.id, _DEPOTS.c.code).where(_DEPOTS.c.study_id == _OF_STUDY)
_PEOPLE = select(
    _SUBJECTS.c.id,
    _SUBJECTS.c.site_id,
    _SUBJECTS.c.status,
    _SUBJECTS.c.dose_level,
    _SUBJECTS.c.screened_on,
    _SUBJECTS.c.randomized_on,
).where(_SUBJECTS.c.study_id == _OF_STUDY)
# Of several randomizations the last one says what a subject is given.
_ARMS = (
    select(_R.c.subject_id, _T.c.arm)
    .join(_T, _T.c.randomization_id == _R.c.id)
    .where(_R.c.study_id == _OF_STUDY)
    .order_by(_R.c.stage)
)
_OVER = select(_VISITS.c.subject_id, _VISITS.c.code, _VISITS.c.occurrence).where(
    _VISITS.c.study_id == _OF_STUDY, _VISITS.c.status != VisitStatus.PLANNED
)
_ON_TREATMENT = {*ON_STUDY_TREATMENT, SubjectStatus.DOSE_HOLD}


def study_state(connection: Connection, study_id: int, day: date, at: datetime, days: int) -> StudyState:
    """The study on a day, its network seen so many days ahead; NotFound before a version is approved."""
    asking = Asking(study_id, definition_in_force(connection, study_id), day, at, ahead_days=days)
    network = network_view(connection, asking)
    regional = regional_view(connection, asking, network, every=True)
    rows = connection.execute(_ALL_SITES, {"study_id": study_id}).all()
    numbers = {row.id: row.number for row in rows}
    sites, subjects = _people(connection, study_id, numbers, {row.id: row.status for row in rows})
    depots = _depots(connection, study_id)
    parts = tuple(
        SitePart(
            number=row.number,
            name=row.name,
            country=row.country,
            zone=row.zone,
            satellite_of=numbers.get(row.main_site_id),
            depot=agreed_depot(asking.definition, row.country, depots[row.depot_id]),
        )
        for row in rows
    )
    return StudyState(
        definition=_as_it_stands(connection, asking, parts, numbers),
        day=day,
        network=network,
        regional=regional.sites,
        sites=sites,
        subjects=subjects,
    )


def _people(
    connection: Connection, study_id: int, numbers: Mapping[int, str], status: Mapping[int, str]
) -> tuple[tuple[SiteNow, ...], tuple[SubjectNow, ...]]:
    asked = {"study_id": study_id}
    arms = {row.subject_id: row.arm for row in connection.execute(_ARMS, asked)}
    over: dict[int, set[tuple[str, int]]] = defaultdict(set)
    for subject_id, code, occurrence in connection.execute(_OVER, asked):
        over[subject_id].add((code, occurrence))
    opened: dict[int, date] = {}
    for site_id, at in connection.execute(_ACTIVATED, asked):
        opened[site_id] = min(opened.get(site_id, at.date()), at.date())
    off: Counter[int] = Counter()
    screening: dict[int, list[date]] = defaultdict(list)
    subjects: list[SubjectNow] = []
    for row in connection.execute(_PEOPLE, asked):
        if row.status in BEFORE_RANDOMIZATION:
            screening[row.site_id].append(row.screened_on)
        elif row.randomized_on is not None and row.status in _ON_TREATMENT and row.id in arms:
            known = frozenset(over[row.id])
            site = numbers[row.site_id]
            subjects.append(SubjectNow(site, arms[row.id], row.dose_level, row.randomized_on, known))
        elif row.randomized_on is not None:
            off[row.site_id] += 1
    sites = tuple(
        SiteNow(number, SiteStatus(status[key]), opened.get(key), off[key], tuple(sorted(screening[key])))
        for key, number in numbers.items()
    )
    return sites, tuple(subjects)


def _as_it_stands(
    connection: Connection, asking: Asking, sites: Sequence[SitePart], numbers: Mapping[int, str]
) -> StudyDefinition:
    """The definition with the sites, lanes and levels that hold on the day."""
    definition, study_id = asking.definition, asking.study_id
    depots = _depots(connection, study_id)
    found, at_depots = levels_on(connection, asking).by_scope
    study = found.get((None, None), {})
    resupply = definition.resupply.model_copy(
        update={
            "study": _part(study),
            "countries": {country: _part(rows) for (country, _), rows in found.items() if country is not None},
            "sites": {numbers[site]: _part(rows) for (_, site), rows in found.items() if site is not None},
            "depots": {depots[depot]: _part(rows) for depot, rows in at_depots.items()},
        }
    )
    return definition.model_copy(
        update={"sites": tuple(sites), "lanes": tuple(_lanes(connection, asking)), "resupply": resupply}
    )


def _depots(connection: Connection, study_id: int) -> dict[int, str]:
    return {row.id: row.code for row in connection.execute(_DEPOT_CODES, {"study_id": study_id})}


def _part(rows: Mapping[str, LevelRow]) -> dict[str, MinMax]:
    names = ("minimum", "maximum", "trigger_days", "resupply_days")
    return {code: MinMax.model_validate(dict(zip(names, row, strict=True))) for code, row in rows.items()}


def _lanes(connection: Connection, asking: Asking) -> Iterator[Lane]:
    """Those of the study file, and further ones that were agreed on, as they hold on the day."""
    known = {(lane.origin, lane.target): lane for lane in asking.definition.lanes}
    agreed = supply_configuration(connection, asking.study_id).lanes
    for way in dict.fromkeys([*known, *((lane.origin, lane.target) for lane in agreed)]):
        found = lane_in_force(connection, asking.study_id, *way, asking.day)
        if found is not None or way in known:
            yield known[way] if found is None else Lane.model_validate(found)
