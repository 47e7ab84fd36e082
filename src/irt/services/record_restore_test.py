"""A test of restoring a back-up goes on record: the trail's ends before and after, and who signs for it."""

from datetime import date

from sqlalchemy import func, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.services.audit_draft import AuditDraft
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.go_live import RestoreTest

RECORD_KIND = "restore test"
_SHA256 = "^[0-9a-f]{64}$"


class RecordRestoreTest(SQLModel):
    """What was restored, the trail's ends when it was backed up and in the copy, and the report's hash."""

    tested_on: date
    words: str = Field(min_length=1, max_length=600, description="what was restored, and where to")
    trail_before: str = Field(regex=_SHA256)
    trail_after: str = Field(regex=_SHA256)
    fault: str = Field(default="", max_length=200, description="what else was wrong with the copy; empty: nothing")
    document_hash: str = Field(regex=_SHA256)
    signing: Signing = Field(exclude=True)


class RestoreTestRecorded(SQLModel):
    """The test's number, and whether the trail came back whole."""

    number: int
    passed: bool


_TESTS = table_of(RestoreTest)
_COUNT = select(func.count(_TESTS.c.id).label("n"))


def record_restore_test(work: Work, ask: RecordRestoreTest) -> RestoreTestRecorded:
    """Signs and keeps it; whether it passed follows from what was found, and is nobody's to say."""
    grant = work.actor.require(Permission.MANAGE_ACCOUNTS, None)
    if ask.tested_on > work.at.date():
        raise BadInput("The test has not taken place yet. Nothing was recorded. Check the day.")
    number = int(work.one("restore test", _COUNT)["n"]) + 1
    passed = ask.trail_before == ask.trail_after and not ask.fault
    facts = {**ask.model_dump(mode="json"), "passed": passed}
    signature_id = sign_record(work, ask.signing, Signable(Meaning.APPROVE, RECORD_KIND, str(number), facts), grant)
    work.append(
        RestoreTest,
        number=number,
        **ask.model_dump(),
        passed=passed,
        signature_id=signature_id,
        account_id=work.actor.account_id,
        at=work.at,
    )
    work.audit(AuditDraft("restore_tested", RECORD_KIND, str(number), new={**facts, "signature": signature_id}))
    return RestoreTestRecorded(number=number, passed=passed)
