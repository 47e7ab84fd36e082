"""Acceptance of a version as it stands: its scripts, each run that was kept, and who signed what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, RowMapping, bindparam, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import NotFound
from irt.reads.blinded_activation import sites_reached
from irt.reads.blinded_sites import study_at
from irt.reads.blinded_versions import versions_of
from irt.states.table import words
from irt.study.uat import scripts_hash, uat_scripts, with_answers
from irt.tables.acceptance import UatRun, UatSignature
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.record import Signature
from irt.tables.study import StudyVersion


@dataclass(frozen=True)
class AcceptanceStep(BlindedView):
    """One step and what it was answered; `passed` None: a person has to look."""

    number: str
    do: str
    expected: str
    passed: bool | None
    answer: str


@dataclass(frozen=True)
class SignedScript(BlindedView):
    """The signature under one script of one run."""

    passed: bool
    evidence: str
    person: str
    role: str
    at: datetime
    digest: str


@dataclass(frozen=True)
class AcceptanceScript(BlindedView):
    """One script of a run, signed or not."""

    code: str
    title: str
    steps: tuple[AcceptanceStep, ...]
    kept: bool
    signed: SignedScript | None

    @property
    def passed(self) -> int:
        """Steps that a program did and that came out as expected."""
        return sum(step.passed is True for step in self.steps)

    @property
    def failed(self) -> tuple[str, ...]:
        """Steps that came out otherwise, by number."""
        return tuple(step.number for step in self.steps if step.passed is False)

    @property
    def by_hand(self) -> int:
        """Steps that a person does."""
        return sum(step.passed is None for step in self.steps)

    @property
    def state(self) -> str:
        """`missing`, `kept`, `otherwise`: a step failed and nobody signed yet; `passed`, `failed`: signed."""
        if self.signed is not None:
            return "passed" if self.signed.passed else "failed"
        if not self.kept:
            return "missing"
        return "otherwise" if self.failed else "kept"


@dataclass(frozen=True)
class AcceptanceRun(BlindedView):
    """One run of a version's scripts; `release` is that of the program."""

    number: int
    kept_by: str
    kept_at: datetime
    release: str
    version_hash: str
    scripts_hash: str
    scripts: tuple[AcceptanceScript, ...]

    @property
    def signed(self) -> int:
        """Scripts with a signature under them."""
        return sum(one.signed is not None for one in self.scripts)


@dataclass(frozen=True)
class Acceptance(BlindedView):
    """A version's scripts, and its runs, the newest first; `open_for_runs`: it is the newest version."""

    study_id: int
    version: int
    digest: str
    scripts_hash: str
    blank: tuple[AcceptanceScript, ...]
    runs: tuple[AcceptanceRun, ...]
    open_for_runs: bool

    @property
    def accepted(self) -> bool:
        """Every script of the newest run is signed as passed."""
        return bool(self.runs) and all(one.state == "passed" for one in self.runs[0].scripts)

    def run(self, number: int) -> AcceptanceRun:
        """A run by its number; NotFound where this version has none of that number."""
        found = next((one for one in self.runs if one.number == number), None)
        if found is None:
            raise NotFound(f"Version {self.version} has no acceptance run {number}. Check the number.")
        return found


VIEW = Permission.VIEW_STUDY_LIFE
_VERSIONS, _RUNS, _SIGNED = table_of(StudyVersion), table_of(UatRun), table_of(UatSignature)
_ACCOUNTS, _SIGNATURES = table_of(Account), table_of(Signature)
_STUDY: BindParameter[int] = bindparam("study_id")
_VERSION: BindParameter[int] = bindparam("version")
_DIGEST = select(_VERSIONS.c.salted_digest).where(_VERSIONS.c.study_id == _STUDY, _VERSIONS.c.number == _VERSION)
_KEPT = (
    select(_RUNS, _ACCOUNTS.c.printed_name.label("kept_by"))
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _RUNS.c.account_id)
    .where(_RUNS.c.study_id == _STUDY, _RUNS.c.version_number == _VERSION)
    .order_by(_RUNS.c.number.desc())
)
_UNDER = (
    select(_SIGNED, _SIGNATURES.c.printed_name, _SIGNATURES.c.role, _SIGNATURES.c.record_hash)
    .join(_RUNS, _RUNS.c.id == _SIGNED.c.run_id)
    .join(_SIGNATURES, _SIGNATURES.c.id == _SIGNED.c.signature_id)
    .where(_RUNS.c.study_id == _STUDY, _RUNS.c.version_number == _VERSION)
)


def tells_life(actor: Actor, study_id: int) -> bool:
    """Whether the reader may see how the whole study stands."""
    return bool(actor.grant_for(VIEW, study_id, None)) and sites_reached(actor, VIEW, study_id) is None


def acceptance_of(connection: Connection, actor: Actor, study_id: int, version: int) -> Acceptance:
    """Scripts and runs of one version; NotFound where the reader may know of no such version."""
    actor.require_whole(VIEW, study_id)
    known = versions_of(connection, actor, study_id)
    if version not in {one.number for one in known}:
        raise NotFound(f"The study has no version {version} that you can read. Check the number.")
    asked = {"study_id": study_id, "version": version}
    scripts = uat_scripts(study_at(connection, study_id, version))
    under = {(row["run_id"], row["script"]): row for row in connection.execute(_UNDER, asked).mappings()}
    runs = connection.execute(_KEPT, asked).mappings().all()
    return Acceptance(
        study_id=study_id,
        version=version,
        digest=connection.execute(_DIGEST, asked).scalar_one(),
        scripts_hash=scripts_hash(scripts),
        blank=tuple(_script(one, kept=False) for one in with_answers(scripts, []) or ()),
        runs=tuple(_run(row, under) for row in runs),
        open_for_runs=version == max(one.number for one in known),
    )


def _run(row: RowMapping, under: Mapping[tuple[int, str], RowMapping]) -> AcceptanceRun:
    return AcceptanceRun(
        number=row["number"],
        kept_by=row["kept_by"],
        kept_at=row["at"],
        release=row["release"],
        version_hash=row["version_hash"],
        scripts_hash=row["scripts_hash"],
        scripts=tuple(_script(one, under.get((row["id"], one["code"]))) for one in row["scripts"]),
    )


def _script(told: Mapping[str, Any], signed: RowMapping | None = None, *, kept: bool = True) -> AcceptanceScript:
    steps = tuple(
        AcceptanceStep(one["number"], one["do"], one["expected"], one.get("passed"), one.get("answer", ""))
        for one in told["steps"]
    )
    return AcceptanceScript(told["code"], told["title"], steps, kept, None if signed is None else _signed(signed))


def _signed(row: RowMapping) -> SignedScript:
    role = words(row["role"])
    return SignedScript(row["passed"], row["evidence"], row["printed_name"], role, row["at"], row["record_hash"])
