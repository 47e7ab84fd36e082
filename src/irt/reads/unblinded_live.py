"""The randomization of a running study: how balanced it is, and how well it could be guessed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from irt.blinding.views import UnblindedView
from irt.randomization.balance import Margin, margins
from irt.randomization.guesses import Given, Guessed, guessed, together
from irt.reads.unblinded_definition import definition_in_force
from irt.study.arms import Arm
from irt.study.definition import StudyDefinition
from irt.tables.columns import table_of
from irt.tables.secret import AllocationKey, TreatmentAssignment
from irt.tables.study import Site, Study
from irt.tables.subject import Annotation, CodeBreak, Randomization, Subject

COURSE_POINTS = 250
"""Points of the course that are drawn at most."""
WRONG_STRATUM = "wrong_stratum"


@dataclass(frozen=True)
class BalanceRow(UnblindedView):
    """Subjects by arm in one group; `difference` is the first arm's subjects less their planned share."""

    name: str
    counts: tuple[int, ...]
    difference: float
    largest: float


@dataclass(frozen=True)
class BalanceGroup(UnblindedView):
    """A factor with its levels, the strata, or the sites; the largest imbalance first where there are many."""

    title: str
    rows: tuple[BalanceRow, ...]


@dataclass(frozen=True)
class GuessRow(UnblindedView):
    """How many of a stratum's arms a guesser would have had right."""

    stratum: str
    subjects: int
    by_chances: float
    by_counts: float
    sure: int
    share: float


@dataclass(frozen=True)
class MisstratifiedRow(UnblindedView):
    """A subject in the wrong stratum: the levels used are kept, the true ones stand beside them."""

    number: int
    subject: str
    used: str
    true: str


@dataclass(frozen=True)
class LivePage(UnblindedView):
    """The whole study in figures; `course` is the first arm's lead on its planned share, subject by subject."""

    study_id: int
    study: str
    method: str
    arms: tuple[tuple[str, str], ...]
    total: int
    counts: tuple[int, ...]
    difference: float
    largest: float
    commitment: str
    groups: tuple[BalanceGroup, ...]
    course: tuple[tuple[int, float], ...]
    guesses: tuple[GuessRow, ...]
    guessed: GuessRow
    misstratified: tuple[MisstratifiedRow, ...]
    code_breaks: int


_R, _T, _SITES, _STUDIES = (
    table_of(Randomization),
    table_of(TreatmentAssignment),
    table_of(Site),
    table_of(Study),
)
_KEYS, _ANNOTATIONS, _SUBJECTS, _BREAKS = (
    table_of(AllocationKey),
    table_of(Annotation),
    table_of(Subject),
    table_of(CodeBreak),
)
_OF_STUDY = _R.c.study_id == bindparam("study_id")
_HISTORY = (
    select(_R.c.levels, _T.c.arm, _T.c.stratum, _T.c.probabilities, _SITES.c.number.label("site"))
    .join(_T, _T.c.randomization_id == _R.c.id)
    .join(_SITES, _SITES.c.id == _R.c.site_id)
    .where(_OF_STUDY)
    .order_by(_R.c.assignment_number)
)
_WRONG = (
    select(
        _R.c.assignment_number, _R.c.levels, _SUBJECTS.c.number.label("subject"), _ANNOTATIONS.c.corrected_levels
    )
    .join(_R, _R.c.id == _ANNOTATIONS.c.randomization_id)
    .join(_SUBJECTS, _SUBJECTS.c.id == _R.c.subject_id)
    .where(_OF_STUDY, _ANNOTATIONS.c.kind == WRONG_STRATUM)
    .order_by(_R.c.assignment_number, _ANNOTATIONS.c.id)
)
_NAME = select(_STUDIES.c.name).where(_STUDIES.c.id == bindparam("study_id"))
_COMMITMENT = select(_KEYS.c.commitment).where(
    _KEYS.c.study_id == bindparam("study_id"), _KEYS.c.purpose == "allocation"
)
_BROKEN = select(func.count()).select_from(_BREAKS).where(_BREAKS.c.study_id == bindparam("study_id"))


