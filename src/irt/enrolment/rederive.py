"""Every allocation derived again from the sealed seed, the strata as entered, and nothing else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, bindparam, select

from irt.errors import IntegrityFault, Refusal
from irt.randomization.draw_record import subject_drawn
from irt.randomization.scheme import Allocation, Procedure, State, Subject
from irt.randomization.stream import Seed
from irt.services.known_responses import known_responses
from irt.services.list_entries import entry_at
from irt.services.replacements import same_arm
from irt.services.studies import procedure_of, seed_of
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.secret import TreatmentAssignment
from irt.tables.study import Study
from irt.tables.subject import Randomization

_R, _T, _STUDIES = table_of(Randomization), table_of(TreatmentAssignment), table_of(Study)
_ASSIGNMENTS = (
    select(
        _R.c.number,
        _R.c.assignment_number,
        _R.c.version_number,
        _R.c.stage,
        _R.c.levels,
        _T.c.arm,
        _T.c.stratum,
        _T.c.probabilities,
        _T.c.draws,
        _T.c.state_seen,
    )
    .join(_T, _T.c.randomization_id == _R.c.id)
    .where(_R.c.study_id == bindparam("study_id"))
    .order_by(_R.c.assignment_number)
)
_PROTOCOL = select(_STUDIES.c.protocol).where(_STUDIES.c.id == bindparam("study_id"))


@dataclass(frozen=True, slots=True)
class Derivation:
    """How many allocations there are, how many came out the same, and the first that did not."""

    allocations: int
    same: int
    first_difference: str | None


def rederive(work: Work, study_id: int) -> Derivation:
    """Starts from empty memory and draws every allocation again, in order of assignment."""
    seed = Seed(
        seed_of(work, study_id, "allocation"),
        work.one("study", _PROTOCOL, study_id=study_id)["protocol"],
    )
    memory: dict[str, dict[str, int]] = {}
    arms: dict[int, str] = {}
    same, expected, first = 0, 0, None
    for row in _rows(work.connection, study_id):
        expected += 1
        procedure = procedure_of(work, study_id, row["version_number"], row["stage"])
        arms[row["assignment_number"]] = row["arm"]
        if (
            row["assignment_number"] == expected
            and _same(row, procedure, memory, seed, arms)
            and _knew(work, study_id, row)
            and _listed(work, study_id, row)
        ):
            same += 1
        elif first is None:
            first = row["number"]
    return Derivation(expected, same, first)


def _rows(connection: Connection, study_id: int) -> Iterator[RowMapping]:
    return connection.execute(_ASSIGNMENTS, {"study_id": study_id}).mappings()


def _knew(work: Work, study_id: int, row: RowMapping) -> bool:
    """Whether the draw looked at exactly the responses that had been recorded by then."""
    seen = row["state_seen"]
    if "responses_through" not in seen:
        return True
    among, through = seen.get("open_arms"), seen["responses_through"]
    arms = None if among is None else tuple(among)
    known = known_responses(work, study_id, row["stage"], row["stratum"], arms, through)
    return bool({arm: list(counts) for arm, counts in known.counts.items()} == seen["responses"])


def _listed(work: Work, study_id: int, row: RowMapping) -> bool:
    """Whether the entry that was handed in stands in the approved list."""
    entry = row["state_seen"].get("listed")
    return entry is None or entry_at(work, study_id, row["stratum"], entry[0]) == tuple(entry)


def _same(
    row: RowMapping,
    procedure: Procedure,
    memory: dict[str, dict[str, int]],
    seed: Seed,
    arms: Mapping[int, str],
) -> bool:
    """Whether arm, exact probabilities, draws and the state seen all come out as stored; memory moves on."""
    seen = row["state_seen"]
    subject = subject_drawn(row["assignment_number"], row["levels"], seen)
    try:
        allocation = _again(procedure, memory, subject, seed, arms.get(seen.get("arm_of")))
    except (Refusal, IntegrityFault):
        # What was stored could never have been drawn.
        return False
    memory.update({key: dict(value) for key, value in allocation.after.items()})
    record = allocation.record()
    return bool(
        allocation.arm == row["arm"]
        and record["probabilities"] == row["probabilities"]
        and record["draws"] == row["draws"]
        and record["seen"] == seen["rows"]
    )


def _again(
    procedure: Procedure, memory: Mapping[str, dict[str, int]], subject: Subject, seed: Seed, arm_of: str | None
) -> Allocation:
    if arm_of is not None:
        return same_arm(procedure, arm_of)
    state: State = {key: memory[key] for key in procedure.state_keys(subject) if key in memory}
    return procedure.assign(state, subject, seed)
