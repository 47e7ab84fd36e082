"""Allocations as the independent statistician reads them: state seen, exact probability, draw, arm, balance."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, exists, func, literal, or_, select

from irt.blinding.views import UnblindedView
from irt.randomization.balance import Margin, margins
from irt.reads.unblinded_definition import definition_in_force
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.secret import AllocationKey, TreatmentAssignment
from irt.tables.study import Site, Study
from irt.tables.subject import Annotation, Randomization, Subject

ALLOCATIONS_A_PAGE = 50


@dataclass(frozen=True)
class Note(UnblindedView):
    """What was written beside a randomization afterwards; `corrected` names the levels that should have been."""

    at: datetime
    person: str
    kind: str
    text: str
    corrected: str


@dataclass(frozen=True)
class AllocationLine(UnblindedView):
    """One allocation; `draw` says the number and the range it was drawn from."""

    number: int
    at: datetime
    subject: str
    site: str
    stratum: str
    state_seen: str
    probability: str
    draw: str
    arm: str
    version: int
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Wanted:
    """Which allocations are looked at; empty words leave a column alone."""

    site: str = ""
    stratum: str = ""
    arm: str = ""
    noted: bool = False

    def facts(self) -> dict[str, object]:
        """As the questions take them."""
        return {"site": self.site, "stratum": self.stratum, "arm": self.arm, "noted": self.noted}


EVERYTHING = Wanted()


@dataclass(frozen=True)
class BalanceLine(UnblindedView):
    """Subjects by arm at one factor level; differences from the planned share, in subjects."""

    factor: str
    level: str
    counts: tuple[int, ...]
    differences: tuple[float, ...]


@dataclass(frozen=True)
class AllocationsPage(UnblindedView):
    """A page of allocations, newest first, with the balance of all."""

    study_id: int
    study: str
    method: str
    arms: tuple[tuple[str, str], ...]
    total: int
    counts: tuple[int, ...]
    largest: float
    commitment: str
    allocations: tuple[AllocationLine, ...]
    balance: tuple[BalanceLine, ...]
    next: int | None
    factors: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    sites: tuple[str, ...]
    strata: tuple[str, ...]


_R, _T, _SITES, _STUDIES = (
    table_of(Randomization),
    table_of(TreatmentAssignment),
    table_of(Site),
    table_of(Study),
)
_KEYS, _ANNOTATIONS, _ACCOUNTS, _SUBJECTS = (
    table_of(AllocationKey),
    table_of(Annotation),
    table_of(Account),
    table_of(Subject),
)
_CHOSEN = (
    select(
        _R.c.assignment_number,
        _R.c.at,
        _R.c.version_number,
        _SITES.c.number.label("site"),
        _SUBJECTS.c.number.label("subject"),
        _T.c.stratum,
        _T.c.state_seen,
        _T.c.probabilities,
        _T.c.draws,
        _T.c.arm,
    )
    .join(_T, _T.c.randomization_id == _R.c.id)
    .join(_SITES, _SITES.c.id == _R.c.site_id)
    .join(_SUBJECTS, _SUBJECTS.c.id == _R.c.subject_id)
    .where(
        _R.c.study_id == bindparam("study_id"),
        or_(literal("") == bindparam("site"), _SITES.c.number == bindparam("site")),
        or_(literal("") == bindparam("stratum"), _T.c.stratum == bindparam("stratum")),
        or_(literal("") == bindparam("arm"), _T.c.arm == bindparam("arm")),
        or_(
            literal(False) == bindparam("noted"),
            exists().where(_ANNOTATIONS.c.randomization_id == _R.c.id),
        ),
    )
)
_PAGE = (
    _CHOSEN.where(_R.c.assignment_number < bindparam("before"))
    .order_by(_R.c.assignment_number.desc())
    .limit(ALLOCATIONS_A_PAGE + 1)
)
_ALL = _CHOSEN.order_by(_R.c.assignment_number)
_COUNTED = select(func.count()).select_from(_CHOSEN.subquery())
_SITES_USED = (
    select(_SITES.c.number)
    .where(_SITES.c.id.in_(select(_R.c.site_id).where(_R.c.study_id == bindparam("study_id"))))
    .order_by(_SITES.c.number)
)
_STRATA_USED = select(_T.c.stratum).where(_T.c.study_id == bindparam("study_id")).distinct().order_by(_T.c.stratum)
_HISTORY = (
    select(_R.c.levels, _T.c.arm)
    .join(_T, _T.c.randomization_id == _R.c.id)
    .where(_R.c.study_id == bindparam("study_id"))
)
_NAME = select(_STUDIES.c.name).where(_STUDIES.c.id == bindparam("study_id"))
_COMMITMENT = select(_KEYS.c.commitment).where(
    _KEYS.c.study_id == bindparam("study_id"), _KEYS.c.purpose == "allocation"
)
_NO_LIMIT = 2**31 - 1
_NOTES = (
    select(
        _R.c.assignment_number,
        _ANNOTATIONS.c.at,
        _ANNOTATIONS.c.kind,
        _ANNOTATIONS.c.text,
        _ANNOTATIONS.c.corrected_levels,
        _ACCOUNTS.c.printed_name,
    )
    .join(_R, _R.c.id == _ANNOTATIONS.c.randomization_id)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _ANNOTATIONS.c.account_id)
    .where(
        _R.c.study_id == bindparam("study_id"),
    )
    .order_by(_ANNOTATIONS.c.id)
)
_NOTES_BESIDE = _NOTES.where(_R.c.assignment_number.in_(bindparam("numbers", expanding=True)))


def allocations(
    connection: Connection, study_id: int, before: int | None, wanted: Wanted = EVERYTHING
) -> AllocationsPage:
    """A page of allocations below an assignment number (None: the newest), and the balance of the whole study."""
    facts: dict[str, object] = {"study_id": study_id}
    definition = definition_in_force(connection, study_id)
    asked = {**facts, **wanted.facts()}
    rows = connection.execute(_PAGE, {**asked, "before": before or _NO_LIMIT}).mappings().all()
    shown = rows[:ALLOCATIONS_A_PAGE]
    history = [(row.levels, row.arm) for row in connection.execute(_HISTORY, facts)]
    reached = margins(history, definition.arms)
    codes = [arm.code for arm in definition.arms]
    overall = reached[0].counts
    notes = _notes(connection, study_id, [row["assignment_number"] for row in shown])
    names = {factor.code: factor.name for factor in definition.factors}
    return AllocationsPage(
        study_id=study_id,
        study=str(connection.execute(_NAME, facts).scalar_one()),
        method=definition.randomization.method.replace("_", " "),
        arms=tuple((arm.code, arm.name) for arm in definition.arms),
        total=int(connection.execute(_COUNTED, asked).scalar_one()),
        counts=tuple(overall[code] for code in codes),
        largest=float(max(one.largest for one in reached)),
        commitment=str(connection.execute(_COMMITMENT, facts).scalar() or ""),
        allocations=tuple(_line(row, notes[row["assignment_number"]]) for row in shown),
        balance=tuple(_balance(one, codes, names) for one in reached if one.key),
        next=shown[-1]["assignment_number"] if len(rows) > ALLOCATIONS_A_PAGE else None,
        factors=tuple(
            (factor.code, factor.name, tuple((level.code, level.name) for level in factor.levels))
            for factor in definition.factors
            if factor.levels
        ),
        sites=tuple(connection.execute(_SITES_USED, facts).scalars()),
        strata=tuple(stratum for stratum in connection.execute(_STRATA_USED, facts).scalars() if stratum),
    )


def every_allocation(
    connection: Connection, study_id: int, wanted: Wanted = EVERYTHING
) -> tuple[AllocationLine, ...]:
    """All that are wanted, in order of assignment, for a file."""
    rows = connection.execute(_ALL, {"study_id": study_id, **wanted.facts()}).mappings().all()
    notes = _notes(connection, study_id, None)
    return tuple(_line(row, notes[row["assignment_number"]]) for row in rows)


def _notes(connection: Connection, study_id: int, numbers: list[int] | None) -> dict[int, tuple[Note, ...]]:
    """The notes beside these allocations, or beside all."""
    found: dict[int, tuple[Note, ...]] = defaultdict(tuple)
    facts: dict[str, object] = {"study_id": study_id}
    question = _NOTES
    if numbers is not None:
        question, facts = _NOTES_BESIDE, {**facts, "numbers": numbers}
    for row in connection.execute(question, facts):
        levels = row.corrected_levels or {}
        corrected = ", ".join(f"{factor} {level}" for factor, level in levels.items())
        kind = row.kind.replace("_", " ").capitalize()
        found[row.assignment_number] += (Note(row.at, row.printed_name, kind, row.text, corrected),)
    return found


def _line(row: RowMapping, notes: tuple[Note, ...]) -> AllocationLine:
    return AllocationLine(
        number=row["assignment_number"],
        at=row["at"],
        subject=row["subject"],
        site=row["site"],
        stratum=row["stratum"].replace(";", ", ").replace("=", " "),
        state_seen=_state(row["state_seen"].get("rows", {})),
        probability=row["probabilities"].get(row["arm"], ""),
        draw="; ".join(f"{draw['value']} of 0–{int(draw['modulus']) - 1}" for draw in row["draws"]),
        arm=row["arm"],
        version=row["version_number"],
        notes=notes,
    )


def _state(rows: Mapping[str, Mapping[str, Any]]) -> str:
    """Each row of the memory in one line, by its key."""
    said = []
    for key, row in sorted(rows.items()):
        values = " · ".join(f"{name} {value}" for name, value in row.items())
        said.append(f"{key.replace('=', ' ').replace(';', ', ')}: {values or 'empty'}" if key else values)
    return "; ".join(said) or "nothing yet"


def _balance(one: Margin, codes: list[str], names: Mapping[str, str]) -> BalanceLine:
    factor, _, level = one.key.partition("=")
    return BalanceLine(
        factor=names.get(factor, factor),
        level=level,
        counts=tuple(one.counts[code] for code in codes),
        differences=tuple(float(one.differences[code]) for code in codes),
    )
