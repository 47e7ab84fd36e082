"""The dated need of subjects on treatment and those who may still be randomized, by site. For services only."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from sqlalchemy import BindParameter, Connection, bindparam, select

from irt.reads.subjects_ahead import anchor_of, counted, held_visits, in_screening
from irt.study.course import Treated, VisitAhead
from irt.study.courses import dose_levels
from irt.study.definition import StudyDefinition
from irt.study.delivery import kits_at_site
from irt.study.part import Code
from irt.supply.visits_ahead import DueVisit, due_visits
from irt.tables.columns import table_of
from irt.tables.secret import TreatmentAssignment
from irt.tables.study import Site
from irt.tables.subject import Randomization, Subject

_SUBJECTS, _SITES = table_of(Subject), table_of(Site)
_RANDOMIZATIONS, _TREATMENTS = table_of(Randomization), table_of(TreatmentAssignment)
_STUDY: BindParameter[int] = bindparam("study_id")
_EXPECTED = (
    select(
        _SUBJECTS.c.id,
        _SUBJECTS.c.site_id,
        _SUBJECTS.c.dose_level,
        _SUBJECTS.c.screened_on,
        _SUBJECTS.c.randomized_on,
        _TREATMENTS.c.arm,
        _SITES.c.country,
    )
    .join(_SITES, _SITES.c.id == _SUBJECTS.c.site_id)
    .outerjoin(_RANDOMIZATIONS, _RANDOMIZATIONS.c.subject_id == _SUBJECTS.c.id)
    .outerjoin(_TREATMENTS, _TREATMENTS.c.randomization_id == _RANDOMIZATIONS.c.id)
    .where(_SUBJECTS.c.study_id == _STUDY, _SUBJECTS.c.status.in_(bindparam("statuses", expanding=True)))
    # Of several randomizations the last one says what a subject is given.
    .order_by(_SUBJECTS.c.id, _RANDOMIZATIONS.c.stage)
)
Need = Mapping[str, Sequence[tuple[date, int]]]
"""Kit type -> (day, kits)."""


@dataclass(frozen=True, slots=True)
class ExpectedNeed:
    """By site id: kits by type and day, subjects who may still be randomized, those treated where asked for.

    `at_homes`: what depots send to homes of the sites' subjects, which is no need of the sites.
    """

    by_site: Mapping[int, Need] = field(default_factory=dict)
    at_homes: Mapping[int, Need] = field(default_factory=dict)
    in_screening: Mapping[int, int] = field(default_factory=dict)
    treated: Mapping[int, tuple[Treated, ...]] = field(default_factory=dict)


def expected_need(
    connection: Connection, study_id: int, definition: StudyDefinition, day: date, days: int, treated: bool = False
) -> ExpectedNeed:
    """What is foreseen from `day` on for so many days; three questions, however many sites and subjects."""
    kits: dict[bool, dict[int, Counter[tuple[str, date]]]] = {False: {}, True: {}}
    alike: dict[int, Counter[tuple[int, tuple[VisitAhead, ...]]]] = defaultdict(Counter)
    levels = {level: number for number, level in enumerate(dose_levels(definition))}
    for site_id, country, level, visits in _due_by_subject(connection, study_id, definition, day, days):
        at_site = kits_at_site(definition.delivery, country)
        for visit in visits:
            found = kits[not at_site.has(home=visit.visit.home)].setdefault(site_id, Counter())
            for kit_type, quantity in visit.kits:
                found[(kit_type, day + timedelta(days=visit.ahead_days))] += quantity
        if treated and visits:
            ahead = sorted((visit.visit for visit in visits), key=lambda visit: visit.day)
            alike[site_id][(levels.get(level, 0), tuple(ahead))] += 1
    return ExpectedNeed(
        {site_id: _by_type(found) for site_id, found in kits[False].items()},
        {site_id: _by_type(found) for site_id, found in kits[True].items()},
        in_screening(connection, study_id),
        {site_id: tuple(Treated(many, *one) for one, many in found.items()) for site_id, found in alike.items()},
    )


def _by_type(found: Counter[tuple[str, date]]) -> Need:
    by_type: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for (kit_type, on_day), quantity in sorted(found.items()):
        by_type[kit_type].append((on_day, quantity))
    return by_type


def _due_by_subject(
    connection: Connection, study_id: int, definition: StudyDefinition, day: date, days: int
) -> Iterator[tuple[int, Code, Code | None, list[DueVisit]]]:
    """(site id, country, dose level, visits that are due and not held) of every subject."""
    visits = [visit for visit in definition.visits if visit.dispenses]
    held = held_visits(connection, study_id, visits, day)

    @cache
    def due(arm: Code | None, level: Code | None, anchor: str, days_since: int) -> list[DueVisit]:
        return [*due_visits(definition, visits, arm, level, anchor, days_since, days)]

    asked = {"study_id": study_id, "statuses": sorted(counted(definition.resupply.forecast))}
    subjects = {row.id: row for row in connection.execute(_EXPECTED, asked)}
    for row in subjects.values():
        anchor, first = anchor_of(row.screened_on, row.randomized_on)
        coming = due(row.arm, row.dose_level, anchor, (day - first).days)
        over = held.get(row.id, ())
        yield row.site_id, row.country, row.dose_level, [visit for visit in coming if visit.key not in over]
