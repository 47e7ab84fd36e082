"""Acceptance of a version: a run is kept against the version's hash, and each of its scripts is signed."""

from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.release import release
from irt.services.audit_draft import AuditDraft
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.study_versions import newest_of
from irt.services.supply_study import lock_row
from irt.services.work import Work
from irt.study.public_part import study_in
from irt.study.uat import scripts_hash, uat_scripts, with_answers
from irt.tables.acceptance import UatRun, UatSignature
from irt.tables.columns import table_of

RECORD_KIND = "acceptance script"


class KeepUat(SQLModel):
    """Scripts with what each step was answered; none: they are all carried out by hand.

    `scripts_hash` is that of the scripts without their answers.
    """

    study_id: int
    version: int = Field(ge=1)
    scripts_hash: str = Field(regex="^[0-9a-f]{64}$")
    scripts: list[dict[str, Any]] = []


class SignUat(SQLModel):
    """One script of a run: whether it passed, and what the person saw of the steps done by hand."""

    study_id: int
    run: int = Field(ge=1)
    script: str = Field(max_length=20)
    passed: bool
    evidence: str = Field(min_length=1, max_length=4000)
    signing: Signing = Field(exclude=True)


class UatNoted(SQLModel):
    """The run by its number, and the script that was signed, if one was."""

    run: int
    script: str = ""


class OtherScripts(Refusal):
    """What was carried out are not the scripts of this version."""

    def __init__(self, version: int) -> None:
        super().__init__(
            f"These are not the scripts of version {version}. Nothing was kept. Make them from that version."
        )


class ScriptSigned(Refusal):
    """A script is signed once; another run is another record."""


class StepsFailed(Refusal):
    """What a program found cannot be signed as passed."""


_RUNS, _SIGNED = table_of(UatRun), table_of(UatSignature)
_COUNT = select(func.count().label("n")).where(_RUNS.c.study_id == bindparam("study_id"))
_ONE = select(_RUNS).where(_RUNS.c.study_id == bindparam("study_id"), _RUNS.c.number == bindparam("number"))
_DONE = select(_SIGNED.c.id).where(_SIGNED.c.run_id == bindparam("run_id"), _SIGNED.c.script == bindparam("script"))


def keep_uat(work: Work, ask: KeepUat) -> UatNoted:
    """Keeps a run of the newest version; what was answered is kept word for word, OtherScripts are not."""
    work.actor.require(Permission.CONFIGURE_STUDY, ask.study_id)
    sponsor_id = lock_row(work, ask.study_id)
    newest = newest_of(work, ask.study_id)
    if newest["number"] != ask.version:
        raise BadInput(f"Version {newest['number']} is the newest. Nothing was kept. Make its scripts first.")
    ours = uat_scripts(study_in(newest["public_part"]))
    scripts = with_answers(ours, ask.scripts)
    if scripts is None or scripts_hash(ours) != ask.scripts_hash:
        raise OtherScripts(ask.version)
    number = int(work.one("study", _COUNT, study_id=ask.study_id)["n"]) + 1
    hashes = {"version_hash": newest["salted_digest"], "scripts_hash": ask.scripts_hash}
    work.append(
        UatRun,
        sponsor_id=sponsor_id,
        study_id=ask.study_id,
        number=number,
        version_number=ask.version,
        **hashes,
        scripts=scripts,
        release=release(),
        account_id=work.actor.account_id,
        at=work.at,
    )
    new = {"version": ask.version, "scripts": len(scripts), "scripts_hash": ask.scripts_hash}
    work.audit(AuditDraft("uat_kept", "acceptance run", str(number), study_id=ask.study_id, new=new))
    return UatNoted(run=number)


def sign_uat(work: Work, ask: SignUat) -> UatNoted:
    """Signs one script; StepsFailed where a step that a program did failed and the script is called passed."""
    grant = work.actor.require(Permission.APPROVE_STUDY, ask.study_id)
    sponsor_id = lock_row(work, ask.study_id)
    run = work.one("acceptance run", _ONE, study_id=ask.study_id, number=ask.run)
    script = next((each for each in run["scripts"] if each["code"] == ask.script), None)
    if script is None:
        raise BadInput(f"Run {ask.run} has no script {ask.script}. Nothing was signed.")
    if work.row(_DONE, run_id=run["id"], script=ask.script):
        raise ScriptSigned(f"{ask.script} of run {ask.run} is signed already. Nothing was signed twice.")
    failed = [step["number"] for step in script["steps"] if step.get("passed") is False]
    if ask.passed and failed:
        raise StepsFailed(f"Step {failed[0]} did not come out as expected. Nothing was signed. Sign it as failed.")
    content = {"script": script, "passed": ask.passed, "evidence": ask.evidence, "version": run["version_hash"]}
    record = f"{ask.script} of run {ask.run}"
    signature_id = sign_record(
        work, ask.signing, Signable(Meaning.APPROVE, RECORD_KIND, record, content, ask.study_id), grant
    )
    work.append(
        UatSignature,
        sponsor_id=sponsor_id,
        study_id=ask.study_id,
        run_id=run["id"],
        script=ask.script,
        passed=ask.passed,
        evidence=ask.evidence,
        signature_id=signature_id,
        account_id=work.actor.account_id,
        at=work.at,
    )
    new = {"passed": ask.passed, "evidence": ask.evidence}
    work.audit(AuditDraft("uat_signed", RECORD_KIND, record, study_id=ask.study_id, new=new))
    return UatNoted(run=ask.run, script=ask.script)
