"""Acceptance of a version over the API: its scripts and runs, a run kept, one script signed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from litestar.params import PathParameter

from irt.blinding.roles import Permission
from irt.reads.blinded_acceptance import VIEW, AcceptanceRun, AcceptanceScript, acceptance_of
from irt.services.uat import keep_uat, sign_uat
from web.api.limits import NUMBER_MAX
from web.api.operations import Caller, Records, StudyId, command, question

VersionNumber = Annotated[int, PathParameter(ge=1, le=NUMBER_MAX, description="The version's number.")]


@dataclass(frozen=True)
class StepShown:
    """One step; `passed` null: a person does it."""

    number: str
    do: str
    expected: str
    passed: bool | None
    answer: str


@dataclass(frozen=True)
class ScriptShown:
    """One script; `state`: missing, kept, otherwise, passed or failed."""

    code: str
    title: str
    state: str
    steps: tuple[StepShown, ...]
    evidence: str
    signed_by: str
    signed_at: datetime | None
    record_hash: str


@dataclass(frozen=True)
class RunShown:
    """One run of a version's scripts; `version_hash` is the version's salted digest."""

    number: int
    kept_by: str
    kept_at: datetime
    release: str
    version_hash: str
    scripts_hash: str
    scripts: tuple[ScriptShown, ...]


@dataclass(frozen=True)
class AcceptanceShown:
    """A version's scripts and runs, the newest first; `accepted`: each script of the newest is signed as passed."""

    version: int
    version_hash: str
    scripts_hash: str
    accepted: bool
    scripts: tuple[ScriptShown, ...]
    runs: tuple[RunShown, ...]


@question("/studies/{study_id:int}/versions/{version:int}/acceptance", VIEW, "Acceptance scripts of a version")
def show_acceptance(study_id: StudyId, version: VersionNumber, caller: Caller, store: Records) -> AcceptanceShown:
    """The scripts made from the specification, each run that was kept, and who signed what."""
    with store.reading() as connection:
        found = acceptance_of(connection, caller, study_id, version)
    return AcceptanceShown(
        version=found.version,
        version_hash=found.digest,
        scripts_hash=found.scripts_hash,
        accepted=found.accepted,
        scripts=tuple(_script(one) for one in found.blank),
        runs=tuple(_run(one) for one in found.runs),
    )


def _run(one: AcceptanceRun) -> RunShown:
    return RunShown(
        number=one.number,
        kept_by=one.kept_by,
        kept_at=one.kept_at,
        release=one.release,
        version_hash=one.version_hash,
        scripts_hash=one.scripts_hash,
        scripts=tuple(_script(script) for script in one.scripts),
    )


def _script(one: AcceptanceScript) -> ScriptShown:
    signed = one.signed
    return ScriptShown(
        code=one.code,
        title=one.title,
        state=one.state,
        steps=tuple(StepShown(each.number, each.do, each.expected, each.passed, each.answer) for each in one.steps),
        evidence=signed.evidence if signed else "",
        signed_by=signed.person if signed else "",
        signed_at=signed.at if signed else None,
        record_hash=signed.digest if signed else "",
    )


OPERATIONS = (
    show_acceptance,
    command(
        "/acceptance/keep",
        keep_uat,
        Permission.CONFIGURE_STUDY,
        "Keep a run of a version's acceptance scripts",
        {"study_id": 1, "version": 1, "scripts_hash": "b9d0" * 16, "scripts": []},
    ),
    command(
        "/acceptance/sign",
        sign_uat,
        Permission.APPROVE_STUDY,
        "Sign one acceptance script of a run",
        {
            "study_id": 1,
            "run": 1,
            "script": "UAT-01",
            "passed": True,
            "evidence": "As expected, pictures 1 to 9",
            "signing": {"password": "the owner's password", "code": "123456"},
        },
    ),
)
