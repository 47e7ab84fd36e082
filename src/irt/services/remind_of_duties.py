"""Whoever has something to do at regular times gets a letter on its day, and every week after until it is done.

A letter names the study, the site and the page; nothing in it depends on a treatment.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import SQLModel

from irt.audit.entry import study_chain
from irt.blinding.audience import Audience
from irt.blinding.duties import DUTIES, DutyKind, letter_goes
from irt.blinding.roles import Permission
from irt.reads.addressees import addressees
from irt.reads.blinded_duties import Duty, duties_of
from irt.reads.locked import locked_chains
from irt.services.audit_draft import AuditDraft
from irt.services.outbox import write_outbox
from irt.services.store import Store
from irt.services.supply_night import night_actor
from irt.services.unit_of_work import perform
from irt.services.work import Work
from irt.states.records import VersionStatus
from irt.tables.columns import table_of
from irt.tables.study import StudyVersion

LETTER = "duty_{kind}"
"""What the outbox calls the letter of a kind of duty."""


class RemindOfDuties(SQLModel):
    """The study whose duties of the day are told."""

    study_id: int


class DutiesTold(SQLModel):
    """How many duties letters were written of."""

    duties: int


def remind_of_duties(work: Work, ask: RemindOfDuties) -> DutiesTold:
    """One letter for each kind of duty and place that comes due today, or came due a whole number of weeks ago."""
    work.actor.require(Permission.RUN_RESUPPLY, ask.study_id)
    told = _of_today(duties_of(work.connection, work.actor, ask.study_id, work.at), work.at.date())
    by_letter: dict[tuple[DutyKind, str], list[Duty]] = defaultdict(list)
    for duty in told:
        by_letter[duty.kind, duty.site].append(duty)
    written = {kind for (kind, _), duties in sorted(by_letter.items()) if _write(work, kind, duties)}
    new = {"kinds": [str(kind) for kind in sorted(written)] or ["none, for nobody concerned has an address"]}
    work.audit(AuditDraft("duties_told", "study", str(ask.study_id), study_id=ask.study_id, new=new))
    return DutiesTold(duties=sum(duty.kind in written for duty in told))


def _write(work: Work, kind: DutyKind, duties: list[Duty]) -> bool:
    """One letter for each kind of reader that somebody with an address belongs to; whether there was one."""
    study_id, site_id, site = duties[0].study_id, duties[0].site_id, duties[0].site
    permission = DUTIES[kind].permission
    lines = [f"{one.said}; due on {one.due:%d %b %Y}" for one in duties]
    body = {"lines": lines} | ({"site": site} if site else {})
    told = [
        audience
        for audience in (Audience.BLINDED, Audience.UNBLINDED)
        if addressees(work.connection, audience, permission, study_id, site_id, work.at)
    ]
    for audience in told:
        write_outbox(work, LETTER.format(kind=kind), audience, body, study_id)
    return bool(told)


def _of_today(duties: tuple[Duty, ...], today: date) -> list[Duty]:
    return [duty for duty in duties if letter_goes(duty.due, today)]


_VERSIONS = table_of(StudyVersion)
_IN_FORCE = select(_VERSIONS.c.study_id).where(_VERSIONS.c.status == VersionStatus.APPROVED).distinct()


@dataclass(slots=True)
class DutyRound:
    """One worker's round of the studies, once a day; two workers at once write nothing twice."""

    store: Store
    _went_on: date | None = field(default=None)

    def go(self, now: datetime) -> int:
        """Reminds in every study where something is due today; gives in how many."""
        if self._went_on == now.date():
            return 0
        self._went_on = now.date()
        with self.store.reading_past_wall() as connection:
            studies, locked = connection.execute(_IN_FORCE).scalars().all(), locked_chains(connection)
        open_studies = [study_id for study_id in sorted(studies) if study_chain(study_id) not in locked]
        if not open_studies:
            return 0
        actor = night_actor(self.store)
        with self.store.reading_past_wall() as connection:
            due = [
                study_id
                for study_id in open_studies
                if _of_today(duties_of(connection, actor, study_id, now), now.date())
            ]
        for study_id in due:
            key = f"duties:{study_id}:{now:%Y%m%d}"
            perform(self.store, actor, now, remind_of_duties, RemindOfDuties(study_id=study_id), key)
        return len(due)
