"""The responses that a draw could know: each as its latest correction before the draw had it."""

from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.secret import Response, TreatmentAssignment
from irt.tables.subject import Randomization


class KnownResponses(NamedTuple):
    """By arm, how many responses of 1 and of 0; `through` is the last entry that was there."""

    counts: dict[str, tuple[int, int]]
    through: int


_RESPONSES, _T, _R = table_of(Response), table_of(TreatmentAssignment), table_of(Randomization)
_LATER = _RESPONSES.alias("later")
_LAST = select(func.max(_RESPONSES.c.id)).where(_RESPONSES.c.study_id == bindparam("study_id"))
_KNOWN = (
    select(_T.c.arm, _T.c.state_seen, _RESPONSES.c.value)
    .join(_T, _T.c.randomization_id == _RESPONSES.c.randomization_id)
    .join(_R, _R.c.id == _RESPONSES.c.randomization_id)
    .where(
        _RESPONSES.c.study_id == bindparam("study_id"),
        _RESPONSES.c.id <= bindparam("through"),
        _RESPONSES.c.value.is_not(None),
        _T.c.stratum == bindparam("stratum"),
        _R.c.stage == bindparam("stage"),
        ~select(_LATER.c.id)
        .where(_LATER.c.corrects_id == _RESPONSES.c.id, _LATER.c.id <= bindparam("through"))
        .exists(),
    )
)


def last_response(work: Work, study_id: int) -> int:
    """The last entry so far; 0 where there is none. The caller has the study's turn."""
    return int(work.connection.execute(_LAST, {"study_id": study_id}).scalar() or 0)


def known_responses(
    work: Work, study_id: int, stage: int, stratum: str, arms: tuple[str, ...] | None, through: int
) -> KnownResponses:
    """What was known through an entry of one randomization's subjects in a stratum, drawn among the same arms."""
    counts: dict[str, tuple[int, int]] = {}
    among = None if arms is None else list(arms)
    for row in work.rows(_KNOWN, study_id=study_id, stage=stage, stratum=stratum, through=through):
        if row["state_seen"].get("open_arms") == among:
            ones, zeros = counts.get(row["arm"], (0, 0))
            counts[row["arm"]] = (ones + row["value"], zeros + 1 - row["value"])
    return KnownResponses(counts, through)
