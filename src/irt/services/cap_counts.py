"""How many subjects a limit of enrolment holds, counted from what was recorded rather than from its counter."""

from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from irt.study.definition import StudyDefinition
from irt.study.rules import Cap
from irt.tables.columns import table_of
from irt.tables.study import Site
from irt.tables.subject import Randomization, Subject

_R, _SUBJECTS, _SITES = table_of(Randomization), table_of(Subject), table_of(Site)


def counting(definition: StudyDefinition, key: str, cap: Cap) -> Select[Any]:
    """The question how many count under a cap; its parameters are study_id, country and site_id.

    `key` is the counter's, whose last part names the cohort of a cap on cohorts.
    """
    first = (_R.c.stage == 1,) if cap.counts == "randomized" else ()
    counted = _R if cap.counts == "randomized" else _SUBJECTS
    earlier = _places_before(definition, key.rpartition(":")[2]) if cap.scope == "cohort" else 0
    return (
        select(func.count() - earlier)
        .select_from(counted.join(_SITES, _SITES.c.id == counted.c.site_id))
        .where(counted.c.study_id == bindparam("study_id"), *first, *_concerned(cap))
    )


def _concerned(cap: Cap) -> tuple[ColumnElement[bool], ...]:
    if cap.scope == "country":
        return (_SITES.c.country == bindparam("country"),)
    if cap.scope == "site":
        return (_SITES.c.id == bindparam("site_id"),)
    if cap.scope == "stratum":
        factor, _, level = (cap.key or "").partition("=")
        return (_R.c.levels[factor].as_string() == level,)
    return ()


def _places_before(definition: StudyDefinition, cohort: str) -> int:
    """Cohorts are filled one after the other."""
    codes = [one.code for one in definition.cohorts]
    return sum(one.size for one in definition.cohorts[: codes.index(cohort)])
