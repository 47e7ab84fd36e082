"""Go-live gates as services look them up: by number and run, and who may work on them."""

from sqlalchemy import RowMapping, bindparam, select

from irt.blinding.actor import Grant
from irt.blinding.roles import Permission
from irt.errors import NotAllowed, Refusal
from irt.services.supply_study import SupplyStudy
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.gate import GateRun, GoLiveGate
from irt.tables.secret import GateContent

_GATES, _RUNS, _CONTENTS = table_of(GoLiveGate), table_of(GateRun), table_of(GateContent)
GATE = (
    select(
        _GATES.c.id,
        _GATES.c.number,
        _GATES.c.version_number,
        _GATES.c.account_id,
        _CONTENTS.c.identity,
        _CONTENTS.c.version_hash,
        _CONTENTS.c.configuration_hash,
    )
    .join(_CONTENTS, _CONTENTS.c.gate_id == _GATES.c.id)
    .where(_GATES.c.study_id == bindparam("study_id"), _GATES.c.number == bindparam("gate"))
)
"""A gate of a study by its number, with the hashes that it is bound to."""
RUN = select(_RUNS).where(_RUNS.c.gate_id == bindparam("gate_id"), _RUNS.c.number == bindparam("run"))
"""A run of a gate by its number."""


class GateVoid(Refusal):
    """What the gate was defined for is no longer what would go live."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(f"Go-live gate {number} is void. Nothing was changed. {why}")


def require_may_gate(work: Work, study: SupplyStudy, permission: Permission = Permission.RUN_GATE) -> Grant:
    """The grant that allows it; NotAllowed unless the person, in a blinded study, may know kit types."""
    grant = work.actor.require(permission, study.id)
    if study.definition.blinded and not work.actor.unblinded_in(study.id):
        raise NotAllowed("Go-live gates of this study name kit types. They are for people who may know them.")
    return grant


def gate_numbered(work: Work, study: SupplyStudy, number: int) -> RowMapping:
    """A gate's row; NotFound where the study has none of that number."""
    return work.one("go-live gate", GATE, study_id=study.id, gate=number)


def run_numbered(work: Work, gate: RowMapping, number: int) -> RowMapping:
    """A run's row; NotFound where the gate has none of that number."""
    return work.one("run", RUN, gate_id=gate["id"], run=number)
