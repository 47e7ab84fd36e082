"""Agreeing on a go-live gate: scenarios, limits, looks and seed, kept before the first replication."""

from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Field, SQLModel

from irt.errors import Refusal
from irt.reads.supply_configuration import supply_configuration
from irt.services.audit_draft import AuditDraft
from irt.services.gates import require_may_gate
from irt.services.site_kits import need_reason
from irt.services.study_versions import require_signed
from irt.services.supply_study import lock_study
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.gate import GoLiveGate
from irt.tables.secret import GateContent
from irt.tables.study import StudyVersion


class GateScenario(SQLModel):
    """A scenario under the name that the agreement has for it, and its hash with the study within."""

    file: str = Field(max_length=200)
    name: str = Field(max_length=40)
    text: str = Field(max_length=200_000)
    hash: str


class DefineGate(SQLModel):
    """What was agreed for a version: whoever asks has read it, and knows the hashes of what it was read with."""

    study_id: int
    version: int
    name: str = Field(max_length=40)
    title: str = Field(default="", max_length=200)
    agreement: str = Field(max_length=200_000)
    scenarios: list[GateScenario] = Field(min_length=1, max_length=50)
    looks: list[int] = Field(min_length=1)
    identity: str = Field(description="SHA-256 of all that is agreed")
    version_hash: str
    configuration: dict[str, Any]
    configuration_hash: str
    reason: str = Field(max_length=600)


class GateDefined(SQLModel):
    """The gate's number in its study."""

    gate: int


class GateOfAnotherStudy(Refusal):
    """Version or supply configuration changed while the gate was being read."""

    def __init__(self) -> None:
        super().__init__(
            "The study changed meanwhile. Nothing was defined. Read the gate again, and define it anew."
        )


class GateDefinedAlready(Refusal):
    """The newest gate of the version is this very one."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(f"This is gate {number}, word for word. Nothing was defined twice. Run that one.")


_GATES, _CONTENTS, _VERSIONS = table_of(GoLiveGate), table_of(GateContent), table_of(StudyVersion)
_NEXT = select(func.coalesce(func.max(_GATES.c.number), 0) + 1).where(_GATES.c.study_id == bindparam("study_id"))
_DIGEST = select(_VERSIONS.c.salted_digest).where(
    _VERSIONS.c.study_id == bindparam("study_id"), _VERSIONS.c.number == bindparam("version")
)
_NEWEST = (
    select(_GATES.c.number, _CONTENTS.c.identity)
    .join(_CONTENTS, _CONTENTS.c.gate_id == _GATES.c.id)
    .where(_GATES.c.study_id == bindparam("study_id"), _GATES.c.version_number == bindparam("version"))
    .order_by(_GATES.c.number.desc())
    .limit(1)
)


def define_gate(work: Work, ask: DefineGate) -> GateDefined:
    """Keeps what was agreed, bound to version and supply as they are now; earlier gates of the version are void."""
    study = lock_study(work, ask.study_id)
    require_may_gate(work, study)
    reason = need_reason(ask.reason)
    require_signed(work, study.id, ask.version)
    _require_same(work, ask)
    number = int(work.connection.execute(_NEXT, {"study_id": study.id}).scalar_one())
    facts = {"number": number, "version_number": ask.version, "account_id": work.actor.account_id, "at": work.at}
    gate_id = work.record(GoLiveGate, **study.owner, **facts)
    content = ask.model_dump(exclude={"study_id", "version", "reason"})
    work.append(GateContent, **study.owner, gate_id=gate_id, **content, reason=reason)
    hashes = {"identity": ask.identity, "configuration_hash": ask.configuration_hash}
    work.audit(
        AuditDraft(
            act="gate_defined",
            record_kind="go-live gate",
            record=str(number),
            study_id=study.id,
            new={"version": ask.version},
            secret={"name": ask.name, "reason": reason, "version_hash": ask.version_hash, **hashes},
        )
    )
    return GateDefined(gate=number)


def _require_same(work: Work, ask: DefineGate) -> None:
    digest = work.one("study version", _DIGEST, study_id=ask.study_id, version=ask.version)["salted_digest"]
    configuration = supply_configuration(work.connection, ask.study_id)
    if (digest, configuration.hash) != (ask.version_hash, ask.configuration_hash):
        raise GateOfAnotherStudy
    newest = work.row(_NEWEST, study_id=ask.study_id, version=ask.version)
    if newest is not None and newest["identity"] == ask.identity:
        raise GateDefinedAlready(newest["number"])
