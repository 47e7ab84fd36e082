"""A misallocation under a signature, for studies that ask for one: signed and booked together, or not at all."""

from sqlmodel import Field

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.services.dispensings import lock_dispensing
from irt.services.record_misallocation import MisallocationReceipt, RecordMisallocation, book_misallocation
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.work import Work
from irt.study.schedule import visit_label


class SignMisallocation(RecordMisallocation):
    """The kit really given, and what the person typed to sign."""

    signing: Signing = Field(exclude=True)


def sign_misallocation(work: Work, ask: SignMisallocation) -> MisallocationReceipt:
    """Signs what is about to be booked, then books it."""
    dispensing = lock_dispensing(work, ask.study_id, ask.dispensing_id, Permission.DISPENSE)
    subject = dispensing.subject
    grant = work.actor.require(Permission.DISPENSE, ask.study_id, subject.site.id)
    facts = ask.model_dump(exclude={"signing", "witness"})
    signable = Signable(
        Meaning.RECORD_MISALLOCATION,
        "dispensing",
        f"{subject.number} {visit_label(dispensing.visit, dispensing.occurrence)}",
        facts,
        study_id=ask.study_id,
        site_id=subject.site.id,
        zone=subject.site.zone,
    )
    sign_record(work, ask.signing, signable, grant)
    return book_misallocation(work, RecordMisallocation(**facts, witness=ask.witness))
