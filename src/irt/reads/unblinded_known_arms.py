"""Which randomizations' arms somebody knows by now, path by path: what a guess at the others can start from."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Select, bindparam, or_, select

from irt.blinding.unblinding import Path
from irt.tables.columns import table_of
from irt.tables.secret import SafetyCase, TreatmentLook, UnblindedList
from irt.tables.subject import CodeBreak, Randomization, Subject
from irt.tables.unblinding import AccidentalUnblinding

USUAL = (Path.EMERGENCY, Path.SAFETY, Path.ACCIDENT)
"""Paths on which single subjects become known; those of lists and pharmacists are added by choice."""

_R, _BREAKS, _ACCIDENTS = table_of(Randomization), table_of(CodeBreak), table_of(AccidentalUnblinding)
_CASES, _LOOKS, _LISTS, _SUBJECTS = (
    table_of(SafetyCase),
    table_of(TreatmentLook),
    table_of(UnblindedList),
    table_of(Subject),
)
_KNOWN = (
    select(_R.c.assignment_number)
    .where(_R.c.study_id == bindparam("study_id"), _R.c.stage == 1)
    .distinct()
    .order_by(_R.c.assignment_number)
)
_BY_PATH: dict[Path, Select[Any]] = {
    Path.EMERGENCY: _KNOWN.join(_BREAKS, _BREAKS.c.subject_id == _R.c.subject_id),
    Path.SAFETY: _KNOWN.join(_CASES, _CASES.c.subject_id == _R.c.subject_id).where(_CASES.c.unblinded),
    Path.ACCIDENT: _KNOWN.join(_ACCIDENTS, _ACCIDENTS.c.subject_id == _R.c.subject_id),
    # A look at the contents of a site tells of all its subjects; a look at one subject of that one.
    Path.PHARMACIST: _KNOWN.join(
        _LOOKS,
        or_(
            _LOOKS.c.subject_id == _R.c.subject_id,
            _LOOKS.c.subject_id.is_(None) & (_LOOKS.c.site_id == _R.c.site_id),
        ),
    ),
}
_LISTED = select(_LISTS.c.subjects).where(_LISTS.c.study_id == bindparam("study_id"))
_NUMBERED = (
    select(_R.c.assignment_number, _SUBJECTS.c.number)
    .join(_SUBJECTS, _SUBJECTS.c.id == _R.c.subject_id)
    .where(_R.c.study_id == bindparam("study_id"), _R.c.stage == 1)
    .order_by(_R.c.assignment_number)
)


def known_arms(connection: Connection, study_id: int) -> Mapping[Path, tuple[int, ...]]:
    """Path -> assignment numbers of the subjects whose arm became known on it, or may have."""
    asked = {"study_id": study_id}
    known: dict[Path, tuple[int, ...]] = {
        path: tuple(row[0] for row in connection.execute(question, asked)) for path, question in _BY_PATH.items()
    }
    return {**known, Path.PLANNED: _of_lists(connection, study_id)}


def known_on(known: Mapping[Path, Iterable[int]], paths: Iterable[Path] = USUAL) -> list[int]:
    """Those known on any of these paths, in order."""
    return sorted({number for path in paths for number in known[path]})


def _of_lists(connection: Connection, study_id: int) -> tuple[int, ...]:
    asked = {"study_id": study_id}
    listed = {subject for (subjects,) in connection.execute(_LISTED, asked) for subject in subjects}
    if not listed:
        return ()
    return tuple(row.assignment_number for row in connection.execute(_NUMBERED, asked) if row.number in listed)
