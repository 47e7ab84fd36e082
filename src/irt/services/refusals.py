"""Writing a refusal down, after everything else was rolled back: in the audit trail, and to supply."""

from sqlalchemy import bindparam, select

from irt.blinding.audience import Audience
from irt.errors import About, Refusal
from irt.services.audit import write_audit
from irt.services.audit_draft import AuditDraft
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.record import Message, Outbox
from irt.tables.study import Study


class RecordedRefusal(Refusal):
    """A refusal that leaves records of its own: a wrong password counts although nothing else was booked."""

    def record(self, work: Work) -> None:
        """Writes them, in the transaction after the one that was rolled back."""
        raise NotImplementedError


def leaves_records(refusal: Refusal) -> bool:
    """Whether anything is to be written down."""
    return refusal.about is not None or isinstance(refusal, RecordedRefusal)


def write_refusal(work: Work, refusal: Refusal) -> None:
    """The refusal in the audit trail of the record it concerns, and whatever records it leaves itself."""
    if isinstance(refusal, RecordedRefusal):
        refusal.record(work)
    if refusal.about is not None:
        work.audit(AuditDraft.of_refusal(refusal))
        if refusal.tells_supply:
            _tell_supply(work, refusal.about)
    write_audit(work)


_STUDIES = table_of(Study)
_SPONSOR = select(_STUDIES.c.sponsor_id).where(_STUDIES.c.id == bindparam("study_id"))


def _tell_supply(work: Work, about: About) -> None:
    """A message on supply's pages and one to be sent. Neither says what was missing: the second chain does."""
    sentence = f"{about.act.replace('_', ' ').capitalize()} was refused for {about.record_kind} {about.record}."
    owner = {
        "sponsor_id": work.one("study", _SPONSOR, study_id=about.study_id)["sponsor_id"],
        "study_id": about.study_id,
    }
    work.append(Message, **owner, site_id=about.site_id, audience=Audience.UNBLINDED, sentence=sentence, at=work.at)
    work.append(
        Outbox,
        study_id=about.study_id,
        kind="supply_needed",
        audience=Audience.UNBLINDED,
        body={"sentence": sentence, "site_id": about.site_id},
        created_at=work.at,
        due_at=work.at,
    )
