"""Sites that never practised a code break, or not for a year, are asked to."""

from sqlmodel import SQLModel

from irt.blinding.audience import Audience
from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.reads.blinded_code_break_tests import SiteTested, code_break_tests, due_sites
from irt.services.audit_draft import AuditDraft
from irt.services.outbox import write_outbox
from irt.services.supply_study import lock_row
from irt.services.work import Work
from irt.tables.record import Message
from irt.tables.unblinding import CodeBreakReminder


class RemindOfPractice(SQLModel):
    """The study whose sites are asked."""

    study_id: int


class SitesReminded(SQLModel):
    """The sites that were asked."""

    sites: list[str]


def remind_of_practice(work: Work, ask: RemindOfPractice) -> SitesReminded:
    """Writes to each site that has to practise, once a day at most; BadInput where there is none."""
    work.actor.require(Permission.DECIDE_UNBLINDING, ask.study_id)
    sponsor_id = lock_row(work, ask.study_id)
    tests = code_break_tests(work.connection, work.actor, ask.study_id, work.at)
    sites = [site for site in due_sites(tests) if not _asked_today(work, site)]
    if not sites:
        raise BadInput("No site has to be asked today. Nothing was sent.")
    for site in sites:
        _ask(work, ask.study_id, sponsor_id, site)
    numbers = [site.site for site in sites]
    work.audit(AuditDraft("practice_asked", "study", "code break", study_id=ask.study_id, new={"sites": numbers}))
    return SitesReminded(sites=numbers)


def _asked_today(work: Work, site: SiteTested) -> bool:
    return site.reminded_at is not None and site.reminded_at.date() == work.at.date()


def _ask(work: Work, study_id: int, sponsor_id: int, site: SiteTested) -> None:
    owner = {"sponsor_id": sponsor_id, "study_id": study_id}
    by_whom = {"at": work.at, "account_id": work.actor.account_id}
    work.append(CodeBreakReminder, **owner, site_id=site.site_id, **by_whom)
    sentence = f"Site {site.site} is asked to practise an emergency code break: nobody's treatment is told."
    work.append(Message, **owner, site_id=site.site_id, audience=Audience.BLINDED, sentence=sentence, at=work.at)
    write_outbox(work, "practice_asked", Audience.BLINDED, {"site": site.site}, study_id)
