"""What a study, or one site of it, holds now: the facts that decide whether a new version fits."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, func, select

from irt.services.work import Work
from irt.study.in_use import InUse
from irt.tables.columns import table_of
from irt.tables.kit import ItemMovement
from irt.tables.secret import KitContent
from irt.tables.study import Site, SiteVersion
from irt.tables.subject import Randomization, Subject, Visit

_SUBJECTS, _VISITS, _R, _SITES = table_of(Subject), table_of(Visit), table_of(Randomization), table_of(Site)
_OPENED, _CONTENTS, _ITEMS = table_of(SiteVersion), table_of(KitContent), table_of(ItemMovement)
_STUDY: BindParameter[int] = bindparam("study_id")
_OPENED_ONCE = select(_OPENED.c.id).where(_OPENED.c.study_id == _STUDY).limit(1)
_RANDOMIZED = select(func.count()).select_from(_R).where(_R.c.study_id == _STUDY)
_KIT_TYPES = select(_CONTENTS.c.kit_type).where(_CONTENTS.c.study_id == _STUDY).distinct()
_ITEMS_THERE = select(_ITEMS.c.item).where(_ITEMS.c.study_id == _STUDY).distinct()
_NUMBERS = select(_SITES.c.number).where(_SITES.c.study_id == _STUDY)


def holdings(work: Work, study_id: int, site_id: int | None = None) -> InUse:
    """What the study holds; with a site, the subjects of that site alone."""

    def here(column: ColumnElement[Any]) -> tuple[ColumnElement[bool], ...]:
        return () if site_id is None else (column == site_id,)

    visits = (
        select(_VISITS.c.code, func.max(_VISITS.c.occurrence).label("latest"))
        .join(_SUBJECTS, _SUBJECTS.c.id == _VISITS.c.subject_id)
        .where(_VISITS.c.study_id == _STUDY, *here(_SUBJECTS.c.site_id))
        .group_by(_VISITS.c.code)
    )
    doses = select(_SUBJECTS.c.dose_level).where(
        _SUBJECTS.c.study_id == _STUDY,
        _SUBJECTS.c.dose_level.is_not(None),
        *here(_SUBJECTS.c.site_id),
    )
    levels = select(_R.c.levels).where(_R.c.study_id == _STUDY, *here(_R.c.site_id))
    return InUse(
        opened=bool(_words(work, _OPENED_ONCE, study_id)),
        randomized=int(work.connection.execute(_RANDOMIZED, {"study_id": study_id}).scalar_one()),
        visits={row["code"]: row["latest"] for row in work.rows(visits, study_id=study_id)},
        dose_levels=_words(work, doses.distinct(), study_id),
        levels=frozenset(_pairs(row["levels"] for row in work.rows(levels, study_id=study_id))),
        kit_types=_words(work, _KIT_TYPES, study_id),
        items=_words(work, _ITEMS_THERE, study_id),
        sites=_words(work, _NUMBERS, study_id),
    )


def _words(work: Work, statement: Select[Any], study_id: int) -> frozenset[str]:
    return frozenset(work.connection.execute(statement, {"study_id": study_id}).scalars())


def _pairs(entered: Iterable[dict[str, str]]) -> Iterable[tuple[str, str]]:
    return (pair for levels in entered for pair in levels.items())