def live(connection: Connection, study_id: int) -> LivePage:
    """Balance by every grouping there is, the course, and what a guesser would have had right."""
    facts = {"study_id": study_id}
    definition = definition_in_force(connection, study_id)
    rows = connection.execute(_HISTORY, facts).all()
    reached = margins([(row.levels, row.arm) for row in rows], definition.arms)
    overall = reached[0]
    codes = [arm.code for arm in definition.arms]
    guesses = guessed([_given(row) for row in rows], {arm.code: arm.ratio for arm in definition.arms})
    groups = _groups(rows, reached, definition)
    return LivePage(
        study_id=study_id,
        study=str(connection.execute(_NAME, facts).scalar_one()),
        method=definition.randomization.method.replace("_", " "),
        arms=tuple((arm.code, arm.name) for arm in definition.arms),
        total=len(rows),
        counts=tuple(overall.counts[code] for code in codes),
        difference=float(overall.differences[codes[0]]),
        largest=max([float(overall.largest), *(row.largest for group in groups for row in group.rows)]),
        commitment=str(connection.execute(_COMMITMENT, facts).scalar() or ""),
        groups=groups,
        course=_course([row.arm for row in rows], definition.arms),
        guesses=tuple(_guess_row(one) for one in guesses),
        guessed=_guess_row(together(guesses)),
        misstratified=_misstratified(connection, study_id, definition),
        code_breaks=int(connection.execute(_BROKEN, facts).scalar_one()),
    )


def _given(row: Any) -> Given:
    chances = {arm: Fraction(chance) for arm, chance in row.probabilities.items()}
    return Given(row.stratum, chances, row.arm)


def _groups(
    rows: Sequence[Any], reached: Sequence[Margin], definition: StudyDefinition
) -> tuple[BalanceGroup, ...]:
    """By factor, then by stratum where that is another thing, then by site."""
    arms = definition.arms
    found = []
    for factor in definition.factors:
        names = {f"{factor.code}={level.code}": level.name for level in factor.levels}
        own = [one for one in reached if one.key.partition("=")[0] == factor.code]
        levels = tuple(_row(names.get(one.key, one.key.partition("=")[2]), one, arms) for one in own)
        found.append(BalanceGroup(factor.name, levels))
    for title, column in (("Stratum", "stratum"), ("Site", "site")):
        by = margins([({column: getattr(row, column)}, row.arm) for row in rows], arms)
        parts = [_row(_plain(one.key.partition("=")[2]), one, arms) for one in by if one.key.partition("=")[2]]
        found.append(BalanceGroup(title, tuple(sorted(parts, key=lambda part: -part.largest))))
    return tuple(group for group in found if group.rows)


def _row(name: str, one: Margin, arms: Sequence[Arm]) -> BalanceRow:
    counts = tuple(one.counts[arm.code] for arm in arms)
    return BalanceRow(name, counts, float(one.differences[arms[0].code]), float(one.largest))


def _course(given: Sequence[str], arms: Sequence[Arm]) -> tuple[tuple[int, float], ...]:
    """The lead after each subject, thinned where there are many; the last one always stands."""
    first, share = arms[0].code, arms[0].ratio / sum(arm.ratio for arm in arms)
    every, reached, points = max(1, -(-len(given) // COURSE_POINTS)), 0, [(0, 0.0)]
    for number, arm in enumerate(given, start=1):
        reached += arm == first
        if number % every == 0 or number == len(given):
            points.append((number, round(reached - number * share, 6)))
    return tuple(points)


def _guess_row(one: Guessed) -> GuessRow:
    return GuessRow(
        stratum=_plain(one.stratum),
        subjects=one.subjects,
        by_chances=float(one.by_chances),
        by_counts=float(one.by_counts),
        sure=one.sure,
        share=one.share,
    )


def _misstratified(
    connection: Connection, study_id: int, definition: StudyDefinition
) -> tuple[MisstratifiedRow, ...]:
    """Each such subject once, with the newest correction."""
    newest: dict[int, MisstratifiedRow] = {}
    for row in connection.execute(_WRONG, {"study_id": study_id}):
        true = {**row.levels, **(row.corrected_levels or {})}
        used, meant = _levels(row.levels, definition), _levels(true, definition)
        newest[row.assignment_number] = MisstratifiedRow(row.assignment_number, row.subject, used, meant)
    return tuple(newest.values())


def _levels(levels: Mapping[str, str], definition: StudyDefinition) -> str:
    """The levels in the words of the study."""
    said = []
    for factor in definition.factors:
        names = {level.code: level.name for level in factor.levels}
        if factor.code in levels:
            said.append(names.get(levels[factor.code], levels[factor.code]))
    return ", ".join(said)


def _plain(stratum: str) -> str:
    return stratum.replace(";", ", ").replace("=", " ")
